"""What the pages of plans and their imports call the fields of a task, how they were read and how surely."""

from tracker.rules.plan_text import rule_texts
from tracker.rules.plan_text.drafts import Certainty
from tracker.rules.plan_text.editing import BY_PERSON, CONFIRMED
from tracker.rules.words import say

FIELD_TEXT: dict[str, str] = {
    "number": say("序号"),
    "kind": say("类别"),
    "text": say("任务内容"),
    "lead": say("牵头单位"),
    "responsible": say("责任单位"),
    "cooperating": say("配合单位"),
    "deadline": say("完成时限"),
    "proposed": say("按句子提出的单位"),
    "doc_number": say("文号"),
    "title": say("标题"),
    "issuer": say("发文单位"),
    "issued_on": say("印发日期"),
    "unit": say("文件中的单位名称"),
    "early": say("早于印发日期的时限怎样处理"),
}
MARK_TEXT: dict[str, str] = {
    "text": say("任务{mark}", mark=""),
    "lead": say("牵头"),
    "responsible": say("责任"),
    "cooperating": say("配合"),
    "deadline": say("时限"),
    "proposed": say("提出"),
}
"""The word inside a mark of the source: colour alone says nothing."""

CERTAINTY_TEXT: dict[str, str] = {
    BY_PERSON.rule: say("人工填写"),
    CONFIRMED: say("人工确认"),
    Certainty.CERTAIN: say("原文写明"),
    Certainty.LIKELY: say("由版式推定"),
    Certainty.DOUBTFUL: say("需人工核对"),
}
"""How sure a field is; what a person settled goes by its rule: the document need not say it."""

RULE_TEXT: dict[str, str] = {
    **rule_texts.RULE_TEXT,
    BY_PERSON.rule: say("由人填写。"),
    CONFIRMED: say("已由人确认。"),
}
SEVERITY_TEXT: dict[str, str] = {"info": say("已处理"), "notice": say("请知悉"), "warning": say("请确认")}
