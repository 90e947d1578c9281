"""The second factor: six digits of a telephone that count once each, and codes for when it is lost."""

import hashlib
import hmac
import re
import secrets
from datetime import datetime
from enum import StrEnum

import pyotp
from sqlalchemy import delete, func, select, update

from tracker import sealing
from tracker.audit import operations as audit
from tracker.db import db
from tracker.people.models import RecoveryCode, SecondFactor
from tracker.people.own import number
from tracker.rules.permissions import SYSTEM, Actor
from tracker.rules.words import say

ISSUER = "督办台账"

STEP_SECONDS = 30
WINDOW = (-1, 0, 1)
"""Steps by which a telephone's clock may differ."""

SIX_DIGITS = re.compile(r"[0-9]{6}")

CODES = 10
SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
"""What a recovery code is made of: nothing that is easily misread."""

CODE_LENGTH, BLOCK = 16, 4
"""Signs of a recovery code (79 bits, so that a plain hash of it tells nothing), and how they are grouped."""


class Shown(StrEnum):
    """What a person showed as second factor."""

    DIGITS = "digits"
    RECOVERY = "recovery"


class FactorRefused(ValueError):
    """A second factor that cannot be begun or confirmed; the message says why."""


def is_on(user_id: int) -> bool:
    """Tell whether a person signs in with a second factor."""
    confirmed = (SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None))
    return db.session.scalar(select(SecondFactor.user_id).where(*confirmed)) is not None


# ---- setting up


def begin(actor: Actor) -> None:
    """Make a person's seed, in place of one that was never confirmed; raise FactorRefused."""
    factor = db.session.get(SecondFactor, actor.id, with_for_update=True)
    if factor is not None and factor.confirmed_at is not None:
        raise FactorRefused(say("动态口令已经启用。要换手机，请先停用，再重新绑定。"))
    sealed = sealing.seal(pyotp.random_base32())
    if factor is None:
        db.session.add(SecondFactor(user_id=actor.id, seed=sealed))
    else:
        factor.seed = sealed


def begun(user_id: int) -> str | None:
    """Return the seed that waits for its first digits, if there is one that can be read."""
    waiting = (SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_(None))
    sealed = db.session.scalar(select(SecondFactor.seed).where(*waiting))
    try:
        return None if sealed is None else sealing.unseal(sealed)
    except sealing.CannotUnseal:
        return None  # Another one is made at the next beginning.


def address(seed: str, account: str) -> str:
    """Return what the telephone reads from the picture (otpauth://…)."""
    return pyotp.TOTP(seed).provisioning_uri(name=account, issuer_name=ISSUER)


def confirm(actor: Actor, at: datetime, now: datetime, code: str) -> list[str] | None:
    """Switch the factor on if the telephone shows the right digits, and return the recovery codes; else None.

    `at` is the business moment, `now` the real one.
    """
    row = db.session.get(SecondFactor, actor.id, with_for_update=True)
    if row is None or row.confirmed_at is not None:
        raise FactorRefused(say("没有等待确认的动态口令，请重新打开“两步验证”页面。"))
    step = _step(sealing.unseal(row.seed), code, now)
    if step is None:
        return None
    row.confirmed_at, row.last_step = at, step
    audit.record(actor, at, "switch_factor_on", "user", actor.id, actor.account)
    return _new_codes(number(actor))


# ---- showing


def passes(user_id: int, code: str, now: datetime) -> Shown | None:
    """Tell whether a code opens the door, and use it up: digits of a step count once, a recovery code works once.

    Spaces and hyphens do not matter. Whoever calls counts the tries. Raise CannotUnseal.
    """
    plain = re.sub(r"[\s-]", "", code).casefold()
    if SIX_DIGITS.fullmatch(plain):
        return Shown.DIGITS if _use_step(user_id, plain, now) else None
    return Shown.RECOVERY if _use_recovery(user_id, plain, now) else None


def _use_step(user_id: int, code: str, now: datetime) -> bool:
    ours = (SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None))
    sealed = db.session.scalar(select(SecondFactor.seed).where(*ours))
    step = None if sealed is None else _step(sealing.unseal(sealed), code, now)
    if step is None:
        return False
    # Of many requests with the same digits one finds the step unused.
    used = update(SecondFactor).where(*ours, SecondFactor.last_step < step).values(last_step=step)
    return db.session.scalar(used.returning(SecondFactor.user_id), execution_options=UNSYNCHRONIZED) is not None


UNSYNCHRONIZED = {"synchronize_session": False}


def _step(seed: str, code: str, now: datetime) -> int | None:
    """Return the newest step whose digits these are."""
    totp, here = pyotp.TOTP(seed, interval=STEP_SECONDS), int(now.timestamp()) // STEP_SECONDS
    right = [here + late for late in WINDOW if hmac.compare_digest(totp.generate_otp(here + late), code)]
    return max(right, default=None)


def _use_recovery(user_id: int, code: str, now: datetime) -> bool:
    mine = (RecoveryCode.user_id == user_id, RecoveryCode.code_hash == _hash(code), RecoveryCode.used_at.is_(None))
    used = update(RecoveryCode).where(*mine).values(used_at=now).returning(RecoveryCode.id)
    return is_on(user_id) and db.session.scalar(used, execution_options=UNSYNCHRONIZED) is not None


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


# ---- recovery codes, and the end


def left(user_id: int) -> int:
    """Return how many recovery codes a person has left."""
    unused = (RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


def renew_codes(actor: Actor, at: datetime) -> list[str]:
    """Return new recovery codes; the old ones work no more. Whether the person may is the caller's question."""
    audit.record(actor, at, "renew_recovery_codes", "user", actor.id, actor.account)
    return _new_codes(number(actor))


def _new_codes(user_id: int) -> list[str]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = ["".join(secrets.choice(SIGNS) for _ in range(CODE_LENGTH)) for _ in range(CODES)]
    db.session.add_all(RecoveryCode(user_id=user_id, code_hash=_hash(code)) for code in codes)
    return ["-".join(code[first : first + BLOCK] for first in range(0, CODE_LENGTH, BLOCK)) for code in codes]


def switch_off(actor: Actor, at: datetime) -> None:
    """Let the password alone open one's own account; the caller saw password and code."""
    forget(number(actor))
    audit.record(actor, at, "switch_factor_off", "user", actor.id, actor.account)


def forget(user_id: int) -> bool:
    """Remove a person's factor and codes; tell whether there was a factor."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    gone = delete(SecondFactor).where(SecondFactor.user_id == user_id).returning(SecondFactor.user_id)
    return db.session.scalar(gone) is not None


def note_recovery(user_id: int, at: datetime, account: str) -> int:
    """Put on record that a recovery code opened the door, and return how many are left."""
    number = left(user_id)
    audit.record(SYSTEM, at, "use_recovery_code", "user", user_id, f"{account}，还剩 {number} 个恢复码")
    return number
