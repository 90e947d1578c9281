"""tracker users: accounts."""

import sys
from datetime import date

import click

from tracker import clock
from tracker.cli.session import Day, json_option, with_app, write_json
from tracker.db import FOREVER, transaction
from tracker.people import accounts, attempts, operations, queries
from tracker.people.models import User
from tracker.rules.permissions import SYSTEM, Post, Role

password_option = click.option(
    "--password", prompt="密码", hide_input=True, confirmation_prompt="再输一次", help="不给出时提示输入"
)

must_change_option = click.option(
    "--must-change/--no-must-change", default=True, show_default=True, help="首次登录是否必须改密码"
)

post_option = click.option(
    "--post", type=click.Choice([post.value for post in Post if post]), default=None, help="职务，升级提醒按它找人"
)


@click.group("users")
def users_commands() -> None:
    """账号：新建、列表、改密、解锁、停用。"""


@users_commands.command("list")
@json_option
@with_app
def list_users(as_json: bool) -> None:
    """列出全部账号。"""
    rows = queries.users()
    if as_json:
        write_json(rows)
        return
    for row in rows:
        click.echo(
            f"{row['account']}\t{row['name']}\t{row['role']}\t{row['unit']}\t{'启用' if row['active'] else '停用'}"
        )


@users_commands.command("create")
@click.argument("account")
@click.option("--name", required=True, help="姓名")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="角色")
@click.option("--unit", required=True, help="单位（全称、简称或别名）")
@click.option("--email", default="", help="收提醒的邮箱")
@click.option("--phone", default="", help="电话")
@post_option
@click.option("--until", type=Day(), default=None, help="账号有效到哪一天（不含该日）；不给出则长期有效")
@click.option("--password", default=None, help="不给出时在终端提示输入；不在终端时生成一次性密码并打印")
@must_change_option
@with_app
def create(
    account: str,
    name: str,
    role: str,
    unit: str,
    email: str,
    phone: str,
    post: str | None,
    until: date | None,
    password: str | None,
    must_change: bool,
) -> None:
    """新建账号。"""
    one_time = password is None and not sys.stdin.isatty()
    if password is None:
        password = accounts.one_time_password(account) if one_time else _asked()
    with transaction():
        user = operations.create_user(
            SYSTEM,
            clock.now(),
            account=account,
            name=name,
            role=Role(role),
            unit_id=queries.find_unit(unit, clock.today()).id,
            password=password,
            email=email,
            phone=phone,
            post=Post(post or ""),
            valid_until=until or FOREVER,
            must_change=must_change or one_time,
        )
    click.echo(f"已建立账号 {user.account}。")
    if one_time:
        click.echo(f"一次性密码：{password}（首次登录后须修改，此处只显示一次）")


def _asked() -> str:
    return str(click.prompt("密码", hide_input=True, confirmation_prompt="再输一次"))


def _known(account: str) -> User:
    user = queries.user_by_account(account)
    if user is None:
        raise operations.AccountRefused(f"没有账号 {account}。可用 tracker users list 查看全部账号。")
    return user


@users_commands.command("set-password")
@click.argument("account")
@password_option
@must_change_option
@with_app
def set_password(account: str, password: str, must_change: bool) -> None:
    """修改密码，解除锁定，并使该账号的全部登录失效。"""
    with transaction():
        operations.set_password(SYSTEM, clock.now(), _known(account), password, must_change=must_change)
    click.echo(f"已修改 {account} 的密码，原有登录已失效。")


@users_commands.command("unlock")
@click.argument("account")
@with_app
def unlock(account: str) -> None:
    """解除因密码输错次数过多而起的锁定。"""
    with transaction():
        attempts.unlock(SYSTEM, clock.now(), _known(account))
    click.echo(f"已解锁 {account}。")


@users_commands.command("set-post")
@click.argument("account")
@post_option
@with_app
def set_post(account: str, post: str | None) -> None:
    """修改职务（升级提醒按职务找人）；不给出 --post 则取消职务。"""
    with transaction():
        operations.set_post(SYSTEM, clock.now(), _known(account), Post(post or ""))
    click.echo(f"已修改 {account} 的职务。")


@users_commands.command("disable")
@click.argument("account")
@with_app
def disable(account: str) -> None:
    """停用账号。"""
    with transaction():
        operations.disable(SYSTEM, clock.now(), _known(account))
    click.echo(f"已停用 {account}。")
