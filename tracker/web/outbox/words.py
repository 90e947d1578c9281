"""What pages call the states and kinds of letters, and their channels."""

from tracker.outbox.channels import CHANNELS

STATE_TEXT = {"pending": "待发送", "sending": "发送中", "sent": "已发送", "dead": "未送达", "void": "不再需要"}

KIND_TEXT = {"digest": "每日提醒", "urge": "催办", "test": "测试", "reset": "重设密码"}

CHANNEL_TEXT = {kind: channel.label for kind, channel in CHANNELS.items()}
