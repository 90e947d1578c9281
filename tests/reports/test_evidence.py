"""Evidence belongs to a report, keeps its versions, and is fetched by those who see the assignment."""

import hashlib
from collections.abc import Callable

import pytest
from sqlalchemy import select

from tests.assignments.acts import moment, person
from tests.reports.conftest import CLERK
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.reports.models import Evidence, Report
from tracker.reports.operations import ReportRefused, Upload, detach
from tracker.reports.queries import download, filed, files_of
from tracker.rules.permissions import Forbidden

Act = Callable[..., Report]
Store = Callable[..., Upload]


def test_a_file_is_kept_with_name_hash_size_and_who_brought_it(seven: int, report: Act, upload: Store) -> None:
    filed_report = report("file", uploads=(upload("佐证.pdf", b"%PDF-1.4 one"),))
    (file,) = files_of(filed_report.id)
    assert (file.name, file.file_version, file.size) == ("佐证.pdf", 1, 12)
    assert file.sha256 == hashlib.sha256(b"%PDF-1.4 one").hexdigest()
    assert (file.assignment_id, file.uploaded_by) == (seven, person(CLERK).name)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "upload")).one()
    assert entry.detail == f"佐证.pdf {file.sha256}"


def test_the_same_name_again_is_a_new_version_and_the_old_one_stays(seven: int, report: Act, upload: Store) -> None:
    report("file", token="a", uploads=(upload("佐证.pdf", b"one"),))
    report(
        "file", token="b", uploads=(upload("佐证.pdf", b"two"), upload("佐证.pdf", b"three"), upload("别的.pdf", b"x"))
    )
    rows = db.session.execute(select(Evidence.name, Evidence.file_version).order_by(Evidence.id)).all()
    assert [tuple(row) for row in rows] == [("佐证.pdf", 1), ("佐证.pdf", 2), ("佐证.pdf", 3), ("别的.pdf", 1)]
    assert [[file.name for file in entry.files] for entry in filed(seven)] == [
        ["佐证.pdf", "佐证.pdf", "别的.pdf"],
        ["佐证.pdf"],
    ]


def test_a_second_click_adds_no_second_file(report: Act, upload: Store) -> None:
    for _ in range(2):
        report("file", uploads=(upload("佐证.pdf"),))
    assert len(db.session.scalars(select(Evidence)).all()) == 1


def test_the_file_of_a_refused_report_is_not_on_record(report: Act, upload: Store) -> None:
    with pytest.raises(ReportRefused):
        report("file", done="", uploads=(upload("佐证.pdf"),))
    assert db.session.scalars(select(Evidence)).all() == []


@pytest.mark.parametrize(
    ("account", "sees"),
    [
        ("songjiang-clerk", True),
        ("songjiang-lead", True),
        ("reviewer-xingfazhixing", True),
        ("supervisor", True),
        ("leader", True),
        ("admin", True),
        ("huangpu-clerk", False),
        ("songjiang-office1", False),
        ("reviewer-mishu", False),
        ("auditor", False),
    ],
)
def test_evidence_is_fetched_by_those_who_see_the_assignment(
    report: Act, upload: Store, account: str, sees: bool
) -> None:
    (file,) = files_of(report("file", uploads=(upload("佐证.pdf"),)).id)
    found = download(person(account), file.id)
    assert (found is not None) is sees
    assert download(person(account), file.id + 1) is None


@pytest.mark.parametrize(
    ("account", "sees"), [("songjiang-clerk", True), ("reviewer-xingfazhixing", False), ("leader", False)]
)
def test_the_file_of_a_draft_is_the_units_own(report: Act, upload: Store, account: str, sees: bool) -> None:
    (file,) = files_of(report("save", uploads=(upload("佐证.pdf"),)).id)
    assert (download(person(account), file.id) is not None) is sees


def test_a_file_is_taken_out_of_a_draft_by_its_unit_only(report: Act, upload: Store) -> None:
    (file,) = files_of(report("save", uploads=(upload("佐证.pdf"),)).id)
    for account in ("huangpu-clerk", "songjiang-lead", "supervisor"):
        with pytest.raises(Forbidden), transaction():
            detach(person(account), moment("2021-03-01"), file.id)
    with transaction():
        detach(person(CLERK), moment("2021-03-01"), file.id)
    assert db.session.scalars(select(Evidence)).all() == []


def test_a_second_click_with_another_file_is_refused_and_not_lost(report: Act, upload: Store) -> None:
    report("file", uploads=(upload("a.pdf", b"one"),))
    with pytest.raises(ReportRefused, match="新选的附件没有保存") as refused:
        report("file", uploads=(upload("a.pdf", b"two"),))
    assert refused.value.field == "files"
    assert len(db.session.scalars(select(Evidence)).all()) == 1
