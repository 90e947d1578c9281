"""Which tests one database is enough for, and which run on both."""

from pathlib import Path

HERE = Path(__file__).parent

ONE_DATABASE_ONLY = (
    *("rules", "house", "browser", "web", "test_text.py", "test_i18n.py", "test_logs.py", "test_production.py"),
    *("test_config.py", "test_sealing.py", "test_uploads.py", "test_spreadsheets.py", "test_scanning.py"),
    *("test_archives.py", "outbox/test_addresses.py", "outbox/test_robots.py"),
    *("overview/test_pictures.py", "drills/test_clocks.py", "cli/test_refusals.py", "plans/readers"),
    "matrix/test_permission_matrix.py",
)
"""Folders and files whose tests have nothing to gain from a second database: what files and pages say in words,
and who may do what, of which the scope of the data is asked again with the pages below."""

BOTH_DATABASES = tuple(
    f"web/test_{name}.py"
    for name in (
        *("query_counts", "query_counts_of_records", "scale", "figures", "ledger_pages", "board_pages"),
        *("search_page", "exports", "conflicts", "lockout", "sessions", "long_work", "report_pages", "review_pages"),
        *("score_act_pages", "evaluation_pages", "rule_pages", "compare_pages", "appeal_pages", "pin_pages"),
    )
)
"""Pages that ask something of the database itself: every page once, lists, sums, and two people at once."""


def needs_one_database(path: Path) -> bool:
    """Tell whether the tests of a file learn nothing from a second database."""
    if any(path == HERE / part for part in BOTH_DATABASES):
        return False
    return any(path.is_relative_to(HERE / part) for part in ONE_DATABASE_ONLY)
