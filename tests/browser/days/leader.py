"""The day of a leader: ten seconds at the figures, then what stands behind each of them."""

from collections.abc import Callable

from tests.browser.days.hands import Hand
from tests.browser.visitor import TASK

WORST = "普陀区司法局"


def figures(hand: Hand) -> None:
    """Sign in, and see how it stands."""
    hand.sign_in("leader")
    hand.at("总览")
    hand.sees("应办结", "已办结", "逾期", "临期", "扣分最多的区")


def rows_behind_a_figure(hand: Hand) -> None:
    """Follow a figure to exactly its rows."""
    hand.follow("逾期 8 项")
    hand.at("督办台账")
    hand.sees("共 8 项", TASK)


def what_ends_this_week(hand: Hand) -> None:
    """See that nothing ends this week, and that nobody was sent back twice."""
    hand.go("我的待办")
    hand.at("我的待办")
    hand.follow("本周到期")
    hand.sees("本周到期0")
    hand.follow("连续退回")
    hand.sees("连续退回0")


def worst_district(hand: Hand) -> None:
    """See why the district at the end has lost points."""
    hand.go("总览")
    hand.at("总览")
    hand.follow("扣分明细", hand.main.get_by_role("listitem").filter(has_text=WORST))
    hand.at(f"{WORST}：20 − 2 = 18 分")
    hand.sees("未能完成的，每项任务扣 1 分")


def matrix(hand: Hand) -> None:
    """See all tasks and districts at once."""
    hand.go("任务×区")
    hand.at("28 项任务 × 16 区")


def task_of_a_district(hand: Hand) -> None:
    """Open one of them, with everything that happened to it."""
    hand.open_cell(TASK, WORST)
    hand.at("第7项 · 普陀区司法局")
    hand.sees("办理过程", "由方案立项", "逾期 5 天")


def scores_compared(hand: Hand) -> None:
    """Compare with the end of last month."""
    hand.go("得分排名")
    hand.at("得分排名")
    hand.fill("对照", "2021-02-28")
    hand.press("查看")
    hand.sees("不变")
    row = hand.row(WORST)
    hand.follow("扣分明细", row)
    hand.at(f"{WORST}：20 − 2 = 18 分")


def found_by_two_signs(hand: Hand) -> None:
    """Look for a word of two signs."""
    hand.search("用房")
    hand.at("搜索")
    hand.sees("“用房”：共 1 项", "提升司法所业务用房保障水平")


def signed_out(hand: Hand) -> None:
    """Go home."""
    hand.sign_out()


STEPS: tuple[Callable[[Hand], None], ...] = (
    figures,
    rows_behind_a_figure,
    what_ends_this_week,
    worst_district,
    matrix,
    task_of_a_district,
    scores_compared,
    found_by_two_signs,
    signed_out,
)
