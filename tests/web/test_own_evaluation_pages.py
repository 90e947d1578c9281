"""A district's own evaluation as it is sent: what cannot be read, and what comes too late, is named by its task."""

import pytest

from tests.web.conftest import Visitor, follow
from tests.web.test_evaluation_pages import OWN, Day, judge, names, said, sheet


@pytest.mark.parametrize("act", [OWN, f"{OWN}/submit"])
def test_a_word_that_is_no_choice_is_refused_at_its_row(visitor: Visitor, on_day: Day, act: str) -> None:
    on_day("2021-09-15")
    lead = visitor("songjiang-lead")
    opened = sheet(lead, OWN)
    opened.action = act
    response = lead.submit(opened, intent="save", summary="总体完成。", **said("2", "maybe"))
    assert response.status_code == 422
    assert f'<a href="#{names("2")[0]}">第2项认定：请选择完成、未完成或不适用。</a>' in response.text
    assert "总体完成。</textarea>" in response.text


def test_what_is_sent_after_it_was_handed_in_is_kept_under_the_names_of_its_tasks(
    visitor: Visitor, on_day: Day
) -> None:
    on_day("2021-09-15")
    lead = visitor("songjiang-lead")
    judge(lead, OWN, "rest", summary="总体完成。")
    opened = sheet(lead, OWN)
    opened.action = f"{OWN}/submit"
    follow(lead, lead.submit(opened))
    response = lead.submit(opened, summary="总体完成，另有一项。", **said("2", "done", "台账在本局"))
    assert response.status_code == 409
    assert "现在不能这样办" in response.text
    assert "另一位同事" not in response.text
    for label in ("自评小结</label>", "第2项说明</label>"):
        assert label in response.text
    assert "第 1 栏" not in response.text
