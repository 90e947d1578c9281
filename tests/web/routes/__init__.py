"""Every route and every role: a table per kind of route; whoever adds a route adds its line to one of them."""

from tests.web.routes import acting, administration, appraisal, indicators, reading

PAGES: dict[tuple[str, str], tuple[str, dict[int, str]]] = {
    **reading.ROUTES,
    **acting.ROUTES,
    **indicators.ROUTES,
    **appraisal.ROUTES,
    **administration.ROUTES,
}
"""Method and rule; an address, and which status it answers to whom. Posts send nothing but their token.

Whoever is in no list is anonymous and led to the login page.
"""
