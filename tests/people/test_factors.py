"""The second factor: digits count once, recovery codes work once, and nobody gets in by showing one twice."""

import contextvars
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import moment, person
from tests.conftest import SECRET
from tracker import sealing
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.people import factors
from tracker.people.factors import FactorRefused, Shown
from tracker.people.models import RecoveryCode, SecondFactor
from tracker.rules.permissions import Actor

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
AT = moment("2021-06-24")
STEP = timedelta(seconds=30)
AT_ONCE = 8


@pytest.fixture
def clerk(seeded: Flask) -> Actor:
    """Songjiang's clerk."""
    return person("songjiang-clerk")


@pytest.fixture
def seed(clerk: Actor) -> str:
    """The seed of a factor that waits for its first digits."""
    with transaction():
        factors.begin(clerk)
    found = factors.begun(clerk.id or 0)
    assert found
    return found


@pytest.fixture
def codes(clerk: Actor, seed: str) -> list[str]:
    """The recovery codes of a factor switched on a minute ago."""
    return confirm(clerk, digits(seed, NOW - 2 * STEP), NOW - 2 * STEP) or []


def digits(seed: str, at: datetime = NOW) -> str:
    """Return what the telephone shows."""
    return pyotp.TOTP(seed).at(at)


def confirm(clerk: Actor, code: str, at: datetime = NOW) -> list[str] | None:
    """Show the first digits."""
    with transaction():
        return factors.confirm(clerk, AT, at, code)


def passes(clerk: Actor, code: str, at: datetime = NOW) -> Shown | None:
    """Show a code at the door."""
    with transaction():
        return factors.passes(clerk.id or 0, code, at)


def acts() -> list[str]:
    """What is on record."""
    wanted = select(AuditEntry.act).where(AuditEntry.object_type == "user", AuditEntry.account == "songjiang-clerk")
    return list(db.session.scalars(wanted.order_by(AuditEntry.id)))


# ---- setting up


def test_a_seed_counts_only_after_the_telephone_showed_its_digits(clerk: Actor, seed: str) -> None:
    assert not factors.is_on(clerk.id or 0)
    assert passes(clerk, digits(seed)) is None
    assert confirm(clerk, "000000" if digits(seed) != "000000" else "111111") is None
    assert not factors.is_on(clerk.id or 0)
    assert len(confirm(clerk, digits(seed)) or []) == 10
    assert factors.is_on(clerk.id or 0)
    assert factors.begun(clerk.id or 0) is None
    assert acts()[-1] == "switch_factor_on"


def test_the_seed_is_sealed_and_the_codes_are_hashed(clerk: Actor, seed: str, codes: list[str]) -> None:
    row = db.session.get_one(SecondFactor, clerk.id)
    assert seed not in row.seed
    assert sealing.unseal(row.seed) == seed
    assert len(row.seed) <= 300
    kept = " ".join(db.session.scalars(select(RecoveryCode.code_hash)))
    assert not [code for code in codes if code in kept or code.replace("-", "") in kept]


def test_the_digits_that_switched_it_on_open_no_door(clerk: Actor, seed: str) -> None:
    confirm(clerk, digits(seed))
    assert passes(clerk, digits(seed)) is None
    assert passes(clerk, digits(seed, NOW + STEP)) is Shown.DIGITS


def test_a_seed_that_was_never_confirmed_gives_way_to_another(clerk: Actor, seed: str) -> None:
    with transaction():
        factors.begin(clerk)
    assert factors.begun(clerk.id or 0) != seed
    assert confirm(clerk, digits(seed)) is None


def test_a_factor_in_use_is_not_replaced(clerk: Actor, seed: str, codes: list[str]) -> None:
    with pytest.raises(FactorRefused, match="已经启用"), transaction():
        factors.begin(clerk)
    with pytest.raises(FactorRefused, match="没有等待确认"):
        confirm(clerk, digits(seed))


def test_a_telephone_learns_service_and_account(seed: str) -> None:
    address = factors.address(seed, "songjiang-clerk")
    assert address.startswith("otpauth://totp/")
    assert "songjiang-clerk" in address
    assert f"secret={seed}" in address


# ---- showing


@pytest.mark.parametrize(("late", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_telephones_clock_may_differ_by_one_step(
    clerk: Actor, seed: str, codes: list[str], late: int, right: bool
) -> None:
    now = NOW + timedelta(minutes=10)
    assert bool(passes(clerk, digits(seed, now + late * STEP), now)) is right


def test_digits_count_once(clerk: Actor, seed: str, codes: list[str]) -> None:
    assert passes(clerk, digits(seed)) is Shown.DIGITS
    assert passes(clerk, digits(seed)) is None
    assert passes(clerk, digits(seed), NOW + STEP) is None


def test_after_newer_digits_older_ones_are_void(clerk: Actor, seed: str, codes: list[str]) -> None:
    assert passes(clerk, digits(seed, NOW + STEP)) is Shown.DIGITS
    assert passes(clerk, digits(seed)) is None


def at_once(app: Flask, clerk: Actor, code: str) -> list[Shown | None]:
    """Show one code from many browsers at the same moment."""
    ready = Barrier(AT_ONCE)

    def show() -> Shown | None:
        with app.app_context():
            ready.wait()
            try:
                return passes(clerk, code)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        shows = [crowd.submit(contextvars.Context().run, show) for _ in range(AT_ONCE)]
        return [shown.result() for shown in shows]


def test_of_many_uses_of_the_same_digits_at_once_one_passes(
    seeded: Flask, clerk: Actor, seed: str, codes: list[str]
) -> None:
    db.session.rollback()
    results = at_once(seeded, clerk, digits(seed))
    assert sorted(results, key=str) == [None] * (AT_ONCE - 1) + [Shown.DIGITS]


def test_of_many_uses_of_a_recovery_code_at_once_one_passes(seeded: Flask, clerk: Actor, codes: list[str]) -> None:
    db.session.rollback()
    results = at_once(seeded, clerk, codes[0])
    assert sorted(results, key=str) == [None] * (AT_ONCE - 1) + [Shown.RECOVERY]


@pytest.mark.parametrize("code", ["", " ", "0", "12345", "1234567", "abcdef", "１２３４５６", "12 34", "x" * 60, "\0"])
def test_what_is_no_code_opens_nothing(clerk: Actor, codes: list[str], code: str) -> None:
    assert passes(clerk, code) is None


def test_digits_may_be_typed_as_the_telephone_groups_them(clerk: Actor, seed: str, codes: list[str]) -> None:
    shown = digits(seed)
    assert passes(clerk, f" {shown[:3]} {shown[3:]} ") is Shown.DIGITS


def test_somebody_elses_digits_open_nothing(clerk: Actor, seed: str, codes: list[str]) -> None:
    other = person("huangpu-clerk")
    assert passes(other, digits(seed)) is None
    assert passes(other, codes[0]) is None


def test_with_another_key_the_seed_is_not_guessed_at(clerk: Actor, seed: str, codes: list[str]) -> None:
    sealing.configure("another-secret-of-another-installation")
    try:
        with pytest.raises(sealing.CannotUnseal):
            passes(clerk, digits(seed))
        assert passes(clerk, codes[0]) is Shown.RECOVERY
    finally:
        sealing.configure(SECRET)


def test_a_seed_that_cannot_be_read_any_more_gives_way_to_another(clerk: Actor, seed: str) -> None:
    sealing.configure("another-secret-of-another-installation")
    try:
        assert factors.begun(clerk.id or 0) is None
        with transaction():
            factors.begin(clerk)
        assert factors.begun(clerk.id or 0)
    finally:
        sealing.configure(SECRET)


# ---- recovery codes, and the end


def test_a_recovery_code_works_once(clerk: Actor, codes: list[str]) -> None:
    assert factors.left(clerk.id or 0) == 10
    assert passes(clerk, codes[0]) is Shown.RECOVERY
    assert passes(clerk, codes[0]) is None
    assert factors.left(clerk.id or 0) == 9
    assert passes(clerk, codes[1].upper().replace("-", " ")) is Shown.RECOVERY


def test_recovery_codes_are_long_and_never_the_same(clerk: Actor, codes: list[str]) -> None:
    assert len(set(codes)) == 10
    assert {len(code.replace("-", "")) for code in codes} == {16}


def test_new_recovery_codes_void_the_old_ones(clerk: Actor, codes: list[str]) -> None:
    with transaction():
        new = factors.renew_codes(clerk, AT)
    assert passes(clerk, codes[0]) is None
    assert passes(clerk, new[0]) is Shown.RECOVERY
    assert factors.left(clerk.id or 0) == 9
    assert acts()[-1] == "renew_recovery_codes"


def test_switched_off_nothing_is_left_of_it(clerk: Actor, seed: str, codes: list[str]) -> None:
    with transaction():
        factors.switch_off(clerk, AT)
    assert not factors.is_on(clerk.id or 0)
    assert passes(clerk, digits(seed)) is None
    assert passes(clerk, codes[0]) is None
    assert db.session.scalars(select(RecoveryCode.id)).all() == []
    assert acts()[-1] == "switch_factor_off"


def test_nothing_secret_is_on_record(clerk: Actor, seed: str, codes: list[str]) -> None:
    passes(clerk, codes[0])
    with transaction():
        factors.note_recovery(clerk.id or 0, AT, clerk.account)
    told = " ".join(db.session.scalars(select(AuditEntry.detail)))
    assert "还剩 9 个" in told
    assert seed not in told
    assert not [code for code in codes if code in told]
