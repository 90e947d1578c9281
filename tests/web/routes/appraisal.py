"""The pages and forms of the annual appraisal, and what they answer to whom while a year is under way.

The lead is of the bureau whose year it is; the office is a 司法所 of it, which is not appraised; the city sees nothing
that is not published.
"""

OUTSIDE = "admin reviewer clerk auditor"
SEES_NOTHING = "supervisor leader office"
BUT_APPRAISERS = f"{OUTSIDE} supervisor leader"
BUT_UNITS = f"{BUT_APPRAISERS} lead"
BUT_LEAD = f"{BUT_APPRAISERS} office"
EVERYBODY = f"{BUT_APPRAISERS} lead office"
YEAR, YEARS = "/appraisal/<id:appraisal_id>", "/appraisal/{year}"
UNIT, UNITS = f"{YEAR}/units/<id:unit_id>", f"{YEARS}/units/{{section}}"
ENTRY, ENTRIES = f"{YEAR}/entries/<id:entry_id>", f"{YEARS}/entries/{{entry}}"
SPECIAL, SPECIALS = f"{YEAR}/special/<id:application_id>", f"{YEARS}/special/2000000"
HIDDEN = {404: SEES_NOTHING, 403: OUTSIDE}

ROUTES: dict[tuple[str, str], tuple[str, dict[int, str]]] = {
    ("GET", "/appraisal"): ("/appraisal", {200: f"{SEES_NOTHING} lead", 403: OUTSIDE}),
    ("POST", "/appraisal/begin"): ("/appraisal/begin", {422: "lead", 403: BUT_LEAD}),
    **{
        ("GET", YEAR + page): (YEARS + page, {200: "lead", **HIDDEN})
        for page in (
            *("", "/scheme", "/scheme/text", "/special", "/appeals", "/ballots", "/decisions", "/result"),
            *("/entries.csv", "/entries.xlsx", "/result.docx", "/result.xlsx"),
        )
    },
    ("GET", f"{YEAR}/scheme/<code>"): (f"{YEARS}/scheme/W1", {200: "lead", **HIDDEN}),
    **{
        ("GET", f"{YEAR}/result/{page}"): (f"{YEARS}/result/{page}", {200: "lead", **HIDDEN})
        for page in ("verify", "versions")
    },
    **{
        ("GET", UNIT + page): (UNITS + page, {200: "lead", **HIDDEN})
        for page in ("", "/changes", "/own", "/print", "/sheet.docx", "/sheet.xlsx")
    },
    ("GET", ENTRY): (ENTRIES, {200: "lead", **HIDDEN}),
    ("GET", SPECIAL): (SPECIALS, {404: f"lead {SEES_NOTHING}", 403: OUTSIDE}),
    ("GET", f"{YEAR}/appeals/<id:appeal_id>"): (
        f"{YEARS}/appeals/2000000",
        {404: f"lead {SEES_NOTHING}", 403: OUTSIDE},
    ),
    ("GET", "/appraisal/files/<id:file_id>"): (
        "/appraisal/files/2000000",
        {404: f"lead {SEES_NOTHING}", 403: OUTSIDE},
    ),
    # ---- whoever records and judges
    ("GET", f"{UNIT}/record"): (f"{UNITS}/record", {200: "lead", 404: "office", 403: BUT_APPRAISERS}),
    ("POST", f"{UNIT}/record"): (f"{UNITS}/record", {422: "lead", 404: "office", 403: BUT_APPRAISERS}),
    ("POST", f"{UNIT}/lines/<id:assignment_id>"): (
        f"{UNITS}/lines/2000000",
        {404: "lead office", 403: BUT_APPRAISERS},
    ),
    ("POST", f"{ENTRY}/reverse"): (f"{ENTRIES}/reverse", {422: "lead", 404: "office", 403: BUT_APPRAISERS}),
    ("POST", f"{ENTRY}/files"): (f"{ENTRIES}/files", {422: "lead", 404: "office", 403: BUT_APPRAISERS}),
    ("POST", f"{ENTRY}/files/<id:file_id>/withdraw"): (
        f"{ENTRIES}/files/2000000/withdraw",
        {409: "lead", 404: "office", 403: BUT_APPRAISERS},
    ),
    **{
        ("POST", SPECIAL + act): (SPECIALS + act, {404: "lead office", 403: BUT_APPRAISERS})
        for act in ("/judge", "/items")
    },
    ("POST", f"{YEAR}/ballots/open"): (f"{YEARS}/ballots/open", {422: "lead", 404: "office", 403: BUT_APPRAISERS}),
    ("POST", f"{YEAR}/ballots/papers"): (f"{YEARS}/ballots/papers", {409: "lead", 404: "office", 403: BUT_APPRAISERS}),
    ("POST", f"{YEAR}/ballots/close"): (f"{YEARS}/ballots/close", {409: "lead", 404: "office", 403: BUT_APPRAISERS}),
    ("POST", f"{YEAR}/ballots/papers/<id:paper_id>/renew"): (
        f"{YEARS}/ballots/papers/2000000/renew",
        {409: "lead", 404: "office", 403: BUT_APPRAISERS},
    ),
    ("POST", f"{YEAR}/result/compile"): (f"{YEARS}/result/compile", {409: "lead", 404: "office", 403: BUT_APPRAISERS}),
    # ---- the units themselves
    ("GET", f"{ENTRY}/appeal"): (f"{ENTRIES}/appeal", {404: "office", 403: BUT_UNITS}),
    ("GET", f"{UNIT}/special/new"): (f"{UNITS}/special/new", {404: "office", 403: BUT_UNITS}),
    ("GET", f"{SPECIAL}/change"): (f"{SPECIALS}/change", {404: "office", 403: BUT_UNITS}),
    **{
        ("POST", UNIT + act): (UNITS + act, {404: "office", 403: BUT_UNITS})
        for act in ("/special/new", "/own", "/own/submit", "/own/recall", "/own/files")
    },
    **{
        ("POST", SPECIAL + act): (SPECIALS + act, {404: "office", 403: BUT_UNITS})
        for act in ("/change", "/withdraw", "/files")
    },
    **{
        ("POST", f"{place}/files/<id:file_id>/withdraw"): (
            f"{places}/files/2000000/withdraw",
            {404: "office", 403: BUT_UNITS},
        )
        for place, places in ((f"{UNIT}/own", f"{UNITS}/own"), (SPECIAL, SPECIALS))
    },
    **{("POST", ENTRY + act): (ENTRIES + act, {404: "office", 403: BUT_UNITS}) for act in ("/appeal", "/answer")},
    # ---- the leading group
    ("POST", f"{YEAR}/decisions"): (f"{YEARS}/decisions", {404: "lead", 403: BUT_LEAD}),
    ("POST", f"{YEAR}/appeals/<id:appeal_id>"): (f"{YEARS}/appeals/2000000", {404: "lead", 403: BUT_LEAD}),
    **{
        ("POST", f"{YEAR}/result/{act}"): (f"{YEARS}/result/{act}", {409: "lead", 403: BUT_LEAD})
        for act in ("return", "grade", "approve", "publish", "reopen")
    },
    # ---- whoever holds a paper
    ("GET", "/ballot/done"): ("/ballot/done", {200: f"{EVERYBODY} anonymous"}),
    **{(method, "/ballot/<token>"): ("/ballot/nothing", {404: f"{EVERYBODY} anonymous"}) for method in ("GET", "POST")},
}
