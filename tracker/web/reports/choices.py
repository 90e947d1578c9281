"""What the buttons of the report and review forms mean."""

from dataclasses import dataclass

from tracker.rules.reports import Decision

INTENTS = {
    "draft": "草稿已保存。",
    "progress": "进展已报送。",
    "completion": "已申请办结，等待审核。",
}
"""What each button of the report form did."""


@dataclass(frozen=True)
class Choice:
    """A reviewer's button: the decision, whether it needs a reason, what to say afterwards."""

    decision: Decision
    needs_reason: bool
    done: str


DECISIONS = {
    "accept": Choice(Decision.ACCEPT, False, "审核通过，事项已办结。"),
    "return": Choice(Decision.RETURN, True, "已退回承办单位修改。"),
}

SIGNED_OFF = "已审签，报市局审核。"
"""What is said after a district's consent, which is not yet the last word."""
