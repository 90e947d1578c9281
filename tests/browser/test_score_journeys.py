"""What moves a score, each way walked in a real browser, and the explanation it leads to looked at.

Task 7 was due on 28 February, task 8 as well; the business day is 5 March. Each journey has a district of its own, and
leaves a picture of its explanation in build/pictures/scores/ where pictures are asked for.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.assignments.acts import moment, owed, person, unit_id
from tests.browser.looks import violations
from tests.browser.pictures import draw
from tests.browser.servers import DAY, serving
from tests.browser.visitor import REVIEWER, SUPERVISOR, TASK, Visitor
from tests.conftest import Databases, running
from tracker.assignments.operations import change_status
from tracker.db import transaction
from tracker.reports import operations as reports
from tracker.reports.operations import Content, Upload
from tracker.rules.reports import Decision, ReportKind
from tracker.rules.status import Move
from tracker.storage import keep

ACCEPTED, FILED = ("huangpu", "xuhui"), ("changning", "jingan", "putuo")
"""Who has task 7 accepted in February; who asked for its completion in March."""

WHY = "抽查发现委托手续没有落实。"


@pytest.fixture(scope="module")
def places(
    browser: Browser, databases: Databases, seeded_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, dict[str, int]]]:
    """The address of a server on the scene, and the number of each district's task 7."""
    folder = tmp_path_factory.mktemp("journeys")
    address = databases.copy(seeded_template)
    with running(address, folder / "data", TRACKER_TODAY=DAY):
        numbers = _prepared(folder / "data")
    with serving(databases, address, folder) as (base, _):
        yield base, numbers
    databases.drop(address)


def _prepared(folder: Path) -> dict[str, int]:
    with transaction():
        for slug in (*ACCEPTED, *FILED):
            day = "2021-02-22" if slug in ACCEPTED else "2021-03-04"
            _file(folder, slug, day)
            if slug in ACCEPTED:
                reports.review(person(REVIEWER), moment("2021-02-25"), owed("7", slug), Decision.ACCEPT, "")
        slugs = (*ACCEPTED, *FILED, "songjiang", "pudong", "minhang", "baoshan")
        bureaus = {f"{slug} bureau": unit_id(slug) for slug in slugs}
        return {"first": owed("1", "songjiang"), **{slug: owed("7", slug) for slug in slugs}, **bureaus}


def _file(folder: Path, slug: str, day: str) -> None:
    clerk, seven = person(f"{slug}-clerk"), owed("7", slug)
    change_status(clerk, moment(day, 9), seven, Move.ACKNOWLEDGE)
    content = Content(done="委托手续已办妥。", kind=ReportKind.COMPLETION, progress=100)
    uploads = [Upload("委托书.txt", keep(folder, io.BytesIO(slug.encode()), 100))]
    reports.file(clerk, moment(day), seven, content, token=f"form-{slug}", version=0, uploads=uploads)


@pytest.fixture
def visitor(browser: Browser, places: tuple[str, dict[str, int]]) -> Iterator[Visitor]:
    """Somebody at a browser that complains of nothing, and who agrees when asked whether to go on."""
    visitor = Visitor(browser, places[0])
    visitor.page.on("dialog", lambda dialog: dialog.accept())
    yield visitor
    visitor.context.close()
    assert visitor.complaints == []


@pytest.fixture
def numbers(places: tuple[str, dict[str, int]]) -> dict[str, int]:
    """The number of each district's task 7, and of each district."""
    return places[1]


def explained(visitor: Visitor, district: int, name: str, *sees: str, account: str = SUPERVISOR) -> Page:
    """Open a district's explanation, find what it must say, and keep a picture of it where one is asked."""
    page = visitor.sign_in(account)
    page.goto(f"/scores/{district}")
    main = page.get_by_role("main")
    for words in sees:
        expect(main).to_contain_text(words)
    assert violations(page) == []
    draw(page, Path("scores") / name, whole=True)
    return page


def decided(visitor: Visitor, assignment: int, button: str, reason: str = "", account: str = REVIEWER) -> None:
    """Decide on the report under review, from its own page."""
    page = visitor.sign_in(account)
    page.goto(f"/assignments/{assignment}")
    page.get_by_label("审核意见").fill(reason)
    page.get_by_role("button", name=button).click()


def supervised(visitor: Visitor, assignment: int, button: str, reason: str) -> None:
    """Take a supervisor's step, with its reason."""
    page = visitor.sign_in(SUPERVISOR)
    page.goto(f"/assignments/{assignment}")
    page.get_by_label("理由").last.fill(reason)
    page.get_by_role("button", name=button).click()


def test_a_returned_report_leaves_the_point_lost_and_says_who_returned_it(
    visitor: Visitor, numbers: dict[str, int]
) -> None:
    decided(visitor, numbers["changning"], "退回修改", "请补充书面材料。")
    explained(visitor, numbers["changning bureau"], "returned", "20 − 2 = 18 分", "退回修改", "请补充书面材料。")


def test_what_is_accepted_late_costs_nothing_and_says_so(visitor: Visitor, numbers: dict[str, int]) -> None:
    decided(visitor, numbers["jingan"], "审核通过")
    explained(visitor, numbers["jingan bureau"], "late", "20 − 1 = 19 分", "2021-03-05 逾期后办结")


def test_what_does_not_apply_leaves_the_count_with_its_reason(visitor: Visitor, numbers: dict[str, int]) -> None:
    supervised(visitor, numbers["baoshan"], "认定不适用", "该区没有社区矫正委托事项。")
    page = explained(
        visitor, numbers["baoshan bureau"], "not-applicable", "20 − 1 = 19 分", "该区没有社区矫正委托事项。"
    )
    expect(page.get_by_role("main")).to_contain_text("不适用，不计")


def test_a_reopened_task_costs_its_point_again(visitor: Visitor, numbers: dict[str, int]) -> None:
    supervised(visitor, numbers["huangpu"], "重新办理", WHY)
    explained(visitor, numbers["huangpu bureau"], "reopened", "20 − 2 = 18 分", WHY)


def test_a_report_changed_after_approval_is_reviewed_anew_and_the_score_follows(
    visitor: Visitor, numbers: dict[str, int]
) -> None:
    bureau, seven = numbers["xuhui bureau"], numbers["xuhui"]
    explained(visitor, bureau, "before-the-change", "20 − 1 = 19 分", "2021-02-25 按期办结")
    page = visitor.sign_in("xuhui-clerk")
    page.goto(f"/assignments/{seven}")
    page.get_by_role("main").get_by_role("link", name="更正报告").first.click()
    page.get_by_label("完成情况").fill("委托手续已办妥，另有两项补签。")
    page.get_by_role("button", name="报送更正报告").click()
    explained(visitor, bureau, "changed", "20 − 2 = 18 分", "待审核")
    page = visitor.sign_in(REVIEWER)
    page.goto(f"/assignments/{seven}")
    expect(page.get_by_role("main")).to_contain_text("另有两项补签")
    expect(page.get_by_role("main")).to_contain_text("封存的内容")
    decided(visitor, seven, "审核通过")
    explained(visitor, bureau, "accepted-anew", "20 − 1 = 19 分", "2021-03-05 逾期后办结")


def test_an_extension_moves_the_due_day_and_both_days_stay_in_sight(visitor: Visitor, numbers: dict[str, int]) -> None:
    page = visitor.sign_in("songjiang-lead")
    page.goto(f"/assignments/{numbers['first']}")
    page.get_by_text("申请延期").first.click()
    page.get_by_label("新的完成时限").fill("2021-04")
    page.get_by_label("理由").last.fill("街镇机构调整，四月完成。")
    page.get_by_label("现有进展").fill("职责清单已起草。")
    page.get_by_role("button", name="提交申请").click()
    page = visitor.sign_in(SUPERVISOR)
    page.goto(f"/assignments/{numbers['first']}")
    page.get_by_label("裁定意见").fill("同意，请按新时限办结。")
    page.get_by_role("button", name="批准延期").click()
    expect(page.get_by_role("main")).to_contain_text("已批准延期")
    explained(
        visitor, numbers["songjiang bureau"], "extended", "延期 1 次，原 2021-03-31", "2021-04-30", "20 − 2 = 18 分"
    )


@pytest.mark.parametrize(("slug", "button", "score"), [("pudong", "成立", "19"), ("minhang", "不成立", "18")])
def test_an_appeal_is_answered_by_somebody_else_and_its_line_stays(
    visitor: Visitor, numbers: dict[str, int], slug: str, button: str, score: str
) -> None:
    page = visitor.sign_in(f"{slug}-lead")
    bureau = numbers[f"{slug} bureau"]
    page.goto(f"/scores/{bureau}")
    page.get_by_role("row", name=TASK[:12]).get_by_role("link", name="提出异议").click()
    page.get_by_label("理由").last.fill("委托手续二月已办妥，材料随后补报。")
    page.get_by_role("button", name="提出异议").click()
    page = visitor.sign_in(SUPERVISOR)
    page.goto(f"/scores/{bureau}")
    page.get_by_label("裁定理由").fill("已核对委托书原件。")
    page.get_by_role("button", name=button, exact=True).click()
    explained(
        visitor, bureau, f"appeal-{'upheld' if button == '成立' else 'rejected'}", f"= {score} 分", "已核对委托书原件。"
    )
