"""tracker db: migrations."""

import click
from flask_migrate import downgrade as alembic_downgrade
from flask_migrate import upgrade as alembic_upgrade

from tracker.cli.session import with_app
from tracker.installation import missing_migrations


@click.group("db")
def db_commands() -> None:
    """数据库结构：升级、回退、检查。"""


@db_commands.command()
@with_app
def upgrade() -> None:
    """升级到最新结构。"""
    alembic_upgrade()


@db_commands.command()
@click.argument("revision", default="-1")
@with_app
def downgrade(revision: str) -> None:
    """回退一步，或回退到指定版本。"""
    alembic_downgrade(revision=revision)


@db_commands.command()
@with_app
def check() -> None:
    """检查结构是否最新。"""
    missing = missing_migrations()
    if missing:
        raise ValueError(f"数据库结构不是最新（现为 {missing}）：请运行 tracker db upgrade。")
    click.echo("数据库结构：最新")
