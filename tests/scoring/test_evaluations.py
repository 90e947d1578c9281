"""The evaluation: who says what of which task, what of it counts, and from which day on."""

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.assignments.acts import complete, moment, owed, person, take, the_plan, unit_id
from tests.makers import make_freeze
from tests.scoring.test_must_show import REVIEWER, score, standing
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.outbox.models import Message
from tracker.people.models import User
from tracker.reminders import evaluation_results
from tracker.rules.evaluation import Stage, Verdict
from tracker.rules.permissions import Forbidden
from tracker.rules.scoring import Line
from tracker.rules.status import Move, MoveRefused
from tracker.scoring import evaluation_queries, evaluations, queries
from tracker.scoring.evaluation_queries import District, Item
from tracker.scoring.models import Evaluation, EvaluationResult
from tracker.scoring.queries import UnknownDistrict
from tracker.scoring.verdicts import RowsChanged, RowsRefused, Said

BASE = "http://tracker.example.invalid"
LEADS = 16 * 3
"""The lead of each district, and its deputy head and head, who are leads as well."""

OPENED, PUBLISHED, BEFORE = "2021-10-11", "2021-10-20", "2021-10-19"


def begin(day: str = OPENED, account: str = "supervisor") -> Evaluation:
    """Begin the evaluation."""
    with transaction():
        return evaluations.open_evaluation(person(account), moment(day), the_plan())


def district(slug: str = "songjiang", day: str = OPENED) -> District:
    """How far a district is."""
    found = evaluation_queries.district(the_plan(), unit_id(slug), date.fromisoformat(day))
    assert found
    return found


def item(number: str, slug: str = "songjiang", day: str = OPENED) -> Item:
    """One task of a district."""
    return next(found for found in district(slug, day).items if found.number == number)


def said(number: str, verdict: Verdict | None, comment: str = "", stage: Stage = Stage.CITY) -> dict[int, Said]:
    """A row as a form sends it that was opened just now."""
    found = item(number)
    return {found.assignment_id: Said(verdict, comment, found.word(stage).seen)}


def judge(rows: dict[int, Said], rest: bool = False, account: str = "supervisor", day: str = OPENED) -> int:
    """Let the supervisor judge 松江."""
    with transaction():
        return evaluations.judge(person(account), moment(day), the_plan(), unit_id("songjiang"), rows, rest)


def judge_rest(day: str = OPENED) -> int:
    """Judge everything else as the record says."""
    with transaction():
        return evaluations.judge_rest(person("supervisor"), moment(day), the_plan())


def publish(day: str = PUBLISHED, seen: str = "", account: str = "supervisor") -> int:
    """Publish what is there."""
    plan = the_plan()
    seen = seen or evaluation_queries.seen(evaluation_queries.districts(plan, date.fromisoformat(day)))
    with transaction():
        return evaluation_results.publish(person(account), moment(day), the_plan(), seen, BASE)


def evaluated(number: str, verdict: Verdict, comment: str = "现场核查") -> None:
    """Judge one task of 松江 so, all others as the record says, and publish."""
    begin()
    judge(said(number, verdict, comment))
    judge_rest()
    publish()


def line(number: str, day: str) -> Line:
    """The line of a task of 松江."""
    found = queries.explained(the_plan(), unit_id("songjiang"), date.fromisoformat(day))
    return next(line for line in found.lines if line.fact and line.fact.number == number)


# ---- the beginning


def test_the_evaluation_begins_in_october_and_not_a_day_earlier(seeded: Flask) -> None:
    with pytest.raises(MoveRefused, match="2021年10月1日"):
        begin("2021-09-30")
    assert begin("2021-10-01").opened_on == date(2021, 10, 1)
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.act == "open_evaluation")).one().object_type == "plan"


def test_it_may_begin_late_and_only_once(seeded: Flask) -> None:
    begin("2021-11-15")
    with pytest.raises(MoveRefused, match="已经开始"):
        begin("2021-11-16")


@pytest.mark.parametrize("account", ["leader", "songjiang-lead", REVIEWER])
def test_nobody_but_a_supervisor_evaluates(seeded: Flask, account: str) -> None:
    with pytest.raises(Forbidden):
        begin(account=account)
    begin()
    with pytest.raises(Forbidden):
        judge({}, account=account)
    with pytest.raises(Forbidden):
        publish(account=account)


def test_after_a_freeze_nothing_is_evaluated(seeded: Flask) -> None:
    begin()
    make_freeze(plan_id=the_plan().id)
    db.session.commit()
    with pytest.raises(MoveRefused, match="定稿封存"):
        judge({}, rest=True)


# ---- judging


def test_what_differs_from_the_record_needs_a_reason_and_the_rest_does_not(seeded: Flask) -> None:
    complete("1", "songjiang", "supervisor", "2021-03-10")
    begin()
    with pytest.raises(RowsRefused) as refused:
        judge(said("1", Verdict.NOT_DONE) | said("2", Verdict.NOT_DONE))
    assert refused.value.problems == {item("1").assignment_id: ("comment", "与记录（完成）不同，请写明理由。")}
    assert district().judged == 0
    judge(said("1", Verdict.NOT_DONE, "材料为上年度的") | said("2", Verdict.NOT_DONE))
    assert [(item(n).city.verdict, item(n).city.comment, item(n).differs(Stage.CITY)) for n in ("1", "2", "3")] == [
        (Verdict.NOT_DONE, "材料为上年度的", True),
        (Verdict.NOT_DONE, "", False),
        (None, "", False),
    ]


def test_a_comment_without_a_verdict_and_one_too_long_are_refused(seeded: Flask) -> None:
    begin()
    with pytest.raises(RowsRefused) as refused:
        judge(said("1", None, "再看看") | said("2", Verdict.DONE, "长" * 501))
    assert [field for field, _ in refused.value.problems.values()] == ["verdict", "comment"]


def test_the_rest_is_judged_as_the_record_says(seeded: Flask) -> None:
    complete("1", "songjiang", "supervisor", "2021-03-10")
    take("supervisor", Move.EXEMPT, "2021-03-11", owed("2", "songjiang"), "本区没有")
    begin()
    assert judge(said("3", Verdict.DONE, "已看现场"), rest=True) == 28
    found = district()
    assert (found.judged, found.differing) == (28, 1)
    assert [found.number(verdict) for verdict in Verdict] == [2, 25, 1]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "judge_tasks")).one()
    assert (entry.detail, entry.about_unit_id) == (
        "第3项 完成（已看现场）；其余 27 项按记录认定",
        unit_id("songjiang"),
    )


def test_the_rest_of_all_districts_leaves_what_was_judged(seeded: Flask) -> None:
    begin()
    judge(said("3", Verdict.DONE, "已看现场"))
    assert judge_rest() == 16 * 28 - 1
    assert judge_rest() == 0
    assert item("3").city.verdict is Verdict.DONE


def test_what_was_withdrawn_is_not_evaluated(seeded: Flask) -> None:
    take("supervisor", Move.WITHDRAW, "2021-03-11", owed("2", "songjiang"), "撤下")
    begin()
    assert [found.number for found in district().items][:3] == ["1", "3", "4"]


def test_of_two_who_judge_the_same_task_the_slower_is_told_and_loses_nothing(seeded: Flask) -> None:
    begin()
    mine = said("1", Verdict.DONE, "我看过") | said("2", Verdict.NOT_DONE)
    judge(said("1", Verdict.NOT_APPLICABLE, "本区没有"))
    with pytest.raises(RowsChanged) as stale:
        judge(mine)
    assert [(row.item.number, row.mine.comment, row.theirs.comment) for row in stale.value.rows] == [
        ("1", "我看过", "本区没有")
    ]
    assert item("2").city.verdict is None


def test_rows_that_one_only_left_as_they_were_disturb_nobody(seeded: Flask) -> None:
    begin()
    untouched = {found.assignment_id: Said(None, "", found.city.seen) for found in district().items}
    judge(said("1", Verdict.NOT_APPLICABLE, "本区没有"))
    assert judge({**untouched, **said("2", Verdict.NOT_DONE)}) == 1
    assert item("1").city.verdict is Verdict.NOT_APPLICABLE


def test_a_changed_word_counts_as_a_new_version_by_its_own_person(seeded: Flask) -> None:
    begin()
    judge(said("1", Verdict.DONE, "已看"))
    judge(said("1", Verdict.NOT_DONE))
    word = item("1").city
    assert (word.verdict, word.version, word.by) == (Verdict.NOT_DONE, 2, person("supervisor").name)


def test_a_district_without_tasks_is_not_there(seeded: Flask) -> None:
    begin()
    with pytest.raises(UnknownDistrict), transaction():
        evaluations.judge(person("supervisor"), moment(OPENED), the_plan(), unit_id("mishu"), {}, rest=True)


# ---- the publication


def test_nothing_is_published_before_every_task_is_judged(seeded: Flask) -> None:
    begin()
    judge({}, rest=True)
    with pytest.raises(MoveRefused, match="还有 420 项没有认定"):
        publish()
    judge_rest()
    assert publish() == LEADS


def test_a_record_that_changed_after_the_word_holds_the_publication_back_until_a_reason_is_written(
    seeded: Flask,
) -> None:
    begin()
    judge_rest()
    complete("1", "songjiang", "supervisor", "2021-10-15")
    assert (district(day=BEFORE).differing, district(day=BEFORE).unexplained) == (1, 1)
    with pytest.raises(MoveRefused, match="松江区司法局 1 项"):
        publish()
    judge(said("1", Verdict.DONE), day=BEFORE)
    publish()


def test_what_was_judged_since_the_page_was_opened_must_be_looked_at_again(seeded: Flask) -> None:
    begin()
    judge_rest()
    seen = evaluation_queries.seen(evaluation_queries.districts(the_plan(), date.fromisoformat(BEFORE)))
    judge(said("1", Verdict.DONE, "已看"))
    with pytest.raises(MoveRefused, match="又有改动"):
        publish(seen=seen)


def test_once_published_no_word_changes(seeded: Flask) -> None:
    evaluated("1", Verdict.NOT_APPLICABLE)
    with pytest.raises(MoveRefused, match="已经公布"):
        judge(said("1", Verdict.DONE, "改"), day="2021-10-21")
    with pytest.raises(MoveRefused, match="已经公布"):
        publish("2021-10-21")


def test_not_done_over_completed_costs_a_point_from_the_publication_on(seeded: Flask) -> None:
    for number in map(str, range(1, 19)):
        complete(number, "songjiang", "supervisor", "2021-02-20")
    before = score(BEFORE)
    evaluated("1", Verdict.NOT_DONE, "材料为上年度的")
    assert before - score(PUBLISHED) == 1
    assert score(BEFORE) == before
    found = line("1", PUBLISHED)
    assert found.points == -1
    assert found.reason == "2021-10-20 评估认定“未完成”，记录为“已办结”：材料为上年度的"


def test_done_over_missed_gives_the_point_back(seeded: Flask) -> None:
    for number in map(str, range(1, 19)):
        complete(number, "songjiang", "supervisor", "2021-02-20")
    before = score(BEFORE)
    evaluated("26", Verdict.DONE)
    assert score(PUBLISHED) - before == 1
    assert (score(BEFORE), line("26", BEFORE).points, line("26", PUBLISHED).points) == (before, -1, 0)


def test_not_applicable_leaves_both_sides_of_the_count(seeded: Flask) -> None:
    before = standing(BEFORE).tally
    evaluated("26", Verdict.NOT_APPLICABLE)
    after = standing(PUBLISHED).tally
    assert (before.total, before.due, before.missed) == (28, 28, 28)
    assert (after.total, after.due, after.missed) == (27, 27, 27)
    assert standing(BEFORE).tally == before


def test_where_word_and_record_agree_the_record_goes_on_counting(seeded: Flask) -> None:
    begin()
    judge_rest()
    publish()
    assert db.session.scalars(select(EvaluationResult).where(EvaluationResult.overrides != "")).all() == []
    complete("1", "songjiang", "supervisor", "2021-10-25")
    assert standing("2021-10-25").tally.completed == 1


def test_the_board_and_the_lines_agree_after_the_publication(seeded: Flask) -> None:
    complete("1", "songjiang", "supervisor", "2021-03-10")
    begin()
    judge(
        said("1", Verdict.NOT_DONE, "材料不实")
        | said("2", Verdict.DONE, "已看现场")
        | said("3", Verdict.NOT_APPLICABLE, "本区没有")
    )
    judge_rest()
    publish()
    found = queries.explained(the_plan(), unit_id("songjiang"), date.fromisoformat(PUBLISHED))
    assert sum((line.points for line in found.lines), Decimal(0)) == found.standing.points.score
    assert (found.standing.tally.total, found.standing.tally.completed) == (27, 1)


def test_the_published_page_still_shows_what_the_record_said(seeded: Flask) -> None:
    complete("1", "songjiang", "supervisor", "2021-03-10")
    evaluated("1", Verdict.NOT_DONE, "材料不实")
    found = item("1", day=PUBLISHED)
    assert (found.recorded, found.city.verdict, found.differs(Stage.CITY)) == (Verdict.DONE, Verdict.NOT_DONE, True)


# ---- the letters


def test_every_lead_gets_one_letter_with_score_and_last_day_of_objection(seeded: Flask) -> None:
    evaluated("26", Verdict.NOT_APPLICABLE, "本区没有司法所")
    letters = db.session.scalars(select(Message).where(Message.kind == "evaluation")).all()
    assert len(letters) == len({letter.recipient for letter in letters}) == LEADS
    letter = next(letter for letter in letters if letter.recipient == "songjiang-lead")
    assert letter.subject == "【评估结果】沪司发〔2021〕11号：得分 0，扣 20 分"
    for words in (
        "■ 办结 0 / 应办结 27 项",
        "■ 扣分：应扣 27 分，实扣 20 分",
        "■ 得分：0 分（满分 20 分），第 1 名",
        "第26项 不适用：本区没有司法所",
        "2021年10月27日（含当天）以前",
        f"{BASE}/scores/{unit_id('songjiang')}?plan={the_plan().id}",
    ):
        assert words in letter.body_text
    assert letter.body_html.count("本区没有司法所") == 1


def test_a_lead_reads_the_letter_in_the_own_language_and_who_left_gets_none(seeded: Flask) -> None:
    with transaction():
        db.session.execute(update(User).where(User.account == "songjiang-lead").values(language="en"))
        db.session.execute(update(User).where(User.account == "huangpu-lead").values(active=False))
    begin()
    judge_rest()
    assert publish() == LEADS - 1
    letters = db.session.scalars(select(Message).where(Message.kind == "evaluation"))
    assert {letter.recipient for letter in letters}.isdisjoint({"huangpu-lead"})
