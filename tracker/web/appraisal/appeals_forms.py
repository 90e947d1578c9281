"""The forms of objections: the objection, and what is decided of it."""

from wtforms import TextAreaField

from tracker.rules.words import say
from tracker.web.forms import Form


class AppealForm(Form):
    """Why a unit objects."""

    reason = TextAreaField(say("异议的理由"))


class DecisionForm(Form):
    """What is answered to an objection."""

    answer = TextAreaField(say("裁定理由"))
