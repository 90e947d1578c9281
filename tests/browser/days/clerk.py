"""The day of a clerk: signs for what is new, reports, asks for a completion, and goes home."""

from collections.abc import Callable
from pathlib import Path

from tests.browser.days.ground import RESETTLEMENT
from tests.browser.days.hands import Hand
from tests.browser.visitor import CLERK, TASK

EVIDENCE = Path(__file__).parent / "受委托事项清单.txt"
QUIET = "协调、推进基层法治建设", "办理街道乡镇的行政复议、行政应诉工作"
"""Tasks 1 and 3, due in March."""

NEW = (TASK, RESETTLEMENT, *QUIET)


def to_do_list(hand: Hand) -> None:
    """Sign in, and find what is to be signed for."""
    hand.sign_in(CLERK)
    hand.at("我的待办")
    hand.sees("共 28 项")


def help_page(hand: Hand) -> None:
    """Look once at what a clerk does."""
    hand.go("帮助")
    hand.at("帮助")
    hand.sees("经办能做什么")


def signed_for_in_bulk(hand: Hand) -> None:
    """Sign for four tasks at once."""
    hand.go("我的待办")
    hand.at("我的待办")
    for task in NEW:
        hand.tick_row(hand.row(task))
    hand.press("批量签收")
    hand.sees("已签收 4 项")


def original_sentence(hand: Hand) -> None:
    """Open a task, read its sentence in the plan, and who did what."""
    hand.follow("待填报")
    hand.open_row(hand.row(TASK))
    hand.at("第7项 · 松江区司法局")
    hand.sees(TASK, "原文“2021年2月”，按月末计", "逾期 5 天", "由方案立项")


def progress_filed(hand: Hand) -> None:
    """File how far it is, with evidence."""
    hand.follow("填报", exact=True)
    hand.at("填报第7项")
    hand.fill("完成情况", "已与社区矫正机构商定委托事项。")
    hand.fill("完成进度（%）", "60")
    hand.attach("佐证材料", EVIDENCE)
    hand.press("报送进展")
    hand.sees("进展已报送", "进度 60%", EVIDENCE.name)


def completion_asked_for(hand: Hand) -> None:
    """Ask for the completion of another task, without evidence."""
    hand.go("我的待办")
    hand.at("我的待办")
    hand.follow("待填报")
    hand.open_row(hand.row(RESETTLEMENT))
    hand.at("第8项")
    hand.follow("填报", exact=True)
    hand.at("填报第8项")
    hand.fill("完成情况", "安置帮教工作已由司法所承接。")
    hand.press("申请办结")
    hand.sees("已申请办结，等待审核")


def nothing_changed(hand: Hand) -> None:
    """Say of two tasks that nothing changed."""
    hand.go("我的待办")
    hand.at("我的待办")
    hand.follow("待填报")
    for task in QUIET:
        hand.tick_row(hand.row(task))
    hand.press("批量填“无变化”")
    hand.sees("将要填报的（2 项）")
    hand.press("报送 2 项“无变化”")
    hand.sees("已填报“无变化” 2 项。")


def own_score(hand: Hand) -> None:
    """See the own rank and where each point went."""
    hand.go("得分排名")
    hand.at("得分排名")
    hand.follow("扣分明细", hand.row("松江区司法局"))
    hand.at("松江区司法局：20 − 2 = 18 分")


def letter_read(hand: Hand) -> None:
    """Read the letter of this morning."""
    hand.go("收件箱")
    hand.at("收件箱")
    hand.open_row(hand.row("未读").first)
    hand.press("标为已读")
    hand.sees("已读")


def reminders_changed(hand: Hand) -> None:
    """Have letters come later in the day."""
    hand.go("提醒方式")
    hand.at("提醒方式")
    hand.choose("接收时间", "10 点以后")
    hand.press("保存提醒方式")
    hand.sees("提醒方式已保存")


def signed_out(hand: Hand) -> None:
    """Go home."""
    hand.sign_out()


STEPS: tuple[Callable[[Hand], None], ...] = (
    to_do_list,
    help_page,
    signed_for_in_bulk,
    original_sentence,
    progress_filed,
    completion_asked_for,
    nothing_changed,
    own_score,
    letter_read,
    reminders_changed,
    signed_out,
)
