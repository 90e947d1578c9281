"""The day of a reviewer: returns one report with a reason, accepts another, and leaves a remark."""

from collections.abc import Callable

from tests.browser.days.hands import Hand
from tests.browser.visitor import REASON, REVIEWER, TASK

REMARK = "请于下周一前把受委托事项清单补齐，联系处室。"


def review_queue(hand: Hand) -> None:
    """Sign in, and find two reports that wait."""
    hand.sign_in(REVIEWER)
    hand.at("我的待办")
    hand.follow("待我审核")
    hand.sees("黄浦区司法局", "徐汇区司法局", "共 2 项")


def returned_with_a_reason(hand: Hand) -> None:
    """Read the first, and return it; without a reason that is refused."""
    hand.open_row(hand.row(TASK, "黄浦区司法局"))
    hand.at("第7项 · 黄浦区司法局")
    hand.sees("工作已承接，各司法所按新要求运行一个月。")
    hand.press("退回修改")
    hand.sees("退回必须写明理由")
    hand.fill("审核意见", REASON)
    hand.press("退回修改")
    hand.sees("已退回承办单位修改", REASON)


def remark_left(hand: Hand) -> None:
    """Tell the district what is missing."""
    hand.fill("留言内容", REMARK)
    hand.press("发布留言")
    hand.sees("留言已发布", REMARK)


def accepted(hand: Hand) -> None:
    """Accept the other."""
    hand.go("我的待办")
    hand.at("我的待办")
    hand.follow("待我审核")
    hand.sees("共 1 项")
    hand.open_row(hand.row(TASK, "徐汇区司法局"))
    hand.at("第7项 · 徐汇区司法局")
    hand.press("审核通过")
    hand.sees("审核通过，事项已办结")


def nothing_waits(hand: Hand) -> None:
    """Find the queue empty, and say so what comes next."""
    hand.go("我的待办")
    hand.at("我的待办")
    hand.follow("待我审核")
    hand.sees("没有等待审核的事项")


def done_in_the_ledger(hand: Hand) -> None:
    """Find what was accepted among what is done, and what was returned among what is late."""
    hand.go("本处室台账")
    hand.at("本处室台账")
    hand.follow("已办结")
    hand.sees("共 12 项")
    hand.fill("任务关键字", "社区矫正")
    hand.choose("区", "徐汇")
    hand.press("筛选")
    hand.sees("共 1 项", "徐汇区司法局", "逾期后办结")
    hand.choose("区", "黄浦")
    hand.press("筛选")
    hand.sees("没有符合条件的事项")


def signed_out(hand: Hand) -> None:
    """Go home."""
    hand.sign_out()


STEPS: tuple[Callable[[Hand], None], ...] = (
    review_queue,
    returned_with_a_reason,
    remark_left,
    accepted,
    nothing_waits,
    done_in_the_ledger,
    signed_out,
)
