"""Reopening on the pages: the form with its reason, what the units read meanwhile, the versions and what changed."""

import pytest

from tests.appraisal.acts import COMPILER, DAY, HEAD, begin, put, take_back
from tests.appraisal.result_acts import approve, compile_year, complete, grade_all, publish, spread
from tests.web.conftest import Visitor, follow, token
from tests.web.test_evaluation_pages import Day

FIRST, SECOND, OFFICE = "办公室", "复议应诉科", "songjiang-bangongshi"
WHY = "实际到会，登记有误"
TURN = "由领导小组重新审定"


@pytest.fixture
def place(seeded: object, on_day: Day) -> str:
    """The address of the result of a year that has just begun."""
    on_day(DAY)
    return f"/appraisal/{begin()}/result"


def end() -> None:
    """Compile, grade, approve and publish."""
    compile_year()
    grade_all(FIRST, SECOND, "公服科")
    approve()
    publish()


def test_a_published_result_is_reopened_with_a_reason_and_published_again(visitor: Visitor, place: str) -> None:
    complete()
    spread("公服科")
    entry = put(FIRST, "W1-3.1")
    head, office, city = visitor(HEAD), visitor(OFFICE), visitor("supervisor")
    assert head.post(f"{place}/reopen", data={"csrf_token": token(head)}).status_code == 409
    assert f'action="{place}/reopen"' not in head.get(place).text
    end()
    for other in (office, visitor(COMPILER)):
        page = other.get(place).text
        assert (TURN in page, f'action="{place}/reopen"' in page) == (True, False)
    form = head.form(place, action="/reopen")
    answer = head.submit(form, reason=WHY)
    assert (answer.status_code, f"{WHY}</textarea>" in answer.text, "请勾选确认" in answer.text) == (422, True, True)
    assert head.submit(form, reason=" ", confirmed="1").status_code == 422
    assert "已重新打开" in follow(head, head.submit(form, reason=WHY, confirmed="1"))

    for page in (office.get(place).text, head.get(place).text, head.get(place.removesuffix("/result")).text):
        assert "结果重新审定中" in page
        assert WHY in page
    assert "结果重新审定中" in office.get("/appraisal").text
    assert 'id="places"' not in office.get(place).text
    assert office.get(f"{place}/versions").status_code == 404
    page = city.get("/appraisal").text
    assert ("结果重新审定中" in page, "看理由" in page, "/scheme" in page) == (True, True, False)
    for page in (city.get(place).text, follow(city, city.get(place.removesuffix("/result")))):
        assert (WHY in page, 'id="places"' in page, "本科室" in page) == (True, False, False)
    assert "没有可以对照的" in head.get(f"{place}/versions").text

    take_back(entry)
    end()
    for reader in (head, office, city):
        page = reader.get(place).text
        assert "第 2 版" in page
        assert "结果重新审定中" not in page
        assert f'href="{place}/versions"' in page
        page = reader.get(f"{place}/versions").text
        assert (WHY in page, "78 → <b>80</b>" in page, "3 → <b>1</b>" in page) == (True, True, True)
    assert "第 2 版" in head.get(place.removesuffix("/result")).text
    page = head.get(f"{place}/verify").text
    assert ("完好" in page, WHY in page[page.index('id="earlier"') :], page.count("相符")) == (True, True, 2)
