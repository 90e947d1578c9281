"""What pages call the states and kinds of letters, and their channels."""

from tracker.outbox.channels import CHANNELS
from tracker.rules.words import say

STATE_TEXT = {
    "pending": say("待发送"),
    "sending": say("发送中"),
    "sent": say("已发送"),
    "dead": say("未送达"),
    "void": say("不再需要"),
}

KIND_TEXT = {
    "digest": say("每日提醒"),
    "urge": say("催办"),
    "evaluation": say("评估结果"),
    "appeal": say("异议"),
    "indicators": say("指标填报"),
    "appraisal": say("年度考评"),
    "test": say("测试"),
    "reset": say("重设密码"),
}

CHANNEL_TEXT = {kind: channel.label for kind, channel in CHANNELS.items()}
