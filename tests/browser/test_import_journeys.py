"""The three plans, each walked in a real browser from the file to the published plan, with a restart in between.

The first one arrives in a bureau that has no plan yet. Each journey meets a unit that nobody knows, a deadline that can
be read in two ways, or a task that is two; pictures that are asked for stand in build/pictures/imports/.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete, select, update

from tests.browser.looks import violations
from tests.browser.pictures import draw
from tests.browser.servers import Served, environment_of, free_port
from tests.browser.visitor import SUPERVISOR, Visitor
from tests.conftest import ZONE, Databases, running
from tracker.db import db, transaction
from tracker.people.models import Organization, OrganizationAlias, User
from tracker.resources import resource
from tracker.seeding.accounts import add_demo_accounts
from tracker.seeding.organizations import add_further, add_organizations

PLANS = resource("seeds") / "plans"
SETS = ("putuo-2024", "beijing-2022")
FORGOTTEN = "教育帮扶科"
"""A section of the second plan that the directory of this test does not know."""


BEGUN = datetime(2021, 1, 4, 9, tzinfo=ZONE)


class Office:
    """A server that can be stopped and started again on what it left, and a supervisor before it."""

    def __init__(self, address: str, folder: Path, browser: Browser, day: str) -> None:
        """Start it."""
        self.address, self.folder, self.browser = address, folder, browser
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.day = day
        self.start()

    def start(self) -> None:
        """Begin to serve, and let the supervisor sign in."""
        environment = environment_of(self.address, self.folder, self.port, self.day)
        self.server = Served(environment, self.port, self.folder / "server.log")
        self.visitor = Visitor(self.browser, self.base)
        self.visitor.page.on("dialog", lambda dialog: dialog.accept())
        self.page: Page = self.visitor.sign_in(SUPERVISOR)

    def stop(self) -> None:
        """Close the browser window, which complained of nothing, and end the server."""
        self.visitor.context.close()
        self.server.stop()
        assert self.visitor.complaints == []

    def restart(self) -> None:
        """Do both, as a power cut at noon would."""
        self.stop()
        self.start()

    def look(self, name: str) -> None:
        """See that nothing on the page is wrong for those who cannot see it well; keep a picture where one is asked."""
        draw(self.page, Path("imports") / name, whole=True)
        assert violations(self.page) == []


@pytest.fixture(scope="module")
def bare_template(databases: Databases, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The organizations of all three plans and the demo accounts, without any plan."""
    address = databases.copy(empty_template)
    with running(address, tmp_path_factory.mktemp("bare")), transaction():
        add_organizations()
        add_further(SETS)
        add_demo_accounts(BEGUN)
        db.session.execute(update(User).values(toured_at=BEGUN))
        forgotten = db.session.scalars(select(Organization.id).where(Organization.name.endswith(FORGOTTEN))).one()
        db.session.execute(delete(OrganizationAlias).where(OrganizationAlias.organization_id == forgotten))
        db.session.execute(delete(Organization).where(Organization.id == forgotten))
    return address


@pytest.fixture
def office(
    request: pytest.FixtureRequest, browser: Browser, databases: Databases, bare_template: str, tmp_path: Path
) -> Iterator[Office]:
    """An office on the day its parameter names."""
    address = databases.copy(bare_template)
    found = Office(address, tmp_path, browser, request.param)
    yield found
    found.stop()
    databases.drop(address)


def upload(office: Office, name: str, content: bytes) -> str:
    """Choose a file and send it; return the address of the import."""
    page = office.page
    page.goto("/plans/import")
    page.locator("#file").set_input_files({"name": name, "mimeType": "text/plain", "buffer": content})
    page.get_by_role("button", name="上传并识别").click()
    page.wait_for_url(re.compile(r"/plans/import/\d+/check"))
    found = re.search(r"/plans/import/\d+", page.url)
    assert found
    return found[0]


def confirm_what_is_doubtful(page: Page, most: int = 60) -> int:
    """Press 确认，看下一处 until nothing is left; return how often."""
    for pressed in range(most):
        button = page.locator("#confirm-next")
        if not button.count():
            return pressed
        button.click()
        page.wait_for_load_state()
    raise AssertionError("there is no end of doubts")


def settle(page: Page, address: str, **fields: str) -> None:
    """Fill in what the document leaves open."""
    page.goto(f"{address}/rehearsal")
    for field, value in fields.items():
        box = page.locator(f"#{field}")
        if value in ("yes", "no"):
            box.set_checked(value == "yes")
        else:
            box.select_option(label=value)
    page.get_by_role("button", name="保存设定并重新预演").click()


def publish(office: Office, address: str, name: str) -> str:
    """Publish, and return the address of the plan."""
    page = office.page
    page.goto(f"{address}/rehearsal")
    office.look(f"{name}-rehearsal")
    page.get_by_role("link", name="下一步：发布").click()
    known = page.get_by_label("我知道这些任务办结后暂无人审核")
    if known.count():
        known.check()
    page.get_by_role("button", name="发布并交办").click()
    expect(page.get_by_role("main")).to_contain_text("已发布，交办")
    return str(page.get_by_role("link", name="打开方案").get_attribute("href"))


@pytest.mark.parametrize("office", ["2021-02-10"], indirect=True)
def test_the_first_plan_is_checked_published_taken_back_and_published_again(office: Office) -> None:
    page = office.page
    address = upload(office, "shanghai.txt", (PLANS / "shanghai-2021-11.txt").read_bytes())
    expect(page.locator("#summary")).to_contain_text("识别出 28 项任务，序号 1–28 连续")
    office.look("shanghai-check")
    assert confirm_what_is_doubtful(page) >= 1
    page.goto(f"{address}/units")
    expect(page.get_by_role("main")).to_contain_text("23 个名称都已对应到单位")
    office.look("shanghai-units")

    office.restart()
    page = office.page
    page.goto("/plans/import")
    expect(page.locator("#open-imports")).to_contain_text("沪司发〔2021〕11号")
    settle(page, address, scored="yes")
    plan = publish(office, address, "shanghai")
    page.goto(f"{address}/publish")
    page.get_by_label("理由").fill("附件有误，先撤回。")
    page.get_by_role("button", name="撤回发布").click()
    expect(page.get_by_role("main")).to_contain_text("已撤回发布，导入恢复到发布以前")
    plan = publish(office, address, "shanghai")
    page.goto(plan)
    expect(page.get_by_role("main")).to_contain_text("沪司发〔2021〕11号")
    page.goto("/overdue")
    expect(page.get_by_role("main")).not_to_contain_text("没有已发布的方案")


@pytest.mark.parametrize("office", ["2024-02-26"], indirect=True)
def test_the_second_plan_meets_an_unknown_unit_a_doubtful_deadline_and_a_task_that_is_two(office: Office) -> None:
    page = office.page
    text = (PLANS / "putuo-2024-1.txt").read_text(encoding="utf-8")
    doubtful = text.replace(
        "依法治区工作科。完成时间：3月）", "依法治区工作科。完成时间：3月底前完成初稿，6月底前报送）", 1
    )
    assert doubtful != text
    address = upload(office, "putuo.txt", doubtful.encode())
    expect(page.locator("#summary")).to_contain_text("识别出 89 项任务，序号 1–89 连续")
    page.goto(f"{address}/check?list=doubtful")
    expect(page.locator("#list")).to_contain_text("5")

    page.goto(f"{address}/check?task=16")
    page.locator("#split summary").click()
    page.locator("#split textarea").fill("组织2次区政府常务会议会前学法活动。\n\n切实提升领导干部依法行政能力。")
    page.locator("#split-form").get_by_role("button", name="拆分", exact=True).click()
    expect(page.locator("#list")).to_contain_text("16-2")
    page.goto(f"{address}/check?list=doubtful")
    assert confirm_what_is_doubtful(page) >= 2
    office.look("putuo-check")

    page.goto(f"{address}/units")
    expect(page.get_by_role("main")).to_contain_text("1 个名称在单位库中没有")
    page.get_by_role("row", name=FORGOTTEN).get_by_role("link", name="选定").click()
    page.get_by_label("新建单位").check()
    page.locator("#choose").get_by_role("button", name="记下").click()
    expect(page.get_by_role("main")).to_contain_text("都已对应到单位")
    office.look("putuo-units")

    office.restart()
    page = office.page
    page.goto("/plans/import")
    page.locator("#open-imports").get_by_role("link", name="继续").click()
    page.goto(f"{address}/rehearsal")
    expect(page.get_by_role("main")).to_contain_text("第23、58项")
    for group, choice in (("第23项", "已完成，补录办结"), ("第58项", "顺延至新的时限")):
        box = page.get_by_role("group", name=re.compile(f"^{group}"))
        box.get_by_label(choice).check()
        box.get_by_label("理由").fill("已与经办科室核实。")
        box.get_by_label("顺延到").fill("2024-04" if "顺延" in choice else "")
    page.get_by_role("button", name="保存处理方式").click()
    settle(page, address, owner="普陀区司法局办公室", scored="no", offices_report="yes")
    plan = publish(office, address, "putuo")

    page.goto(f"{plan}/progress?on=2024-07-01")
    expect(page.get_by_role("main")).to_contain_text("90")
    office.look("putuo-progress")
    page.goto(f"{plan}/progress")
    expect(page.get_by_role("main")).to_contain_text(FORGOTTEN)


@pytest.mark.parametrize("office", ["2022-12-16"], indirect=True)
def test_the_third_plan_gets_its_units_from_a_person_and_shows_its_years(office: Office) -> None:
    page = office.page
    address = upload(office, "beijing.txt", (PLANS / "beijing-2022-42.txt").read_bytes())
    expect(page.locator("#summary")).to_contain_text("识别出 18 项任务，序号 1–18 连续")
    for _ in range(30):
        dismiss = page.locator("#dismiss")
        if not dismiss.count():
            break
        dismiss.click()
        page.wait_for_load_state()
        page.goto(f"{address}/check?list=doubtful")
    confirm_what_is_doubtful(page)
    office.look("beijing-check")

    page.goto(f"{address}/units")
    page.get_by_label("勾选的任务都交办给").fill("各区司法局、北京经济技术开发区平安办")
    page.locator("#loose").get_by_role("button").first.click()
    expect(page.get_by_role("main")).to_contain_text("都已对应到单位")

    office.restart()
    page = office.page
    settle(page, address, scored="no")
    plan = publish(office, address, "beijing")
    page.goto(f"{plan}/years")
    for year, name in ((2022, "推进年"), (2023, "提升年"), (2024, "深化年")):
        expect(page.get_by_role("main")).to_contain_text(str(year))
        expect(page.get_by_role("main")).to_contain_text(name)
    office.look("beijing-years")
    page.goto(f"{plan}/progress")
    expect(page.get_by_role("main")).to_contain_text("北京经济技术开发区平安办")
