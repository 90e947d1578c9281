"""One task through the whole loop in a real browser, with and without JavaScript, and where it shows afterwards."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.visitor import (
    CLERK,
    REASON,
    REVIEWER,
    SUPERVISOR,
    TASK,
    Visitor,
    ask_for_completion,
    review,
    sign_for,
)


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def visitor(request: pytest.FixtureRequest, browser: Browser, server: str) -> Iterator[Visitor]:
    """Somebody at a browser that complains of nothing."""
    visitor = Visitor(browser, server, java_script=request.param)
    yield visitor
    visitor.context.close()
    assert visitor.complaints == []


def district(page: Page, name: str = "松江区司法局") -> Locator:
    """The row of a district."""
    return page.get_by_role("row", name=name)


def test_a_returned_report_is_filed_again_accepted_and_shows_everywhere(visitor: Visitor) -> None:
    clerk = visitor.sign_in(CLERK)
    sign_for(clerk)
    ask_for_completion(clerk, "已与社区矫正机构办理委托手续。")
    reviewer = visitor.sign_in(REVIEWER)
    review(reviewer, "退回修改", REASON)
    expect(reviewer.get_by_role("main")).to_contain_text("已退回承办单位修改")

    clerk = visitor.sign_in(CLERK)
    the_clerk_finds_it_under_returned(clerk)
    ask_for_completion(clerk, "- 委托手续已办妥\n- **书面材料**已附")
    reviewer = visitor.sign_in(REVIEWER)
    review(reviewer, "审核通过")
    expect(reviewer.get_by_role("main")).to_contain_text("审核通过，事项已办结")

    the_timeline_tells_it(reviewer)
    supervisor = visitor.sign_in(SUPERVISOR)
    the_lists_show_it(supervisor)
    the_score_board_shows_it(supervisor)


def the_clerk_finds_it_under_returned(page: Page) -> None:
    """The tab counts one, and the form begins with the reason."""
    page.goto("/todo")
    tab = page.get_by_role("link", name="退回修改")
    expect(tab).to_contain_text("1")
    tab.click()
    page.get_by_role("row", name=TASK).get_by_role("link", name="填报").click()
    expect(page.get_by_role("main")).to_contain_text(REASON)
    page.get_by_role("link", name="第7项").click()


def the_timeline_tells_it(page: Page) -> None:
    """Every step is there, the newest first, with who took it."""
    course = page.get_by_role("region", name="办理过程").locator("li.event")
    wanted = ["审核通过", "申请办结", "退回", "申请办结", "签收", "由方案立项"]
    shown = course.all_inner_texts()
    steps = [next(step for step in wanted if step in text) for text in shown if "报送完成情况" not in text]
    assert steps == wanted
    expect(page.get_by_role("main")).to_contain_text("逾期后办结")
    expect(page.get_by_role("link", name="受委托事项清单.txt").first).to_be_visible()
    assert page.locator(".written strong").first.inner_text() == "书面材料"


def the_lists_show_it(page: Page) -> None:
    """The overdue list no longer has it, the matrix has it as done late."""
    page.goto("/overdue?level=district_bureau&q=社区矫正")
    expect(district(page, "徐汇区司法局")).to_be_visible()
    expect(district(page)).to_have_count(0)
    page.goto("/matrix")
    heads = page.locator(".matrix thead th").all_inner_texts()
    cell = page.get_by_role("row", name=TASK).locator("> *").nth(heads.index("松江"))
    expect(cell).to_have_text("逾期后办结")


def the_score_board_shows_it(page: Page) -> None:
    """One point is back today, and the board of an earlier day has not changed."""
    page.goto("/scores")
    heads = page.locator("thead th").all_inner_texts()
    place = heads.index("得分")
    expect(district(page).locator("> *").nth(place)).to_have_text("19")
    page.goto("/scores?on=2021-03-01")
    expect(district(page).locator("> *").nth(place)).to_have_text("18")
    page.goto("/scores")
    district(page).get_by_role("link", name="扣分明细").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("松江区司法局：20 − 1 = 19 分")
    page.get_by_role("main").get_by_role("link", name="先做什么").click()
    page.get_by_label("到哪一天前审核通过").fill("2021-03-06")
    page.get_by_role("row", name="第8项").get_by_role("checkbox").check()
    page.get_by_role("button", name="测算得分").click()
    expect(page.get_by_role("main")).to_contain_text("得分由 19 升为 20")
