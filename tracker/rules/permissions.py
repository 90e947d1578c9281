"""Who may do what, as one table: action × role → whose records."""

from dataclasses import dataclass
from enum import StrEnum

from tracker.rules.words import say


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
    Role.ADMIN: say("系统管理员"),
    Role.SUPERVISOR: say("督办人员"),
    Role.LEADER: say("市局领导"),
    Role.AUDITOR: say("审计员"),
    Role.REVIEWER: say("处室（科室）审核"),
    Role.LEAD: say("区局负责人"),
    Role.CLERK: say("区局经办"),
    Role.OFFICE: say("司法所（科室）经办"),
}


class Post(StrEnum):
    """The post by which the escalation ladder finds a person (沪司发〔2021〕11号, 三(一): who answers for what)."""

    NONE = ""
    SECTION_HEAD = "section_head"
    DEPUTY_HEAD = "deputy_head"
    UNIT_HEAD = "unit_head"


POST_TEXT: dict[Post, str] = {
    Post.NONE: "",
    Post.SECTION_HEAD: say("科室负责人"),
    Post.DEPUTY_HEAD: say("分管领导"),
    Post.UNIT_HEAD: say("主要领导"),
}


class Scope(StrEnum):
    """Whose records an action reaches; `assignments.queries.within` says it in SQL."""

    ALL = "all"
    OFFICE = "office"
    """The tasks that name the person's office or section as reviewer, whoever has them, and its own."""
    DISTRICT = "district"
    """The person's district with its sections, institutions and 司法所."""
    BELOW = "below"
    """What stands below the person's district: sections, institutions, 司法所."""
    UNIT = "unit"
    SELF = "self"
    """The person's own account, letters and settings."""
    NONE = "none"


SCOPE_TEXT: dict[Scope, str] = {
    Scope.ALL: say("全部"),
    Scope.OFFICE: say("本处室任务"),
    Scope.DISTRICT: say("本区"),
    Scope.BELOW: say("本区下属单位"),
    Scope.UNIT: say("本单位"),
    Scope.SELF: say("本人"),
    Scope.NONE: "—",
}


class Action(StrEnum):
    """Something a person asks the service to do or show."""

    VIEW_PLANS = "view_plans"
    EDIT_PLAN = "edit_plan"
    VIEW_ASSIGNMENTS = "view_assignments"
    HANDLE = "handle"
    SIGN_OFF = "sign_off"
    REVIEW = "review"
    SUPERVISE = "supervise"
    ASK_EXTENSION = "ask_extension"
    DECIDE_EXTENSION = "decide_extension"
    COMMENT = "comment"
    HIDE_COMMENT = "hide_comment"
    URGE = "urge"
    VIEW_RANKING = "view_ranking"
    VIEW_DRAFT_RANKING = "view_draft_ranking"
    VIEW_SCORE = "view_score"
    EXPORT_SCORE = "export_score"
    DEDUCT = "deduct"
    APPEAL = "appeal"
    DECIDE_APPEAL = "decide_appeal"
    FREEZE_SCORES = "freeze_scores"
    REPLAY_SCORES = "replay_scores"
    EDIT_RULE = "edit_rule"
    EVALUATE = "evaluate"
    SELF_EVALUATE = "self_evaluate"
    SUBMIT_SELF_EVALUATION = "submit_self_evaluation"
    VIEW_INDICATORS = "view_indicators"
    RUN_ROUNDS = "run_rounds"
    ANSWER_INDICATORS = "answer_indicators"
    SUBMIT_INDICATORS = "submit_indicators"
    GIVE_FIGURES = "give_figures"
    VIEW_APPRAISAL = "view_appraisal"
    APPRAISE = "appraise"
    ANSWER_APPRAISAL = "answer_appraisal"
    DECIDE_APPRAISAL = "decide_appraisal"
    VIEW_OUTBOX = "view_outbox"
    RESEND = "resend"
    PAUSE_REMINDERS = "pause_reminders"
    PREVIEW_REMINDERS = "preview_reminders"
    EDIT_REMINDERS = "edit_reminders"
    VIEW_SCHEDULER = "view_scheduler"
    RUN_JOBS = "run_jobs"
    EDIT_CALENDAR = "edit_calendar"
    EDIT_CHANNELS = "edit_channels"
    EDIT_SETTINGS = "edit_settings"
    BACK_UP = "back_up"
    VIEW_USERS = "view_users"
    EDIT_USERS = "edit_users"
    GRANT_ROLES = "grant_roles"
    EDIT_UNITS = "edit_units"
    VIEW_PERMISSIONS = "view_permissions"
    VIEW_AUDIT = "view_audit"
    OWN_LETTERS = "own_letters"
    OWN_ACCOUNT = "own_account"


ACTION_TEXT: dict[Action, str] = {
    Action.VIEW_PLANS: say("查看方案和任务"),
    Action.EDIT_PLAN: say("增补、更正、撤下任务，修改方案设定"),
    Action.VIEW_ASSIGNMENTS: say("查看责任事项、填报和佐证材料"),
    Action.HANDLE: say("签收、填报、上传佐证材料"),
    Action.SIGN_OFF: say("区局审签或退回本区的填报"),
    Action.REVIEW: say("审核办结申请（不含本单位）"),
    Action.SUPERVISE: say("销号、认定不适用、撤销、重新办理"),
    Action.ASK_EXTENSION: say("申请延期"),
    Action.DECIDE_EXTENSION: say("批准或驳回延期"),
    Action.COMMENT: say("在事项上留言"),
    Action.HIDE_COMMENT: say("隐藏留言"),
    Action.URGE: say("催办（不含本单位）"),
    Action.VIEW_RANKING: say("查看得分排名"),
    Action.VIEW_DRAFT_RANKING: say("查看预排名"),
    Action.VIEW_SCORE: say("查看得分明细"),
    Action.EXPORT_SCORE: say("导出得分"),
    Action.DEDUCT: say("登记扣分"),
    Action.APPEAL: say("对扣分提出异议"),
    Action.DECIDE_APPEAL: say("裁定异议"),
    Action.FREEZE_SCORES: say("定稿封存得分"),
    Action.REPLAY_SCORES: say("复算得分"),
    Action.EDIT_RULE: say("修改评分规则（形成新版本）"),
    Action.EVALUATE: say("组织评估、认定完成情况、公布评估结果"),
    Action.SELF_EVALUATE: say("填写本区自评"),
    Action.SUBMIT_SELF_EVALUATION: say("上报本区自评"),
    Action.VIEW_INDICATORS: say("查看指标填报和汇总"),
    Action.RUN_ROUNDS: say("组织指标填报：开始、延期、结束、更正、口径和答复"),
    Action.ANSWER_INDICATORS: say("填写本区指标，向司法所收集数据"),
    Action.SUBMIT_INDICATORS: say("上报、撤回本区指标"),
    Action.GIVE_FIGURES: say("填写区局要的指标数据"),
    Action.VIEW_APPRAISAL: say("查看年度考评（结果公布前，其他科室只见本科室）"),
    Action.APPRAISE: say("登记考评加减分、评定特色工作、组织测评、汇总（由负责汇总的科室办理，不含本科室）"),
    Action.ANSWER_APPRAISAL: say("答复考评登记、提出异议、申报特色工作、自评"),
    Action.DECIDE_APPRAISAL: say("审定考评：裁定异议、决定未定事项和等次、公布"),
    Action.VIEW_OUTBOX: say("查看提醒信"),
    Action.RESEND: say("重发提醒信"),
    Action.PAUSE_REMINDERS: say("暂停提醒"),
    Action.PREVIEW_REMINDERS: say("查看提醒预告"),
    Action.EDIT_REMINDERS: say("修改提醒规则"),
    Action.VIEW_SCHEDULER: say("查看定时任务"),
    Action.RUN_JOBS: say("立即运行定时任务"),
    Action.EDIT_CALENDAR: say("维护工作日历"),
    Action.EDIT_CHANNELS: say("维护发送渠道"),
    Action.EDIT_SETTINGS: say("修改安全设定"),
    Action.BACK_UP: say("备份"),
    Action.VIEW_USERS: say("查看人员"),
    Action.EDIT_USERS: say("新建、停用、解锁账号，重置密码"),
    Action.GRANT_ROLES: say("修改角色，强制退出登录"),
    Action.EDIT_UNITS: say("维护单位"),
    Action.VIEW_PERMISSIONS: say("查看权限表"),
    Action.VIEW_AUDIT: say("查看、核验、导出审计记录"),
    Action.OWN_LETTERS: say("收件箱和提醒方式"),
    Action.OWN_ACCOUNT: say("本人账号"),
}

_EVERYBODY_SELF = dict.fromkeys(Role, Scope.SELF)
_BUSINESS = {
    Role.ADMIN: Scope.ALL,
    Role.SUPERVISOR: Scope.ALL,
    Role.LEADER: Scope.ALL,
    Role.REVIEWER: Scope.OFFICE,
    Role.LEAD: Scope.DISTRICT,
    Role.CLERK: Scope.DISTRICT,
    Role.OFFICE: Scope.UNIT,
}
_RANKING = dict.fromkeys(_BUSINESS, Scope.ALL)
_SUPERVISOR = {Role.SUPERVISOR: Scope.ALL}
_ADMIN = {Role.ADMIN: Scope.ALL}
_AUDITOR = {Role.AUDITOR: Scope.ALL}
_TWO = {Role.ADMIN: Scope.ALL, Role.SUPERVISOR: Scope.ALL}

PERMISSIONS: dict[Action, dict[Role, Scope]] = {
    Action.VIEW_PLANS: _RANKING,
    Action.EDIT_PLAN: _SUPERVISOR,
    Action.VIEW_ASSIGNMENTS: _BUSINESS,
    Action.HANDLE: {Role.CLERK: Scope.UNIT, Role.OFFICE: Scope.UNIT, Role.REVIEWER: Scope.UNIT},
    Action.SIGN_OFF: {Role.LEAD: Scope.DISTRICT},
    Action.REVIEW: {Role.SUPERVISOR: Scope.ALL, Role.REVIEWER: Scope.OFFICE},
    Action.SUPERVISE: _SUPERVISOR,
    Action.ASK_EXTENSION: {Role.LEAD: Scope.DISTRICT},
    Action.DECIDE_EXTENSION: _SUPERVISOR,
    Action.COMMENT: {
        Role.SUPERVISOR: Scope.ALL,
        Role.REVIEWER: Scope.OFFICE,
        Role.LEAD: Scope.DISTRICT,
        Role.CLERK: Scope.UNIT,
        Role.OFFICE: Scope.UNIT,
    },
    Action.HIDE_COMMENT: _SUPERVISOR,
    Action.URGE: {Role.SUPERVISOR: Scope.ALL, Role.REVIEWER: Scope.OFFICE, Role.LEAD: Scope.BELOW},
    Action.VIEW_RANKING: _RANKING,
    Action.VIEW_DRAFT_RANKING: {Role.SUPERVISOR: Scope.ALL, Role.LEADER: Scope.ALL},
    Action.VIEW_SCORE: {
        Role.ADMIN: Scope.ALL,
        Role.SUPERVISOR: Scope.ALL,
        Role.LEADER: Scope.ALL,
        Role.LEAD: Scope.DISTRICT,
        Role.CLERK: Scope.DISTRICT,
        Role.OFFICE: Scope.DISTRICT,
    },
    Action.EXPORT_SCORE: {Role.SUPERVISOR: Scope.ALL, Role.LEADER: Scope.ALL, Role.LEAD: Scope.DISTRICT},
    Action.DEDUCT: _SUPERVISOR,
    Action.APPEAL: {Role.LEAD: Scope.DISTRICT},
    Action.DECIDE_APPEAL: _SUPERVISOR,
    Action.FREEZE_SCORES: _SUPERVISOR,
    Action.REPLAY_SCORES: _SUPERVISOR | _AUDITOR,
    Action.EDIT_RULE: _SUPERVISOR,
    Action.EVALUATE: _SUPERVISOR,
    Action.SELF_EVALUATE: {Role.LEAD: Scope.DISTRICT, Role.CLERK: Scope.DISTRICT},
    Action.SUBMIT_SELF_EVALUATION: {Role.LEAD: Scope.DISTRICT},
    Action.VIEW_INDICATORS: {
        Role.ADMIN: Scope.ALL,
        Role.SUPERVISOR: Scope.ALL,
        Role.LEADER: Scope.ALL,
        Role.REVIEWER: Scope.ALL,
        Role.LEAD: Scope.DISTRICT,
        Role.CLERK: Scope.DISTRICT,
    },
    Action.RUN_ROUNDS: _SUPERVISOR,
    Action.ANSWER_INDICATORS: {Role.LEAD: Scope.DISTRICT, Role.CLERK: Scope.DISTRICT},
    Action.SUBMIT_INDICATORS: {Role.LEAD: Scope.DISTRICT},
    Action.GIVE_FIGURES: {Role.OFFICE: Scope.UNIT},
    Action.VIEW_APPRAISAL: {
        Role.SUPERVISOR: Scope.ALL,
        Role.LEADER: Scope.ALL,
        Role.LEAD: Scope.DISTRICT,
        Role.OFFICE: Scope.UNIT,
    },
    Action.APPRAISE: {Role.LEAD: Scope.DISTRICT, Role.OFFICE: Scope.UNIT},
    Action.ANSWER_APPRAISAL: {Role.OFFICE: Scope.UNIT},
    Action.DECIDE_APPRAISAL: {Role.LEAD: Scope.DISTRICT},
    Action.VIEW_OUTBOX: _TWO | {Role.LEAD: Scope.DISTRICT, Role.CLERK: Scope.DISTRICT},
    Action.RESEND: _TWO,
    Action.PAUSE_REMINDERS: _SUPERVISOR,
    Action.PREVIEW_REMINDERS: _TWO | {Role.LEAD: Scope.DISTRICT, Role.CLERK: Scope.DISTRICT},
    Action.EDIT_REMINDERS: _SUPERVISOR,
    Action.VIEW_SCHEDULER: _TWO,
    Action.RUN_JOBS: _ADMIN,
    Action.EDIT_CALENDAR: _ADMIN,
    Action.EDIT_CHANNELS: _ADMIN,
    Action.EDIT_SETTINGS: _ADMIN,
    Action.BACK_UP: _ADMIN,
    Action.VIEW_USERS: _ADMIN | {Role.LEAD: Scope.DISTRICT},
    Action.EDIT_USERS: _ADMIN | {Role.LEAD: Scope.DISTRICT},
    Action.GRANT_ROLES: _ADMIN,
    Action.EDIT_UNITS: _ADMIN,
    Action.VIEW_PERMISSIONS: _ADMIN | _AUDITOR,
    Action.VIEW_AUDIT: _AUDITOR,
    Action.OWN_LETTERS: _EVERYBODY_SELF,
    Action.OWN_ACCOUNT: _EVERYBODY_SELF,
}
"""The one table: action → role → whose records. A role that is absent may not. 等保 8.1.4.2: powers are separated;
the administrator writes no business data, only the auditor reads the audit trail, only the supervisor closes."""


def holders(action: Action) -> frozenset[Role]:
    """Return the roles that hold an action, over whosever records."""
    return frozenset(PERMISSIONS[action])


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

    def reach(self, action: Action) -> Scope:
        """Return whose records the person may take an action on."""
        return PERMISSIONS[action].get(self.role, Scope.NONE)


SYSTEM = Actor(id=None, account="system", name=say("系统"), role=Role.SUPERVISOR, unit_id=None)
"""The service itself: seeds, publication, the scheduler, the command line."""


class Forbidden(PermissionError):
    """An act outside the person's powers; the message says whom to ask."""


def may(actor: Actor, action: Action) -> bool:
    """Tell whether the role holds the action at all; scope is decided by the query or the operation."""
    return actor.role in PERMISSIONS[action]


def require(actor: Actor, action: Action) -> None:
    """Raise Forbidden where the role does not hold the action."""
    if not may(actor, action):
        raise Forbidden(
            say(
                "“{role_text}”没有这项权限。如确需办理，请联系督办人员或系统管理员。",
                role_text=actor.role_text,
            )
        )
