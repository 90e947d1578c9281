"""The day of a supervisor: finds what is late, urges, exports, decides, and asks where a point went."""

from collections.abc import Callable
from pathlib import Path

from python_calamine import CalamineWorkbook

from tests.browser.days.ground import RESETTLEMENT
from tests.browser.days.hands import Hand
from tests.browser.visitor import SUPERVISOR, TASK

COLUMNS = ("序号", "任务", "单位", "完成时限", "状态", "催办次数")
"""What the list on the screen and the file have in common."""

LATE = (TASK, "松江区司法局"), (RESETTLEMENT, "松江区司法局"), (TASK, "普陀区司法局")


def what_is_late(hand: Hand) -> None:
    """Sign in; the day begins with what is late."""
    hand.sign_in(SUPERVISOR)
    hand.at("逾期清单")


def ledger_filtered(hand: Hand) -> None:
    """In the ledger, keep what districts owe and is late, by district."""
    hand.go("督办台账")
    hand.at("督办台账")
    hand.follow("逾期")
    hand.sees("催办次数")
    hand.choose("单位类别", "区局")
    hand.choose("分组", "按区")
    hand.choose("排序", "按任务")
    hand.press("筛选")
    hand.sees("共 8 项", "松江区司法局 2 项")


def view_saved(hand: Hand) -> None:
    """Save that as a view, and come back to it by its name."""
    hand.unfold("保存为视图")
    hand.fill("视图名称", "区局逾期，按区")
    hand.press("保存", exact=True)
    hand.sees("视图已保存")
    hand.go("督办台账")
    hand.sees("全部单位")
    hand.follow("区局逾期，按区")
    hand.sees("共 8 项", "松江区司法局 2 项")


def urging_previewed(hand: Hand) -> None:
    """Tick three, and see who would get a letter."""
    for task, unit in LATE:
        hand.tick_row(hand.row(task, unit))
    hand.press("催办", exact=True)
    hand.at("催办预览")
    hand.sees("还没有发出", "将向 2 人各发 1 封信，涉及 3 项", "松江经办（演示）", "普陀经办（演示）")


def urged(hand: Hand) -> None:
    """Send the letters, and find it in the list."""
    hand.press("发出催办信")
    hand.sees("已向 2 人发出催办信 2 封")
    hand.at("督办台账")


def exported(hand: Hand) -> None:
    """Take the list along as Excel: exactly what is on the screen."""
    shown = _on_screen(hand)
    assert len(shown) == 8
    assert [row[-1] for row in shown].count("1") == len(LATE)
    assert _in_file(hand.download("导出 Excel")) == shown


def _in_file(path: Path) -> list[list[str]]:
    """Return the rows of the file below its heads, the same columns."""
    lines = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    heads = next(line for line in lines if "序号" in line)
    places = [heads.index(column) for column in COLUMNS]
    rows = [[line[place] for place in places] for line in lines[lines.index(heads) + 1 :]]
    return [[str(int(cell)) if isinstance(cell, float) else str(cell) for cell in row] for row in rows]


def _on_screen(hand: Hand) -> list[list[str]]:
    """Return the rows of the list as they are shown, those columns that a file has too."""
    heads = [head.strip(" ▲▼\n") for head in hand.main.locator("thead th").all_text_contents()]
    places = [heads.index(column) for column in COLUMNS]
    rows = hand.main.locator("tbody tr").filter(has=hand.page.get_by_role("checkbox")).all()
    return [[row.locator("td").nth(place).text_content() or "" for place in places] for row in rows]


def cell_of_the_matrix(hand: Hand) -> None:
    """Look where a task and a district meet, and open it."""
    hand.go("任务×区")
    hand.at("28 项任务 × 16 区")
    hand.picture("matrix")
    hand.open_cell(TASK, "松江区司法局")
    hand.at("第7项 · 松江区司法局")
    hand.sees("催办次数")


def reminders_paused(hand: Hand) -> None:
    """Keep the letters of that task back for two weeks."""
    hand.unfold("暂停提醒")
    hand.fill("恢复提醒的日期", "2021-03-20")
    hand.fill("暂停的理由", "职责正在交接。")
    hand.press("暂停提醒")
    hand.sees("已暂停提醒，2021-03-20 恢复")


def score_explained(hand: Hand) -> None:
    """See where the points of the worst district went, and what one task would give back."""
    hand.go("得分排名")
    hand.at("得分排名")
    hand.follow("扣分明细", hand.row("松江区司法局"))
    hand.at("松江区司法局：20 − 2 = 18 分")
    hand.follow("先做什么")
    hand.at("松江区司法局：先做什么")
    hand.fill("到哪一天前审核通过", "2021-03-06")
    hand.tick_row(hand.row(TASK))
    hand.press("测算得分")
    hand.sees("得分由 18 升为 19")


def extension_decided(hand: Hand) -> None:
    """Grant a month more."""
    hand.go("我的待办")
    hand.at("我的待办")
    hand.follow("延期申请")
    hand.at("延期申请")
    hand.open_row(hand.row("静安区司法局"))
    hand.at("第1项 · 静安区司法局")
    hand.sees("街道换届尚未结束")
    hand.fill("裁定意见", "同意，请按新时限办结。")
    hand.press("批准延期")
    hand.sees("已批准延期", "2021年4月30日")


def signed_out(hand: Hand) -> None:
    """Go home."""
    hand.sign_out()


STEPS: tuple[Callable[[Hand], None], ...] = (
    what_is_late,
    ledger_filtered,
    view_saved,
    urging_previewed,
    urged,
    exported,
    cell_of_the_matrix,
    reminders_paused,
    score_explained,
    extension_decided,
    signed_out,
)
