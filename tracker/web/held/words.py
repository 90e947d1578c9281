"""What the fields of forms are called where they stand alone."""

from tracker.rules.words import say
from tracker.web.reports.forms import LABELS

FIELD_TEXT: dict[str, str] = {
    **LABELS,
    "situation": say("总体情况"),
    "progress": say("完成进度（%）"),
    "reason": say("理由"),
    "present": say("现有进展"),
    "why": say("理由"),
    "answer": say("答复"),
    "summary": say("自评小结"),
    "body": say("留言内容"),
    "text": say("正文"),
    "name": say("名称"),
    "title": say("标题"),
    "due": say("完成时限"),
    "until": say("恢复日期"),
    "points": say("分值"),
    "acceptance": say("办结标准"),
    "note": say("备注"),
}
