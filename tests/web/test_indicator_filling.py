"""A unit's indicator form in the browser without scripts: what is kept, refused, overtaken, explained, handed in."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from html import unescape

import pytest

from tests.assignments.acts import unit_id
from tests.client import Client
from tests.conftest import Queries
from tests.indicators.acts import close, fill, open_round, sheet, submit, type_in
from tests.web.conftest import Visitor, follow, token
from tracker.rules.indicators.rounds import Progress
from tracker.rules.indicators.values import State

Counting = Callable[[], AbstractContextManager[Queries]]


@pytest.fixture
def place(visitor: Visitor) -> str:
    """The address of Songjiang's form in a running round."""
    return f"/indicators/{open_round()}/{unit_id('songjiang')}"


@pytest.fixture
def clerk(visitor: Visitor, place: str) -> Client:
    """Songjiang's clerk."""
    return visitor("songjiang-clerk")


def number(place: str) -> int:
    """Return the number of the round in an address."""
    return int(place.split("/")[2])


def said(page: str) -> str:
    """Return a page's words in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def control(page: str, key: str) -> str:
    """Return the control of a blank that is typed in."""
    found = re.search(rf'<input[^>]* id="{key}"[^>]*>', page)
    assert found, key
    return found[0]


def test_a_part_shows_every_question_as_printed_under_its_sub_task(clerk: Client, place: str) -> None:
    form = sheet(number(place)).known.form
    for part in (1, 2, 3, 4):
        page = clerk.get(f"{place}/part/{part}").text
        shown = said(page)
        for indicator in (each for each in form.indicators if each.part == form.parts[part - 1].title):
            assert indicator.question in shown
            for blank in indicator.blanks:
                assert f'name="{indicator.key(blank)}"' in page
        for sub_task in form.sub_tasks:
            if any(each.sub_task == sub_task.number and each.part.startswith("四") for each in form.indicators):
                assert part != 4 or sub_task.text in shown
    assert clerk.get(f"{place}/part/5").status_code == 404


def test_inferred_places_polarity_conditions_and_survey_are_said_in_words(clerk: Client, place: str) -> None:
    first, second, fourth = (said(clerk.get(f"{place}/part/{part}").text) for part in (1, 2, 4))
    assert "推断 任务细化4 严格执行党的组织生活制度" in first
    assert "是否发生司法所干部违反中央八项规定的案件 填“是”表示发生了问题" in first
    assert "仅当第19项为“是”时填写" in second
    assert "仅当第66项（a）为“否”时填写" in second
    assert fourth.count("仅为调查数据，不用于评价") == 2


def test_what_is_typed_without_scripts_is_kept(clerk: Client, place: str) -> None:
    form = clerk.form(f"{place}/part/1")
    page = follow(clerk, clerk.submit(form, I001a="3", I001b="４０", I002="是", I007="0", I011="不适用", intent="save"))
    assert "已保存，改动 5 个空格。" in page
    held = sheet(number(place)).held
    assert held["I001b"].value.number == 40
    assert held["I007"].value.is_zero
    assert held["I011"].value.state is State.NOT_APPLICABLE
    assert "I012" not in held
    assert 'value="0"' in control(page, "I007")
    assert 'value="不适用"' in control(page, "I011")
    assert 'value=""' in control(page, "I012")
    assert '<input type="radio" name="I002" value="是" checked>' in page


def test_a_refused_blank_keeps_its_text_and_no_other_from_being_stored(clerk: Client, place: str) -> None:
    form = clerk.form(f"{place}/part/1")
    response = clerk.submit(form, I004="三个", I005="2", I006="9" * 60)
    assert response.status_code == 422
    assert 'value="三个"' in control(response.text, "I004")
    assert 'href="#I004">第4项：请只填数字，例如 12；没有的填 0，不涉及的填“不适用”。' in response.text
    assert "数字过大" in said(response.text)
    assert set(sheet(number(place)).held) == {"I005"}


def test_what_a_colleague_wrote_meanwhile_is_shown_and_kept_until_one_saves_again(clerk: Client, place: str) -> None:
    form = clerk.form(f"{place}/part/1")
    type_in(number(place), {"I004": "5", "I005": "6"})
    response = clerk.submit(form, I004="7", I006="1")
    assert response.status_code == 409
    assert "松江经办（演示）刚改为“5”，您填的是“7”。" in said(response.text)
    assert 'value="7"' in control(response.text, "I004")
    assert 'value="6"' in control(response.text, "I005")  # Untouched in the old form: no conflict, nothing overwritten.
    assert sheet(number(place)).held["I004"].value.number == 5
    seen = re.search(r'name="seen-I004" value="([^"]*)"', response.text)
    assert seen
    follow(clerk, clerk.submit(form, I004="7", **{"seen-I004": seen[1]}))
    held = sheet(number(place)).held
    assert (held["I004"].value.number, held["I005"].value.number, held["I006"].value.number) == (7, 6, 1)


def test_a_page_saves_by_itself_and_learns_what_came_of_it(clerk: Client, place: str) -> None:
    type_in(number(place), {"I004": "5"})
    sent = {"I001a": "3", "I001b": "0", "I004": "6", "I006": "六"}
    response = clerk.post(
        f"{place}/part/1",
        data={**sent, **{f"seen-{key}": "0|" for key in sent}, "csrf_token": token(clerk)},
        headers={"Accept": "application/json"},
    )
    found = response.json
    assert response.status_code == 200
    assert found["stored"] == {"I001a": 1, "I001b": 1}
    assert found["answered"] == "2/112"
    assert found["part"] == "2/15"
    assert (found["stale"]["I004"]["theirs"], found["stale"]["I004"]["version"]) == ("5", 1)
    assert "请只填数字" in found["refused"]["I006"]
    assert [each["tone"] for each in found["objections"]["1"]] == ["block"]
    assert found["objections"]["7"] == []
    assert re.fullmatch(r"已自动保存 \d\d:\d\d:\d\d；另有 2 个空格没有保存，请看空格下的说明。", found["words"])


def test_last_years_value_stands_beside(visitor: Visitor) -> None:
    before = open_round(2019, "上年", "2021-06-01", "2021-06-10")
    type_in(before, {"I007": "26"}, day="2021-06-02")
    now = open_round(2020)
    page = visitor("songjiang-clerk").get(f"/indicators/{now}/{unit_id('songjiang')}/part/1").text
    assert "2019 年： 26" in said(page)


def test_a_blank_that_is_not_asked_is_still_shown_and_kept(clerk: Client, place: str) -> None:
    type_in(number(place), {"I019": "否", "I020": "4.5"})
    page = clerk.get(f"{place}/part/2").text
    assert 'value="4.5"' in control(page, "I020")
    assert "改正后才能上报：第19项填的是“否”，第20项不用填" in said(page)


def test_the_form_at_a_glance_tells_what_is_missing_and_what_does_not_fit(clerk: Client, place: str) -> None:
    type_in(number(place), {"I034a": "3", "I034b": "4", "I082a": "20", "I083": "22"})
    page = clerk.get(place).text
    assert "已填 2/112" in said(page)
    assert f'<a href="{place}/part/2#I036b">第36项（b）</a>' in page
    assert f'<a href="{place}/part/2#I034b">第34项（b）</a> <b class="num">4</b>' in page
    assert "须改正 被决定确认违法、撤销、变更和责令履行的件数不能多于总量。" in said(page)
    assert "须说明 在编在岗的人数多于政法专项编制数。" in said(page)
    assert "还不能上报：" in page


def test_a_warning_is_explained_and_the_explanation_taken_back(clerk: Client, place: str) -> None:
    type_in(number(place), {"I082a": "20", "I083": "22"})
    form = clerk.form(place, "/explain")
    assert form.fields["check"] == "posts_filled"
    refused = clerk.submit(form, text="长" * 501)
    assert refused.status_code == 422
    assert "长" * 501 in refused.text
    assert "说明不能超过 500 个字" in refused.text
    page = follow(clerk, clerk.submit(form, text="含跨年度招录人员。"))
    assert "松江经办（演示）说明：含跨年度招录人员。" in said(page)
    assert "已说明 在编在岗的人数多于政法专项编制数。" in said(page)
    assert "须说明" in said(follow(clerk, clerk.submit(form, text=" ")))


def test_the_cover_is_kept_and_too_long_a_name_comes_back(clerk: Client, place: str) -> None:
    form = clerk.form(place, "/cover")
    assert "封面已保存。" in follow(clerk, clerk.submit(form, prepared_by="张某", checked_by="李某", phone="021-1"))
    assert sheet(number(place)).checked_by == "李某"
    response = clerk.submit(form, prepared_by="张" * 61)
    assert response.status_code == 422
    assert "填报人不能超过 60 个字。" in response.text
    assert "张" * 61 in response.text


def test_a_lead_hands_in_what_is_whole_and_takes_it_back(visitor: Visitor, clerk: Client, place: str) -> None:
    lead = visitor("songjiang-lead")
    early = lead.post(f"{place}/submit", data={"csrf_token": token(lead)})
    assert early.status_code == 422
    assert "个空格没有填" in early.text
    fill(number(place))
    assert "请区局负责人在本页上报市局" in clerk.get(place).text
    assert clerk.post(f"{place}/submit", data={"csrf_token": token(clerk)}).status_code == 403
    page = follow(lead, lead.submit(lead.form(place, "/submit")))
    assert "已于 2021年6月24日 由松江负责人（演示）上报市局。" in said(page)
    locked = clerk.get(f"{place}/part/1").text
    assert "<form" not in locked.split("<main")[1]
    late = clerk.post(f"{place}/part/1", data={"I007": "9", "csrf_token": token(clerk)})
    assert late.status_code == 409
    assert "本区已于 2021年6月24日 上报" in late.text
    by_itself = clerk.post(
        f"{place}/part/1",
        data={"I007": "9", "csrf_token": token(clerk)},
        headers={"Accept": "application/json"},
    )
    assert (by_itself.status_code, "不能再改" in by_itself.json["words"]) == (409, True)
    assert "已撤回" in follow(lead, lead.submit(lead.form(place, "/recall")))
    assert sheet(number(place)).progress() is Progress.FILLING


@pytest.mark.parametrize("account", ["supervisor", "leader", "reviewer-mishu", "admin"])
def test_who_only_watches_finds_figures_and_no_form(visitor: Visitor, place: str, account: str) -> None:
    type_in(number(place), {"I007": "3", "I082a": "20", "I083": "22"})
    watching = visitor(account)
    for page in ("", "/part/1", "/blank/I007"):
        assert "<form" not in watching.get(f"{place}{page}").text.split("<main")[1]
    assert '<b class="ind-given" id="I007">3</b>' in watching.get(f"{place}/part/1").text
    assert watching.post(f"{place}/part/1", data={"csrf_token": token(watching)}).status_code == 403


@pytest.mark.parametrize("page", ["", "/part/1", "/blank/I007"])
def test_another_districts_form_is_not_there(visitor: Visitor, place: str, page: str) -> None:
    assert visitor("huangpu-clerk").get(f"{place}{page}").status_code == 404
    assert visitor("songjiang-office1").get(f"{place}{page}").status_code == 403


def test_another_district_cannot_write(visitor: Visitor, place: str) -> None:
    other = visitor("huangpu-lead")
    for act in ("part/1", "cover", "explain", "submit", "recall"):
        assert other.post(f"{place}/{act}", data={"csrf_token": token(other)}).status_code == 404


def test_a_blank_tells_who_wrote_what(clerk: Client, place: str) -> None:
    type_in(number(place), {"I034b": "4"})
    type_in(number(place), {"I034b": "2"})
    page = said(clerk.get(f"{place}/blank/I034b").text)
    assert "第34项（b）的填写记录" in page
    assert re.search(r"松江经办（演示） 4 2 页面填写 — .* 松江经办（演示） 空 4 页面填写", page)
    assert clerk.get(f"{place}/blank/I034z").status_code == 404


def test_the_bureau_corrects_after_the_end_with_a_reason(visitor: Visitor, clerk: Client, place: str) -> None:
    fill(number(place))
    submit(number(place))
    close(number(place), missing=15, day="2021-06-23")
    supervisor, address = visitor("supervisor"), f"{place}/blank/I007"
    form = supervisor.form(address)
    refused = supervisor.submit(form, value="七", reason="区局来函")
    assert refused.status_code == 422
    assert 'value="七"' in refused.text
    assert supervisor.submit(form, value="77", reason=" ").status_code == 422
    page = follow(supervisor, supervisor.submit(form, value="77", reason="区局来函更正"))
    assert "77 结束后更正 区局来函更正" in said(page)
    again = supervisor.submit(form, value="78", reason="区局来函更正")
    assert again.status_code == 409
    assert "刚被他人更正过" in again.text
    assert 'value="78"' in again.text
    assert "更正为" not in clerk.get(address).text
    assert clerk.post(address, data={"csrf_token": token(clerk)}).status_code == 403


def queries_of(browser: Client, address: str, count: Counting) -> int:
    """Return how often a page asks the database."""
    browser.get(address)
    with count() as queries:
        assert browser.get(address).status_code == 200
    return len(queries.selects)


@pytest.fixture
def pages(place: str) -> list[str]:
    """The pages of a form."""
    return [place, f"{place}/part/1", f"{place}/part/2", f"{place}/blank/I007"]


def test_pages_ask_as_often_whatever_was_typed(
    clerk: Client, place: str, pages: list[str], query_count: Counting
) -> None:
    empty = [queries_of(clerk, page, query_count) for page in pages]
    fill(number(place))
    assert [queries_of(clerk, page, query_count) for page in pages] == empty
    assert empty == [2 + 3, 2 + 7, 2 + 7, 2 + 4]  # unit, answers, explanations; decisions; those before; changes
