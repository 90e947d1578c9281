"""tracker backup and tracker restore: everything in one file, and back."""

from pathlib import Path

import click
from flask import current_app

from tracker import clock
from tracker.backups import operations
from tracker.cli.session import with_app
from tracker.db import transaction
from tracker.installation import missing_migrations
from tracker.rules.permissions import SYSTEM

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("backup")
@click.argument("file", type=FILE)
@with_app
def backup_command(file: Path) -> None:
    """备份到一个新文件：数据库、佐证材料、审计链头和校验清单。可在运行中进行。"""
    made = operations.make(current_app.config["TRACKER_DATA_DIR"], file.absolute())
    if not missing_migrations():
        with transaction():
            operations.note(SYSTEM, clock.now(), made)
    rows = sum(made.manifest.counts.values())
    click.echo(f"已备份并校验：{file}，{made.size} 字节，{rows} 行，{len(made.manifest.files)} 个文件。")
    click.echo(f"sha256 {made.sha256}")
    click.echo("密钥（TRACKER_SECRET_KEY、TRACKER_AUDIT_KEY 等环境变量）不在备份中，请另外妥善保存。", err=True)


@click.command("restore")
@click.argument("file", type=FILE)
@with_app
def restore_command(file: Path) -> None:
    """从备份恢复到空的数据库和空的数据目录；损坏的备份和非空的目标一律拒绝。"""
    manifest = operations.restore(current_app.config["TRACKER_DATA_DIR"], file.absolute())
    behind = missing_migrations()
    if not behind:
        with transaction():
            operations.note_restored(SYSTEM, clock.now(), file, manifest)
    rows = sum(manifest.counts.values())
    click.echo(f"已恢复并核对：{manifest.created_at} 的备份，{rows} 行，{len(manifest.files)} 个文件。")
    if behind:
        click.echo("数据库结构较旧：请运行 tracker db upgrade。", err=True)
    click.echo("请使用备份时的密钥，再用 tracker audit verify 核验审计记录。", err=True)
