"""Facts about the words that stand before units and deadlines."""

import pytest

from tracker.rules.plan_text.drafts import Role
from tracker.rules.plan_text.labels import Label, read_label
from tracker.rules.plan_text.lines import fold


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("责任部门：甲", Label.RESPONSIBLE),
        ("责任单位:甲", Label.RESPONSIBLE),
        ("责 任 处 室 ： 甲", Label.RESPONSIBLE),
        ("承办科室：甲", Label.RESPONSIBLE),
        ("牵头单位：甲", Label.LEAD),
        ("配合部门：甲", Label.COOPERATING),
        ("完成时间：甲", Label.DEADLINE),
        ("完成时限:甲", Label.DEADLINE),
        ("责任领导：甲", Label.PERSON),
        ("抄送：甲", Label.COPIES),
        ("附件1：甲", Label.ANNEX),
        ("责任部门甲", None),
        ("各区局：", None),
        ("请各责任部门：甲", None),
    ],
)
def test_a_label_is_known_by_its_words_and_colon(text: str, label: Label | None) -> None:
    labelled = read_label(fold(text))

    assert (labelled.label if labelled else None) is label
    assert labelled is None or text[labelled.rest :] == "甲"


def test_only_labels_of_units_have_a_role() -> None:
    assert Label.LEAD.role is Role.LEAD
    assert Label.DEADLINE.role is None
