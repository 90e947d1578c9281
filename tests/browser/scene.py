"""The seeded month with something on every page: a task that went through the loop, letters, work, kept forms."""

import hashlib
import io
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select

from tests.appraisal.acts import COMPILER, begin, put, say_to, unit
from tests.appraisal_makers import make_ballot_paper
from tests.assignments.acts import moment, owed, person, the_plan, unit_id
from tests.browser.visitor import CLERK, REASON, REVIEWER, SUPERVISOR
from tests.factories import make_endpoint
from tests.import_texts import opened
from tests.indicator_makers import make_indicator_definition, make_indicator_question
from tests.indicators.acts import fill, open_round, submit, type_in
from tests.makers import make_reset_link, make_saved_view, make_second_factor, make_work
from tracker import clock
from tracker.appraisal import appeals, ballots, special
from tracker.appraisal.ballots import Opening
from tracker.appraisal.special import Applying
from tracker.assignments.operations import change_status
from tracker.db import db, transaction
from tracker.jobs import run_day
from tracker.outbox.models import Message
from tracker.people import held
from tracker.people.models import HeldForm
from tracker.plans.models import Task
from tracker.reports import operations as reports
from tracker.reports.models import Evidence
from tracker.reports.operations import Content, Upload
from tracker.rules.reports import Decision, ReportKind
from tracker.rules.status import Move
from tracker.storage import keep
from tracker.work.models import WorkState

RESET, HOLDER, CODED = "a-link-that-was-mailed", "jingan-clerk", "putuo-lead"
"""The end of a mailed link; whose form was kept; who is asked for a code."""

BALLOT, SECTION = "a-ballot-that-was-handed-out", "songjiang-bangongshi"
"""The end of a ballot's link; a section that is appraised."""

ACCEPTED, IN_HAND = "songjiang", "xuhui"
"""Who has task 7 done, and who has signed for it."""


def prepare(day: str, folder: Path) -> dict[str, int]:
    """Set the scene in the present database; return the numbers that addresses need."""
    with transaction():
        places = {**_the_loop(folder), **_the_machinery()}
    places["round"] = _indicators(day)
    places |= _appraisal(day)
    for _ in run_day(date.fromisoformat(day), "http://127.0.0.1"):
        pass
    letters = select(Message.id).where(Message.recipient == CLERK).order_by(Message.id.desc())
    letter = db.session.scalars(letters).first()
    assert letter
    return {**places, "letter": letter, "plan": the_plan().id, "songjiang": unit_id(ACCEPTED), "imported": opened()}


def _indicators(day: str) -> int:
    """Collect indicators: one district has handed in, one has begun, with a warning and a question; a year before."""
    last = open_round(2019, "上年填报", day=day, closes=day)
    fill(last, ACCEPTED, seed=7, day=day)
    found = open_round(2020, "年度填报", day=day, closes=(date.fromisoformat(day) + timedelta(9)).isoformat())
    fill(found, IN_HAND, seed=8, day=day)
    submit(found, IN_HAND, day=day)
    type_in(found, {"I007": "3", "I008": "是", "I082a": "20", "I083": "21", "I034a": "2", "I034b": "3"}, ACCEPTED, day)
    with transaction():
        make_indicator_question(round_id=found, unit_id=unit_id(ACCEPTED), text="含街道自建的活动室吗？")
        make_indicator_definition(indicator=7, text="按当年实际开展的次数计。")
    return found


def _appraisal(day: str) -> dict[str, int]:
    """Begin a year: an entry that was answered, one objected to, an application, a meeting with a paper."""
    year, happened = begin(day), "2021-02-10"
    entry = put("办公室", "W1-3.1", day=day, happened=happened, count=2)
    contested = put("办公室", "T-1.1", day=day, happened=happened, points="2")
    put("促进法治科", "W6-1.2", day=day, happened=happened, place=14)
    put("律公科", "X-3.1", day=day, happened=happened, points="1")
    say_to(entry, "两人公出，已事先请假。", SECTION, day)
    applying = Applying("智慧会务", "线上预约会议室", "会议室统一管理", "会议减少三成", "办公室", "021-0000")
    with transaction():
        appeal = appeals.appeal(person(SECTION), moment(day), year, contested, "责任已经分解到人。").id
        filed = special.apply(person(SECTION), moment(day), year, unit("办公室"), applying).id
        opening = Opening(held_on=date.fromisoformat(day), closes_at=moment(day, 12) + timedelta(1))
        meeting = ballots.open_meeting(person(COMPILER), moment(day), year, opening).id
        mailed = hashlib.sha256(BALLOT.encode()).hexdigest()
        make_ballot_paper(meeting_id=meeting, bench="units", appraisal_unit_id=unit("公服科"), token_hash=mailed)
    numbers = {"section": unit("办公室"), "entry": entry, "appeal": appeal, "special": filed}
    return {"year": year, **numbers}


def _the_loop(folder: Path) -> dict[str, int]:
    """Sign for task 7, file it, have it returned, file it again, have it accepted; sign for it elsewhere."""
    seven, in_hand = owed("7", ACCEPTED), owed("7", IN_HAND)
    change_status(person(CLERK), moment("2021-02-20"), seven, Move.ACKNOWLEDGE)
    change_status(person(f"{IN_HAND}-clerk"), moment("2021-02-20"), in_hand, Move.ACKNOWLEDGE)
    first = _file(folder, seven, "2021-02-22", "已与社区矫正机构办理委托手续。")
    reports.review(person(REVIEWER), moment("2021-02-23"), seven, Decision.RETURN, REASON)
    again = _file(folder, seven, "2021-02-24", "- 委托手续已办妥\n- **书面材料**已附")
    reports.review(person(REVIEWER), moment("2021-02-25"), seven, Decision.ACCEPT, "")
    evidence = db.session.scalars(select(Evidence.id).where(Evidence.report_id == again)).one()
    task = db.session.scalars(select(Task.id).where(Task.number == "12")).one()
    return {
        "seven": seven,
        "in_hand": in_hand,
        "first": first,
        "report": again,
        "evidence": evidence,
        "task": task,
        "owed": owed("12", ACCEPTED),
    }


def _file(folder: Path, duty: int, day: str, done: str) -> int:
    kept = keep(folder, io.BytesIO(b"list"), 100)
    content = Content(done=done, kind=ReportKind.COMPLETION, progress=100)
    uploads = [Upload("受委托事项清单.txt", kept)]
    return reports.file(person(CLERK), moment(day), duty, content, token=f"form-{day}", version=0, uploads=uploads).id


def _the_machinery() -> dict[str, int]:
    """Leave an endpoint, a view, work that is waiting and work that is done, a kept form, a mailed link, a factor."""
    now, supervisor = clock.utc(), person(SUPERVISOR).id
    assert supervisor
    owner, coded = person(HOLDER).id, person(CODED).id
    assert owner
    page = f"/assignments/{owed('7', 'jingan')}/report"
    held.hold(owner, page, {"done": "写到一半，登录失效了。"}, now)
    make_second_factor(user_id=coded)
    make_saved_view(owner_id=supervisor, shared=True)
    mailed = hashlib.sha256(RESET.encode()).hexdigest()
    make_reset_link(user_id=coded, token_hash=mailed, created_at=now, expires_at=now + timedelta(hours=1))
    ended = {
        "state": WorkState.DONE,
        "outcome": '[null, "已办 2 项，没有办成 1 项。"]',
        "failures": '[["单位"], ["松江"]]',
    }
    return {
        "endpoint": make_endpoint().id,
        "held": db.session.scalars(select(HeldForm.id).where(HeldForm.user_id == owner)).one(),
        "waiting": make_work(owner_id=supervisor, total=448, done=180, created_at=now).id,
        "ended": make_work(owner_id=supervisor, created_at=now, **ended).id,
    }
