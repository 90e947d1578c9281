"""Who may do what: roles, the data scope of each role, and the actions each role may take in its scope."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is in the service."""

    ADMIN = "admin"
    SUPERVISOR = "supervisor"
    LEADER = "leader"
    AUDITOR = "auditor"
    REVIEWER = "reviewer"
    LEAD = "lead"
    CLERK = "clerk"
    OFFICE = "office"


ROLE_TEXT: dict[Role, str] = {
    Role.ADMIN: "系统管理员",
    Role.SUPERVISOR: "督办人员",
    Role.LEADER: "市局领导",
    Role.AUDITOR: "审计员",
    Role.REVIEWER: "市局处室",
    Role.LEAD: "区局负责人",
    Role.CLERK: "区局经办",
    Role.OFFICE: "司法所经办",
}


class Post(StrEnum):
    """The post by which the escalation ladder finds a person (沪司发〔2021〕11号, 三(一): who answers for what)."""

    NONE = ""
    SECTION_HEAD = "section_head"
    DEPUTY_HEAD = "deputy_head"
    UNIT_HEAD = "unit_head"


POST_TEXT: dict[Post, str] = {
    Post.NONE: "",
    Post.SECTION_HEAD: "科室负责人",
    Post.DEPUTY_HEAD: "分管领导",
    Post.UNIT_HEAD: "主要领导",
}


class Scope(StrEnum):
    """Whose records a role sees."""

    ALL = "all"
    OFFICE = "office"
    """The tasks that name the person's city office, in every district, and the office's own."""
    DISTRICT = "district"
    """The person's district and its 司法所."""
    UNIT = "unit"
    NONE = "none"


SCOPES: dict[Role, Scope] = {
    Role.ADMIN: Scope.ALL,
    Role.SUPERVISOR: Scope.ALL,
    Role.LEADER: Scope.ALL,
    Role.AUDITOR: Scope.NONE,
    Role.REVIEWER: Scope.OFFICE,
    Role.LEAD: Scope.DISTRICT,
    Role.CLERK: Scope.DISTRICT,
    Role.OFFICE: Scope.UNIT,
}


class Action(StrEnum):
    """Something a person asks the service to do or show."""

    VIEW_PLANS = "view_plans"
    VIEW_ASSIGNMENTS = "view_assignments"
    VIEW_RANKING = "view_ranking"
    VIEW_SCORE = "view_score"
    HANDLE = "handle"
    REVIEW = "review"
    SUPERVISE = "supervise"
    EDIT_PLAN = "edit_plan"
    VIEW_OUTBOX = "view_outbox"
    RESEND = "resend"
    URGE = "urge"
    PAUSE_REMINDERS = "pause_reminders"
    PREVIEW_REMINDERS = "preview_reminders"
    EDIT_REMINDERS = "edit_reminders"
    VIEW_SCHEDULER = "view_scheduler"
    EDIT_CALENDAR = "edit_calendar"
    EDIT_CHANNELS = "edit_channels"
    OWN_LETTERS = "own_letters"


_READERS = frozenset(Role) - {Role.AUDITOR}

MAY: dict[Action, frozenset[Role]] = {
    Action.VIEW_PLANS: _READERS,
    Action.VIEW_ASSIGNMENTS: _READERS,
    Action.VIEW_RANKING: _READERS,
    Action.VIEW_SCORE: _READERS - {Role.REVIEWER},
    Action.HANDLE: frozenset({Role.CLERK, Role.OFFICE, Role.REVIEWER}),
    Action.REVIEW: frozenset({Role.SUPERVISOR, Role.REVIEWER, Role.LEAD}),
    Action.SUPERVISE: frozenset({Role.SUPERVISOR}),
    Action.EDIT_PLAN: frozenset({Role.SUPERVISOR}),
    Action.VIEW_OUTBOX: frozenset({Role.ADMIN, Role.SUPERVISOR}),
    Action.RESEND: frozenset({Role.ADMIN, Role.SUPERVISOR}),
    Action.URGE: frozenset({Role.SUPERVISOR, Role.REVIEWER, Role.LEAD}),
    Action.PAUSE_REMINDERS: frozenset({Role.SUPERVISOR}),
    Action.PREVIEW_REMINDERS: frozenset({Role.ADMIN, Role.SUPERVISOR, Role.LEAD, Role.CLERK}),
    Action.EDIT_REMINDERS: frozenset({Role.SUPERVISOR}),
    Action.VIEW_SCHEDULER: frozenset({Role.ADMIN, Role.SUPERVISOR}),
    Action.EDIT_CALENDAR: frozenset({Role.ADMIN}),
    Action.EDIT_CHANNELS: frozenset({Role.ADMIN}),
    Action.OWN_LETTERS: frozenset(Role),
}


@dataclass(frozen=True)
class Actor:
    """The acting person, as every operation and query is told."""

    id: int | None
    account: str
    name: str
    role: Role
    unit_id: int | None
    district_id: int | None = None
    unit_name: str = ""

    @property
    def role_text(self) -> str:
        """The role in the reader's words."""
        return ROLE_TEXT[self.role]

    @property
    def scope(self) -> Scope:
        """Whose records this person sees."""
        return SCOPES[self.role]


SYSTEM = Actor(id=None, account="system", name="系统", role=Role.SUPERVISOR, unit_id=None)
"""The service itself: seeds, publication, the scheduler, the command line."""


class Forbidden(PermissionError):
    """An act outside the person's powers; the message says whom to ask."""


def may(actor: Actor, action: Action) -> bool:
    """Tell whether the role holds the action at all; scope is decided by the query or the operation."""
    return actor.role in MAY[action]


def require(actor: Actor, action: Action) -> None:
    """Raise Forbidden where the role does not hold the action."""
    if not may(actor, action):
        raise Forbidden(f"“{actor.role_text}”没有这项权限。如确需办理，请联系市局促进法治处督办人员或系统管理员。")
