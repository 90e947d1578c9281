"""The area of signing in: its pages stand in several files and share one blueprint."""

from tracker.web.auth import codes, factor
from tracker.web.auth.views import auth as auth

BOTH = ["GET", "POST"]

auth.add_url_rule("/login/code", "code", codes.code, methods=BOTH)
auth.add_url_rule("/account/factor", "factor", factor.factor, methods=BOTH)
auth.add_url_rule("/account/factor.svg", "factor_picture", factor.picture)
auth.add_url_rule("/account/factor/codes", "factor_codes", factor.renew, methods=["POST"])
auth.add_url_rule("/account/factor/off", "factor_off", factor.switch_off, methods=["POST"])
