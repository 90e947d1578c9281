"""tracker db: migrations."""

import click
from flask_migrate import downgrade as alembic_downgrade
from flask_migrate import upgrade as alembic_upgrade

from tracker import clock
from tracker.audit import operations as audit
from tracker.cli.session import with_app
from tracker.db import db, transaction
from tracker.installation import EMPTY, missing_migrations
from tracker.rules.permissions import SYSTEM


@click.group("db")
def db_commands() -> None:
    """数据库结构：升级、回退、检查。"""


@db_commands.command()
@with_app
def upgrade() -> None:
    """升级到最新结构。"""
    before = missing_migrations()
    db.session.rollback()
    alembic_upgrade()
    if before not in ("", EMPTY):
        with transaction():
            # Where entries from before the chain are on record, this begins it.
            audit.record(SYSTEM, clock.now(), "upgrade_database", "database", None, f"自 {before}")


@db_commands.command()
@click.argument("revision", default="-1")
@click.option("--yes", is_flag=True, help="不再询问")
@with_app
def downgrade(revision: str, yes: bool) -> None:
    """回退一步，或回退到指定版本；被回退的表和其中的数据随之删除。"""
    if not yes:
        click.confirm("回退会删除数据，请先备份。确定回退吗？", abort=True)
    try:
        alembic_downgrade(revision=revision)
    except SystemExit as error:
        raise ValueError(f"没有可回退的版本“{revision}”。可用 tracker db check 查看现在的版本。") from error
    click.echo("已回退。", err=True)


@db_commands.command()
@with_app
def check() -> None:
    """检查结构是否最新。"""
    missing = missing_migrations()
    if missing:
        raise ValueError(f"数据库结构不是最新（现为 {missing}）：请运行 tracker db upgrade。")
    click.echo("数据库结构：最新")
