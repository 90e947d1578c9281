"""Another year's scheme is brought by the command line as docs/schemes.md says, and carried through a year."""

import json
import re
import shlex
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.appraisal.acts import HEAD, begin
from tests.assignments.acts import moment, person
from tests.client import Client
from tests.conftest import Ran
from tests.house.source import ROOT
from tracker.appraisal import entries, opening, queries, schemes
from tracker.appraisal.entries import EntryRefused, Recording
from tracker.appraisal.models import Appraisal, AppraisalUnit
from tracker.appraisal.schemes import SchemeAltered, SchemeRefused, known_scheme, scheme_names
from tracker.audit.models import AuditEntry
from tracker.backups import operations as backups
from tracker.db import db, transaction
from tracker.rules.status import MoveRefused

Cli = Callable[..., Ran]
Day = Callable[[str], date]

DOCUMENT = (ROOT / "docs" / "schemes.md").read_text(encoding="utf-8")
COMMANDS, EXAMPLE, COMPANION = (
    re.findall(rf"```{kind}\n(.*?)```", DOCUMENT, re.DOTALL)[0] for kind in ("", "text", "json")
)
SHIPPED = (ROOT / "seeds" / "appraisal" / "songjiang-2021-19.txt").read_text(encoding="utf-8")
NAME = "songjiang-2022"


def of_2022(text: str = SHIPPED) -> str:
    """Return the scheme as if issued a year later, in month 9 of the 12 that it covers."""
    for printed, instead in (
        ("沪松司发〔2021〕19号", "沪松司发〔2022〕20号"),
        ("2020年12月1日至2021年11月30日", "2021年12月1日至2022年11月30日"),
        ("2021 年 8 月 5 日", "2022 年 8 月 8 日"),
    ):
        assert text.count(printed) == 1
        text = text.replace(printed, instead)
    return text


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the two files that the document's commands name, where they are given."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "方案.txt").write_text(of_2022(), encoding="utf-8")
    (folder / "约定.json").write_text(COMPANION, encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def add(name: str = NAME, text: str | None = None, companion: str | None = COMPANION) -> None:
    """Keep a scheme as the command does."""
    beside = None if companion is None else companion.encode()
    with transaction():
        schemes.add_scheme(
            person("admin"), moment("2022-08-09"), schemes.read_new(name, (text or of_2022()).encode(), beside)
        )


def year_of(scheme: str) -> Appraisal:
    return db.session.scalars(select(Appraisal).filter_by(scheme=scheme)).one()


def record(scheme: str, name: str, wanted: Recording, day: str) -> None:
    """Record something of a unit in the year of a scheme."""
    year = year_of(scheme)
    unit = db.session.scalars(select(AppraisalUnit.id).filter_by(appraisal_id=year.id, name=name)).one()
    with transaction():
        entries.record(person(HEAD), moment(day), year.id, unit, wanted)


# ---- the whole way


def test_the_commands_of_the_document_bring_a_scheme_and_a_year_runs_by_it(
    seeded: Flask, cli: Cli, files: Path, client: Client, on_day: Day
) -> None:
    on_day("2021-09-01")
    begin()
    on_day("2022-08-09")
    dry, *rest = [shlex.split(line)[1:] for line in COMMANDS.splitlines()]
    ran = cli(*dry)
    assert ran.code == 0, ran.err
    assert "W1\t办公室\t6 项，33 条，表头 60 分，各项合计 60 分\t第 80 行" in ran.out
    assert "没有存入" in ran.err
    assert scheme_names() == ["songjiang-2021-19"]
    for command in rest:
        ran = cli(*command)
        assert ran.code == 0, ran.err
    assert json.loads(ran.out)["doc_number"] == "沪松司发〔2022〕20号"
    assert scheme_names() == ["songjiang-2021-19", NAME]
    client.login(HEAD)
    assert (
        "沪松司发〔2022〕20号：上海市松江区司法局印发，考评周期 2021年12月1日 至 2022年11月30日"
        in client.get("/appraisal").text
    )
    begun = client.submit(client.form("/appraisal", "/begin"), scheme=NAME)
    assert (begun.status_code, begun.location) == (303, f"/appraisal/{year_of(NAME).id}")
    year = year_of(NAME)
    assert (year.starts_on, year.ends_on) == (date(2021, 12, 1), date(2022, 11, 30))
    entered = ("--day", "2021-12-03", "--note", "缺席会议", "--year", year.id)
    assert cli("appraisal", "enter", "办公室", "W1-3.1", *entered, "--json").json["total"] == "68"
    sheet = cli("appraisal", "sheet", "办公室", "--year", year.id, "--json").json
    assert (sheet["doc_number"], sheet["work"]) == ("沪松司发〔2022〕20号", "48")
    again = cli(*rest[0])
    assert (again.code, "内容相同" in again.err) == (0, True)
    kept = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "add_scheme")).one()
    assert known_scheme(NAME).sha256 in kept.detail


@pytest.mark.once
def test_the_example_of_the_document_is_a_whole_scheme(seeded: Flask) -> None:
    known = schemes.read_new("example", EXAMPLE.encode(), None).known
    assert [(sheet.code, sheet.units, len(sheet.items)) for sheet in known.scheme.sheets] == [
        ("W1", ("办公室",), 1),
        ("W2", ("政治处",), 1),
        ("T", (), 1),
        ("F", (), 1),
        ("X", (), 1),
    ]
    assert (known.terms.compiler, {each.code for each in known.problems}) == ("政治处", {"late", "short"})


# ---- two years side by side


def test_two_years_of_a_bureau_stand_side_by_side_each_with_its_own_days(seeded: Flask) -> None:
    begin()
    add()
    with transaction():
        opening.open_appraisal(person(HEAD), moment("2022-08-09"), NAME)
    record("songjiang-2021-19", "办公室", Recording("W1-3.1", date(2021, 11, 30), "缺席"), "2022-08-09")
    record(NAME, "办公室", Recording("W1-3.1", date(2021, 12, 1), "缺席", 2), "2022-08-09")
    for scheme, day in (("songjiang-2021-19", date(2021, 12, 1)), (NAME, date(2021, 11, 30))):
        with pytest.raises(EntryRefused) as refused:
            record(scheme, "办公室", Recording("W1-3.1", day, "缺席"), "2022-08-09")
        assert "考评周期内" in refused.value.problems["day"]
    works = []
    for scheme in ("songjiang-2021-19", NAME):
        office = queries.sheets(person(HEAD), year_of(scheme).id, date(2022, 8, 9))[0]
        works.append(office.year.work_points)
    assert works == [48, 46]


def test_a_day_belongs_to_one_year_of_a_bureau(seeded: Flask, client: Client, on_day: Day) -> None:
    on_day("2022-08-09")
    begin()
    client.login(HEAD)
    add("overlapping", of_2022().replace("2021年12月1日至", "2021年11月30日至"))
    with pytest.raises(MoveRefused, match="2020年12月1日 至 2021年11月30日）重叠"), transaction():
        opening.open_appraisal(person(HEAD), moment("2022-08-09"), "overlapping")
    assert "重叠，不能开始" in client.get("/appraisal").text


# ---- never changed, never lost


def test_an_added_scheme_is_never_replaced_and_a_file_altered_on_disk_is_never_counted_by(
    seeded: Flask, client: Client, on_day: Day, tmp_path: Path
) -> None:
    on_day("2022-08-09")
    begin()
    add()
    client.login(HEAD)
    with transaction():
        year = opening.open_appraisal(person(HEAD), moment("2022-08-09"), NAME).id
    with pytest.raises(SchemeRefused, match="内容不同"):
        add(companion=COMPANION.replace("两种创建择一", "择一"))
    with pytest.raises(SchemeRefused, match="系统自带"):
        add("songjiang-2021-19")
    folder = Path(seeded.config["TRACKER_DATA_DIR"]) / "schemes" / NAME
    made = backups.make(seeded.config["TRACKER_DATA_DIR"], tmp_path / "b.tar")
    assert {f"schemes/{NAME}/{path.name}" for path in folder.iterdir()} <= made.manifest.files.keys()
    for name in ("scheme.txt", "companion.json"):
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content + b" ")
        with pytest.raises(SchemeAltered, match="与存入时不同"):
            known_scheme(NAME)
        page = client.get(f"/appraisal/{year}")
        assert (page.status_code, "与存入时不同" in page.text) == (409, True)
        assert "与存入时不同" in client.get("/appraisal").text
        (folder / name).write_bytes(content)
    assert client.get(f"/appraisal/{year}").status_code == 200


# ---- what cannot be added


@pytest.mark.once
@pytest.mark.parametrize(
    ("printed", "instead", "words"),
    [
        ("\n2\t提高报送质量", "\n3\t提高报送质量", "第 83 行的序号是 3，应为 2"),
        ("2021年12月1日至", "2021年13月1日至", "第 19 行的日期不存在"),
        ("2022 年 8 月 8 日", "八月", "成文日期"),
        ("前3名评选为优秀", "前4名评选为优秀", "第 47 行：这里写的和本系统的计分办法不同"),
        ("附件 3\n", "附件 4\n", "附件 3（突破底线扣分）"),
        ("二、责任科室：政治处", "二、责任科室：办公室", "已经有一张表了：办公室"),
        ("三、责任科室：执法监督科", "四、责任科室：执法监督科", "次序不对"),
        ("局领导占60%", "局领导占\x0060%", "第 35 行有不可见的控制字符"),
    ],
)
def test_a_text_that_cannot_be_counted_by_is_refused_at_its_line(
    app: Flask, printed: str, instead: str, words: str
) -> None:
    text = of_2022()
    assert printed in text
    with pytest.raises(SchemeRefused, match=re.escape(words)):
        schemes.read_new(NAME, text.replace(printed, instead).encode(), None)
    assert scheme_names() == ["songjiang-2021-19"]


@pytest.mark.once
@pytest.mark.parametrize(
    ("companion", "words"),
    [
        ('{"compiler": "政治处",}', "附属文件第 1 行不是合法的 JSON"),
        ("[]", "JSON 对象"),
        ('{"compilor": "政治处"}', "不认识的项：compilor"),
        ('{"disabled": {"T-3.4": "停用"}}', "“disabled”写法不对，应像这样：[{"),
        ('{"caps": [{"clause": "W6-4.1", "values": [], "reason": "—"}]}', "“caps”写法不对"),
        ('{"compiler": "组织科"}', "没有的内容：组织科"),
        ('{"remarks": [{"line": 9999, "quote": "没有", "reason": "—"}]}', "没有的内容：没有"),
    ],
)
def test_a_companion_file_that_says_something_else_is_refused_in_words(app: Flask, companion: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        schemes.read_new(NAME, of_2022().encode(), companion.encode())


@pytest.mark.once
def test_without_a_companion_only_who_compiles_is_needed(app: Flask) -> None:
    known = schemes.read_new(NAME, of_2022().encode(), None).known
    assert known.terms.compiler == "政治处"
    assert "应诉复议科" in {each.what for each in known.problems if each.code == "owner"}
    with pytest.raises(SchemeRefused, match=re.escape('{"compiler": "政治处"}')):
        schemes.read_new(NAME, of_2022().replace("政治处汇总考评情况", "汇总考评情况").encode(), None)


@pytest.mark.once
def test_what_is_no_name_or_no_text_is_refused_on_the_command_line(seeded: Flask, cli: Cli, files: Path) -> None:
    (files / "gb.txt").write_bytes(of_2022().encode("gb18030"))
    for name, file, words in (
        ("Songjiang_2022", "方案.txt", "小写字母、数字和连字符"),
        ("../2022", "方案.txt", "小写字母、数字和连字符"),
        (NAME, "gb.txt", "方案文本第 3 行不是 UTF-8"),
        (NAME, "没有.txt", "不存在"),
    ):
        ran: Any = cli("appraisal", "add-scheme", name, file)
        assert (ran.code, ran.out) == (1, ""), ran.err
        assert words in ran.err
