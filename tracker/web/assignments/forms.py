"""The form of a remark."""

from wtforms import TextAreaField

from tracker.rules.words import say
from tracker.web.forms import Form


class CommentForm(Form):
    """Plain text; how long it may be is the room's business."""

    body = TextAreaField(say("留言内容"), id="comment-body")
