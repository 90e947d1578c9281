"""The day of an administrator: units, people, the calendar, letters, long work, and who did what."""

import csv
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.browser.days.hands import Hand

UNIT = "岳阳第二司法所（演示）"
SHEET = (
    ("账号", "姓名", "角色", "单位", "邮箱", "电话", "职务", "失效日期"),
    ("day-clerk-1", "新经办一（演示）", "区局经办", "松江区司法局", "day-1@example.invalid", "021-00001001", "", ""),
    ("day-clerk-2", "新经办二（演示）", "区局经办", "普陀区司法局", "day-2@example.invalid", "021-00001002", "", ""),
)


def signed_in(hand: Hand) -> None:
    """Sign in, and see that nothing is the matter with the machinery."""
    hand.sign_in("admin")
    hand.at("定时任务")


def unit_made(hand: Hand) -> None:
    """Make a justice office of Songjiang."""
    hand.go("单位")
    hand.at("单位")
    hand.follow("新建单位")
    hand.at("新建单位")
    hand.choose("上级单位", "松江区司法局")
    hand.choose("类别", "司法所")
    hand.fill("名称", UNIT)
    hand.fill("简称", "岳阳二所")
    hand.press("建立单位")
    hand.sees(f"{UNIT}已建立")


def account_made(hand: Hand) -> None:
    """Make an account there; the password is shown once."""
    hand.go("人员")
    hand.at("人员")
    hand.follow("新建账号")
    hand.at("新建账号")
    hand.fill("账号", "yueyang-2")
    hand.choose("角色", "司法所（科室）经办")
    hand.fill("姓名", "岳阳二所经办（演示）")
    hand.choose("单位", UNIT)
    hand.press("建立账号")
    hand.sees("密码只显示这一次", "yueyang-2")


def accounts_imported(hand: Hand) -> None:
    """Bring two accounts in from a sheet: first see what it would change, then let it."""
    hand.go("人员")
    hand.at("人员")
    hand.follow("从表格导入")
    hand.at("从表格导入人员")
    with TemporaryDirectory() as folder:
        hand.attach("表格", _sheet(Path(folder)))
        hand.press("比较并预览")
        hand.at("核对导入的人员")
    hand.sees("新建 2 个", "尚未写入", "新经办一（演示）")
    hand.picture("accounts-previewed")
    hand.press("确认导入")
    hand.at("表格已导入")
    hand.sees("day-clerk-1", "day-clerk-2")


def _sheet(folder: Path) -> Path:
    """Write the sheet that a colleague has sent."""
    with (folder / "人员.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(SHEET)
        return Path(file.name)


def password_reset(hand: Hand) -> None:
    """Find somebody who has forgotten the password, and give out another."""
    hand.go("人员")
    hand.at("人员")
    hand.fill("查找", "putuo-clerk")
    hand.press("筛选")
    hand.sees("共 1 人")
    hand.open_row(hand.row("putuo-clerk"))
    hand.at("普陀经办（演示）")
    hand.press("重置密码")
    hand.sees("密码只显示这一次", "putuo-clerk")


def calendar_kept(hand: Hand) -> None:
    """Set a day of the working calendar."""
    hand.go("工作日历")
    hand.at("2021 年工作日历")
    hand.fill("日期", "2021-03-08")
    hand.tick("放假（休）")
    hand.fill("说明", "台风停工（演示）")
    hand.press("保存这一天")
    hand.sees("2021-03-08 已设为放假", "台风停工（演示）")


def channel_tested(hand: Hand) -> None:
    """Have a letter sent to oneself."""
    hand.go("发送渠道")
    hand.at("发送渠道")
    hand.fill("测试邮件发到", "admin@example.invalid")
    hand.press("发送测试邮件")
    hand.sees("测试信已排队")


def letter_sent_again(hand: Hand) -> None:
    """Look a letter up, and send it again."""
    hand.go("提醒信")
    hand.at("提醒信")
    hand.fill("收件人账号", "songjiang-clerk")
    hand.press("筛选")
    hand.sees("共 1 封")
    hand.follow("【督办提醒】", hand.row("松江经办（演示）"))
    hand.sees("发送情况")
    hand.press("重发这封信")
    hand.sees("已安排重发")


def scheduler_looked_at(hand: Hand) -> None:
    """See that somebody is on duty, and what ran."""
    hand.go("定时任务")
    hand.at("定时任务")
    hand.sees("有人值班", "生成提醒信", "发送信件")


def backed_up(hand: Hand) -> None:
    """Ask for a backup, and stay until it is there."""
    hand.go("备份")
    hand.at("备份")
    hand.press("立即备份")
    hand.at("备份")
    hand.sees("看全部后台任务")
    hand.picture("backup-done")
    hand.go("备份")
    hand.sees("最近一份好的备份", "做成时已校验")


def permissions_read(hand: Hand) -> None:
    """Read who may do what."""
    hand.go("权限表")
    hand.at("权限表")
    hand.sees("系统管理员", "区局经办")


def found_on_record(hand: Hand) -> None:
    """Go home; the auditor, who alone reads the record, finds the password that was reset."""
    hand.sign_out()
    hand.sign_in("auditor")
    hand.go("审计记录")
    hand.at("审计记录")
    hand.fill("人员", "admin")
    hand.choose("办理", "重置密码")
    hand.press("筛选")
    hand.sees("第", "putuo-clerk")


def signed_out(hand: Hand) -> None:
    """Go home as well."""
    hand.sign_out()


STEPS: tuple[Callable[[Hand], None], ...] = (
    signed_in,
    unit_made,
    account_made,
    accounts_imported,
    password_reset,
    calendar_kept,
    channel_tested,
    letter_sent_again,
    scheduler_looked_at,
    backed_up,
    permissions_read,
    found_on_record,
    signed_out,
)
