"""Facts about correcting a source on the record."""

import pytest

from tracker.rules.plan_text.patches import Patch, PatchRefused, apply_patches

LINES = ("第一行", "第二行", "第三行")


def test_a_patch_replaces_its_line_and_no_other() -> None:
    patched = apply_patches(LINES, [Patch(2, "第二行", "改过的行", "原文缺字", "督办员")])

    assert patched == ["第一行", "改过的行", "第三行"]
    assert LINES[1] == "第二行"


def test_a_later_patch_sees_the_earlier_one() -> None:
    patches = [Patch(2, "第二行", "甲", "缺字", "督办员"), Patch(2, "甲", "乙", "再核", "督办员")]

    assert apply_patches(LINES, patches)[1] == "乙"


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        (Patch(2, "第二", "甲", "缺字", "督办员"), "第2行的原文与更正所记不符"),
        (Patch(0, "第一行", "甲", "缺字", "督办员"), "核对行号"),
        (Patch(4, "", "甲", "缺字", "督办员"), "原文共3行"),
        (Patch(1, "第一行", "甲", " ", "督办员"), "缺少理由"),
        (Patch(1, "第一行", "甲", "缺字", ""), "缺少理由或更正人"),
        (Patch(1, "第一行", "甲\n乙", "缺字", "督办员"), "换行"),
    ],
)
def test_a_patch_that_does_not_fit_is_refused_with_its_line(patch: Patch, message: str) -> None:
    with pytest.raises(PatchRefused, match=message):
        apply_patches(LINES, [patch])
