"""A bureau's year of appraisal in a real browser: recorded, objected to, applied for, voted on, decided, published."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.appraisal.acts import COMPILER, HEAD, begin
from tests.appraisal.result_acts import complete, spread
from tests.browser.servers import serving
from tests.browser.visitor import Visitor
from tests.conftest import Databases, running

DAY, NEXT, OFFICE = "2021-09-01", "2021-09-02", "songjiang-bangongshi"
TIED = ("执法监督科", "法律援助中心")


@pytest.fixture
def bureau(browser: Browser, databases: Databases, seeded_template: str, tmp_path: Path) -> Iterator[Visitor]:
    """A window onto a bureau whose year stands so that two units tie at the third place."""
    address = databases.copy(seeded_template)
    with running(address, tmp_path):
        begin(DAY)
        spread(*TIED)
        complete(DAY)
    with serving(databases, address, tmp_path, DAY) as (base, _):
        visitor = Visitor(browser, base)
        visitor.page.on("dialog", lambda dialog: dialog.accept())
        yield visitor
        visitor.context.close()
    databases.drop(address)


def test_a_year_from_a_deduction_to_the_printed_sheet(bureau: Visitor) -> None:
    records(bureau.sign_in(COMPILER))
    objects_and_applies(bureau.sign_in(OFFICE))
    upholds(bureau.sign_in(HEAD))
    compiler = bureau.sign_in(COMPILER)
    judges(compiler)
    links = hands_out_papers(compiler)
    for link in links[:6]:
        votes(compiler, link)
    counts(compiler, links[0])
    compiles(compiler)
    head = bureau.sign_in(HEAD)
    grades_despite_the_tie(head)
    approves_and_publishes(head)
    prints(bureau.sign_in(OFFICE))
    assert bureau.complaints == []


def the_year(page: Page) -> None:
    """By the menu."""
    page.goto("/")
    page.get_by_role("link", name="考评测评").first.click()
    page.get_by_role("main").get_by_role("row").get_by_role("link").first.click()


def records(page: Page) -> None:
    """A deduction of two cases, which the sheet then shows."""
    the_year(page)
    page.get_by_role("link", name="登记一条：办公室").click()
    page.get_by_label("条款").select_option("W1-3.1")
    page.get_by_label("发生日期").fill("2021-05-10")
    page.get_by_label("次数").fill("2")
    page.get_by_label("事由").fill("5月会议应到6人，实到4人。")
    page.get_by_role("main").get_by_role("button", name="登记").click()
    expect(page.get_by_role("main")).to_contain_text("10 → 6")


def objects_and_applies(page: Page) -> None:
    """The unit answers, objects, and applies for special work."""
    the_year(page)
    page.get_by_role("link", name="5月会议应到6人").or_(page.locator("a[href*='/entries/']")).first.click()
    page.get_by_role("textbox", name="答复").fill("两人公出，会前已请假。")
    page.get_by_role("button", name="答复").click()
    expect(page.get_by_role("main")).to_contain_text("会前已请假")
    page.get_by_role("link", name="提出异议").click()
    page.get_by_role("textbox", name="理由").fill("会前已请假，有请假单。")
    page.get_by_role("button", name="提出异议").click()
    expect(page.get_by_role("main")).to_contain_text("待裁定")
    the_year(page)
    page.get_by_role("main").get_by_role("link", name="申报特色工作").first.click()
    for label, text in (
        ("特色工作名称", "智慧会务"),
        ("主要创新点", "线上预约"),
        ("主要内容", "会议室统一管理"),
        ("进展情况和主要成效", "会议减少三成"),
        ("联系人", "办公室"),
        ("联系电话", "021-0000"),
    ):
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="提交申报").click()
    expect(page.get_by_role("main")).to_contain_text("还没有评定")


def upholds(page: Page) -> None:
    """The leading group takes the deduction back."""
    the_year(page)
    page.get_by_role("main").get_by_role("link", name=re.compile("^异议")).click()
    page.locator("tbody a[href*='/appeals/'], main a[href*='/appeals/']").first.click()
    page.get_by_role("textbox", name="理由").fill("请假属实。")
    page.get_by_role("button", name="成立", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("成立")


def judges(page: Page) -> None:
    """Whoever compiles puts the application into its band; outside it is refused, with everything kept."""
    the_year(page)
    page.get_by_role("main").get_by_role("link", name="特色工作", exact=True).first.click()
    page.get_by_role("link", name="智慧会务").click()
    page.get_by_label("未获得市局加分").check()
    page.get_by_label("评定分数").fill("7")
    page.get_by_label("评分的理由").fill("有成效，未获市局加分。")
    page.get_by_role("button", name="评定申报").click()
    expect(page.get_by_role("alert").first).to_contain_text("1 与 5 之间")
    expect(page.get_by_label("评分的理由")).to_have_value("有成效，未获市局加分。")
    page.get_by_label("评定分数").fill("3")
    page.get_by_role("button", name="评定申报").click()
    expect(page.locator("#judgement")).to_contain_text("3 分")


def hands_out_papers(page: Page) -> list[str]:
    """A meeting of three leaders and the eleven units, whose links are shown once."""
    the_year(page)
    page.get_by_role("main").get_by_role("link", name="述职测评").first.click()
    page.get_by_label("测评日期").fill(DAY)
    page.get_by_label("投票截止日").fill(NEXT)  # the clock of the wall goes on, only the day stands
    page.get_by_role("button", name="开始测评").click()
    page.get_by_label(re.compile("局领导")).first.fill("3")
    page.get_by_label(re.compile("科室")).first.check()
    page.get_by_role("button", name="生成并显示").click()
    expect(page.locator(".slip-link")).to_have_count(14)
    return page.locator(".slip-link").all_inner_texts()


def votes(page: Page, link: str) -> None:
    """Give every unit on the paper its points."""
    page.goto(link)
    for n, field in enumerate(page.locator("input.ballot-points").all()):
        field.fill(str(90 - n))
    page.get_by_role("button", name="投票").click()
    page.wait_for_url("**/ballot/done")


def counts(page: Page, used: str) -> None:
    """A used paper is worth nothing more; the box is opened, and the weighted points stand there."""
    page.goto(used)
    expect(page.get_by_role("main")).not_to_contain_text("留空为弃权")
    the_year(page)
    page.get_by_role("main").get_by_role("link", name="述职测评").first.click()
    expect(page.get_by_role("main")).to_contain_text("3 人已投，共 3 张票")
    page.get_by_label("看过以上提醒，现在结束").check()
    page.get_by_role("button", name="结束投票，开箱计票").click()
    expect(page.get_by_role("main")).to_contain_text("60")
    expect(page.locator("main table").first).to_contain_text("9")


def compiles(page: Page) -> None:
    """Nothing is in the way but what has to be seen."""
    the_year(page)
    page.get_by_role("main").get_by_role("link", name="结果和等次").first.click()
    page.get_by_label("看过以上提醒").check()
    page.get_by_role("main").get_by_role("button", name="汇总").click()
    expect(page.get_by_role("main")).to_contain_text("等领导小组评定等次")


def grades_despite_the_tie(page: Page) -> None:
    """The tie is shown and asked about; the group decides with a reason; a fourth 优秀 is refused."""
    the_year(page)
    page.get_by_role("main").get_by_role("link", name="结果和等次").first.click()
    expect(page.get_by_role("main")).to_contain_text("、".join(TIED) + "得分相同，名额还剩 1 个：由领导小组决定。")
    units = [name.split("\n")[0] for name in page.locator("main #places tbody th").all_inner_texts()]
    assert len(units) == 11
    for name in units:
        excellent = name in ("办公室", "复议应诉科", TIED[0])
        grade(page, name, "优秀" if excellent else "优良", "领导小组会议审定。")
    grade(page, TIED[1], "优秀", "并列。")
    expect(page.get_by_role("alert").first).to_be_visible()


def grade(page: Page, name: str, grade: str, reason: str) -> None:
    """Decide one unit's grade."""
    form = page.locator("article.panel").filter(
        has=page.get_by_role("heading", name=re.compile(rf"^{re.escape(name)}\s"))
    )
    form.locator("details.no-print > summary").click()
    form.get_by_label(grade, exact=True).check()
    form.get_by_role("textbox", name="理由").fill(reason)
    form.get_by_role("button", name="保存等次").click()
    page.wait_for_load_state()


def approves_and_publishes(page: Page) -> None:
    """Sealed with its sum, then published, and the seal still holds."""
    page.goto(page.url.split("/grade")[0])
    page.get_by_label("看过以上提醒，现在审定").check()
    page.get_by_role("button", name="审定并封存").click()
    expect(page.get_by_role("main")).to_contain_text("校验码")
    page.get_by_role("button", name="公布结果").click()
    expect(page.get_by_role("main")).to_contain_text("公布")
    page.get_by_role("link", name="核验").click()
    expect(page.get_by_role("main")).to_contain_text("一致")


def prints(page: Page) -> None:
    """The unit sees its grade among all, and prints its sheet on A4."""
    page.goto("/appraisal")
    page.get_by_role("main").get_by_role("row").get_by_role("link").first.click()
    place = page.url
    page.goto(place.split("/units")[0] + "/result")
    expect(page.get_by_role("row", name="办公室")).to_contain_text("优秀")
    page.goto(place + "/print")
    expect(page.get_by_role("main").or_(page.locator("body")).first).to_contain_text("沪松司发〔2021〕19号")
    boxes = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]", page.pdf(prefer_css_page_size=True))
    sizes = {tuple(sorted(round(float(side) * 25.4 / 72) for side in box)) for box in boxes}
    assert sizes == {(210, 297)}
