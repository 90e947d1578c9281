"""Which tests one database is enough for, and which run on both."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent

ONE_DATABASE_ONLY = (
    *("rules", "house", "browser", "web", "test_text.py", "test_i18n.py", "test_logs.py", "test_production.py"),
    *("test_config.py", "test_sealing.py", "test_uploads.py", "test_spreadsheets.py", "test_scanning.py"),
    *("test_archives.py", "outbox/test_addresses.py", "outbox/test_robots.py"),
    *("overview/test_pictures.py", "drills/test_clocks.py", "drills/test_logins.py", "cli", "plans/readers"),
    *("matrix/test_permission_matrix.py", "reminders/test_letter_forms.py", "reminders/test_urge_words.py"),
)
"""Folders and files whose tests have nothing to gain from a second database: what files, commands and pages say in
words, and who may do what, of which the scope of the data is asked again with the pages below; a flood of wrong logins
comes again in web/test_lockout.py."""

BOTH_DATABASES = tuple(
    f"web/test_{name}.py"
    for name in (
        *("query_counts", "query_counts_of_records", "figures", "ledger_pages", "board_pages"),
        *("search_page", "exports", "conflicts", "lockout", "sessions", "long_work", "review_pages"),
    )
)
"""Pages that ask something of the database itself: every page once, lists, sums, and two people at once. What other
forms do is asked of both databases in the rooms behind them."""

ONCE = (
    "test_every_day_of_two_thousand_events_answers_at_the_end_what_it_answered_then",
    "test_where_little_is_owed_the_board_the_lines_and_the_recount_agree_on_any_day",
    "test_on_every_day_of_a_random_history_the_points_are_explained",
    "test_every_part_of_the_record_behind_a_score_is_sealed",
    "test_the_invented_history_is_sealed_as_well",
    "test_the_same_day_brings_the_same_history_everywhere",
    "test_without_a_report_one_letter_follows_the_other_and_none_goes_out_on_a_day_off",
    "test_work_without_an_end_is_asked_for_once_a_quarter_and_never_overdue",
    "test_batches_cover_everybody_once_whatever_their_size",
)
"""Long tests that ask a thousand times what another test of their file asks of both databases: the sums and the dates
between are the program's own."""

SEED = "seed"
"""The parameter of a test that throws dice: the second database sees what comes of the first number."""


def needs_one_database(item: pytest.Item) -> bool:
    """Tell whether a test learns nothing from a second database."""
    if not isinstance(item, pytest.Function):
        return False
    again = hasattr(item, "callspec") and item.callspec.indices.get(SEED, 0) > 0
    return again or item.originalname in ONCE or _is_enough_for(item.path)


def _is_enough_for(path: Path) -> bool:
    """Tell whether one database is enough for all tests of a file."""
    if any(path == HERE / part for part in BOTH_DATABASES):
        return False
    return any(path.is_relative_to(HERE / part) for part in ONE_DATABASE_ONLY)
