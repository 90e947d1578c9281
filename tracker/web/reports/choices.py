"""What the buttons of the report and review forms mean."""

from dataclasses import dataclass

from tracker.rules.reports import Decision
from tracker.rules.words import say

INTENTS = {
    "draft": say("草稿已保存。"),
    "copy": say("上期内容已填入空白的栏目，并存为草稿。请改成本期的情况。"),
    "take": say("文件已作为草稿的附件，您写的文字也存了草稿。"),
    "progress": say("进展已报送。"),
    "completion": say("已申请办结，等待审核。"),
    "correction": say("更正报告已报送，等待审核。审核通过之前，本事项不计为办结。"),
}
"""What each button of the report form did."""

SAVING = ("draft", "copy", "take")
"""The buttons after which the form is still being written."""


@dataclass(frozen=True)
class Choice:
    """A reviewer's button: its name, the decision, whether it needs a reason, what to say afterwards."""

    name: str
    decision: Decision
    needs_reason: bool
    done: str


DECISIONS = {
    "accept": Choice(say("审核通过"), Decision.ACCEPT, False, say("审核通过，事项已办结。")),
    "return": Choice(say("退回修改"), Decision.RETURN, True, say("已退回承办单位修改。")),
}

SIGNED_OFF = say("已审签，报市局审核。")
"""What is said after a district's consent, which is not yet the last word."""
