"""What is sealed can be read with the same key alone, and whatever was stored before comes back as it is."""

from collections.abc import Iterator

import pytest

from tests.conftest import SECRET
from tracker import sealing
from tracker.sealing import CannotUnseal, seal, unseal


@pytest.fixture(autouse=True)
def _configured() -> Iterator[None]:
    """Use the key of the tests, before and after."""
    sealing.configure(SECRET)
    yield
    sealing.configure(SECRET)


@pytest.mark.parametrize("text", ["SEC0123456789", "密钥", "", "v1:", "x" * 10_000])
def test_what_is_sealed_comes_back(text: str) -> None:
    sealed = seal(text)
    assert sealed.startswith("v1:")
    assert sealed.isascii()
    assert not text or text not in sealed.removeprefix("v1:")
    assert unseal(sealed) == text


def test_the_same_text_is_never_sealed_alike() -> None:
    assert len({seal("SEC") for _ in range(10)}) == 10


def test_after_a_restart_with_the_same_secret_it_can_still_be_read() -> None:
    sealed = seal("SEC")
    sealing.configure(SECRET)
    assert unseal(sealed) == "SEC"


def test_another_secret_opens_nothing_and_the_message_says_what_to_do() -> None:
    sealed = seal("SEC")
    sealing.configure("another-secret-of-another-installation")
    with pytest.raises(CannotUnseal, match="TRACKER_SECRET_KEY"):
        unseal(sealed)


@pytest.mark.parametrize("place", [5, 40, -1])
def test_a_changed_sign_is_noticed(place: int) -> None:
    sealed = list(seal("SEC"))
    sealed[place] = "A" if sealed[place] != "A" else "B"
    with pytest.raises(CannotUnseal):
        unseal("".join(sealed))


@pytest.mark.parametrize("broken", ["v1:", "v1:x", "v1:密"])
def test_what_only_looks_sealed_is_refused(broken: str) -> None:
    with pytest.raises(CannotUnseal):
        unseal(broken)


@pytest.mark.parametrize("plain", ["", "SEC0123456789", "密钥", "v2:something"])
def test_what_was_stored_before_there_was_sealing_comes_back_as_it_is(plain: str) -> None:
    assert unseal(plain) == plain


def test_unset_it_seals_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "_sealer", None)
    with pytest.raises(RuntimeError):
        seal("SEC")
