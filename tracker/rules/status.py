"""The status loop of an assignment as one table, and its light as a function of status, dates and day."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tracker.rules.words import say


class Status(StrEnum):
    """Where an assignment stands in the loop."""

    PENDING = "pending_receipt"
    IN_PROGRESS = "in_progress"
    UNDER_REVIEW = "under_review"
    RETURNED = "returned"
    COMPLETED = "completed"
    EXEMPT = "exempt"
    WITHDRAWN = "withdrawn"


class Move(StrEnum):
    """A step from one status to another."""

    DISPATCH = "dispatch"
    ACKNOWLEDGE = "acknowledge"
    SUBMIT = "submit"
    RECALL = "recall"
    ACCEPT = "accept"
    RETURN = "return"
    CORRECT = "correct"
    RECHECK = "recheck"
    REOPEN = "reopen"
    EXEMPT = "exempt"
    WITHDRAW = "withdraw"
    RECORD = "record"


class RequestState(StrEnum):
    """What became of something that was asked for: an extension, an appeal."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


class Light(StrEnum):
    """The signal shown for an assignment: always shape, colour and word together."""

    NOT_STARTED = "not_started"
    NORMAL = "normal"
    NEAR = "near"
    OVERDUE = "overdue"
    DONE = "done"
    DONE_LATE = "done_late"
    EXCLUDED = "excluded"


class Duty(StrEnum):
    """In which capacity a person takes a step; who holds it for an assignment is decided by scope."""

    HANDLER = "handler"
    REVIEWER = "reviewer"
    SUPERVISOR = "supervisor"


STATUS_TEXT: dict[Status, str] = {
    Status.PENDING: say("待签收"),
    Status.IN_PROGRESS: say("办理中"),
    Status.UNDER_REVIEW: say("待审核"),
    Status.RETURNED: say("退回修改"),
    Status.COMPLETED: say("已办结"),
    Status.EXEMPT: say("不适用"),
    Status.WITHDRAWN: say("已撤销"),
}

CLOSED_TEXT = say("已销号")

REQUEST_TEXT: dict[RequestState, str] = {
    RequestState.ASKED: say("待裁定"),
    RequestState.GRANTED: say("已批准"),
    RequestState.REFUSED: say("已驳回"),
}

MOVE_TEXT: dict[Move, str] = {
    Move.DISPATCH: say("交办"),
    Move.ACKNOWLEDGE: say("签收"),
    Move.SUBMIT: say("申请办结"),
    Move.RECALL: say("撤回申请"),
    Move.ACCEPT: say("审核通过"),
    Move.RETURN: say("退回"),
    Move.CORRECT: say("更正报告"),
    Move.RECHECK: say("要求重新审核"),
    Move.REOPEN: say("重新办理"),
    Move.EXEMPT: say("认定不适用"),
    Move.WITHDRAW: say("撤销事项"),
    Move.RECORD: say("补录办结"),
}

LIGHT_TEXT: dict[Light, str] = {
    Light.NOT_STARTED: say("未开始"),
    Light.NORMAL: say("正常"),
    Light.NEAR: say("临期"),
    Light.OVERDUE: say("逾期"),
    Light.DONE: say("已办结"),
    Light.DONE_LATE: say("逾期后办结"),
    Light.EXCLUDED: say("不计"),
}


@dataclass(frozen=True)
class Edge:
    """One row of the loop: from which statuses, to which, by which duty, with or without a reason."""

    sources: frozenset[Status]
    target: Status
    duty: Duty
    needs_reason: bool = False


LIVE = frozenset({Status.PENDING, Status.IN_PROGRESS, Status.UNDER_REVIEW, Status.RETURNED})
"""Statuses in which the assignment is still owed."""

EXCLUDED = frozenset({Status.EXEMPT, Status.WITHDRAWN})
"""Statuses that count for nothing: neither owed nor done."""

WORKING = frozenset({Status.IN_PROGRESS, Status.RETURNED})

TRANSITIONS: dict[Move, Edge] = {
    Move.ACKNOWLEDGE: Edge(frozenset({Status.PENDING}), Status.IN_PROGRESS, Duty.HANDLER),
    Move.SUBMIT: Edge(WORKING, Status.UNDER_REVIEW, Duty.HANDLER),
    Move.RECALL: Edge(frozenset({Status.UNDER_REVIEW}), Status.IN_PROGRESS, Duty.HANDLER),
    Move.ACCEPT: Edge(frozenset({Status.UNDER_REVIEW}), Status.COMPLETED, Duty.REVIEWER),
    Move.RETURN: Edge(frozenset({Status.UNDER_REVIEW}), Status.RETURNED, Duty.REVIEWER, needs_reason=True),
    Move.CORRECT: Edge(frozenset({Status.COMPLETED}), Status.UNDER_REVIEW, Duty.HANDLER),
    Move.RECHECK: Edge(frozenset({Status.COMPLETED}), Status.UNDER_REVIEW, Duty.SUPERVISOR, needs_reason=True),
    Move.REOPEN: Edge(
        frozenset({Status.COMPLETED, Status.EXEMPT}), Status.IN_PROGRESS, Duty.SUPERVISOR, needs_reason=True
    ),
    Move.EXEMPT: Edge(LIVE, Status.EXEMPT, Duty.SUPERVISOR, needs_reason=True),
    Move.WITHDRAW: Edge(LIVE | {Status.EXEMPT}, Status.WITHDRAWN, Duty.SUPERVISOR, needs_reason=True),
    # Only for what was due before its document was issued (X3-01); `assignments.early` is the one caller.
    Move.RECORD: Edge(WORKING | {Status.PENDING}, Status.COMPLETED, Duty.SUPERVISOR, needs_reason=True),
}


class MoveRefused(ValueError):
    """A step that the loop does not allow; the message is for the person who tried it."""


class Outdated(MoveRefused):
    """A step decided on what stands no more: it may be taken once the person has seen what stands now."""


def next_status(status: Status, move: Move, reason: str = "") -> Status:
    """Return the status after `move`; raise MoveRefused where the table has no such edge or a reason is missing."""
    edge = TRANSITIONS.get(move)
    if edge is None or status not in edge.sources:
        raise MoveRefused(
            say(
                "当前状态为“{status}”，不能{move}。请刷新页面查看最新状态。",
                status=STATUS_TEXT[status],
                move=MOVE_TEXT[move],
            )
        )
    if edge.needs_reason and not reason.strip():
        raise MoveRefused(say("{move}必须写明理由。", move=MOVE_TEXT[move]))
    return edge.target


def status_text(status: Status, closed_on: date | None, day: date) -> str:
    """Return the reader's word for a status on `day`; what was completed and struck off by then is 已销号."""
    struck_off = status is Status.COMPLETED and closed_on is not None and closed_on <= day
    return CLOSED_TEXT if struck_off else STATUS_TEXT[status]


def moves_from(status: Status) -> tuple[Move, ...]:
    """Return the steps that lead out of a status."""
    return tuple(move for move, edge in TRANSITIONS.items() if status in edge.sources)


def light(status: Status, due_on: date | None, completed_on: date | None, day: date, near_days: int) -> Light:
    """Return the signal for `day`; overdue begins the day after `due_on`, near `near_days` before it."""
    if status in EXCLUDED:
        return Light.EXCLUDED
    if status is Status.COMPLETED:
        late = due_on is not None and completed_on is not None and completed_on > due_on
        return Light.DONE_LATE if late else Light.DONE
    if due_on is not None and due_on < day:
        return Light.OVERDUE
    if due_on is not None and (due_on - day).days <= near_days:
        return Light.NEAR
    return Light.NOT_STARTED if status is Status.PENDING else Light.NORMAL
