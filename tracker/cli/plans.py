"""tracker plans: list, read, import."""

from pathlib import Path

import click

from tracker import clock
from tracker.assignments import operations as assignments
from tracker.cli.session import json_option, with_app, write_json
from tracker.db import transaction
from tracker.plans import operations, queries
from tracker.plans.operations import PlanSettings
from tracker.plans.readers import read_document
from tracker.rules.permissions import SYSTEM
from tracker.rules.plan_text.document import document_json
from tracker.rules.plan_text.reader import read_plan


@click.group("plans")
def plans_commands() -> None:
    """方案：列表、试读、导入。"""


@plans_commands.command("list")
@json_option
@with_app
def list_plans(as_json: bool) -> None:
    """列出全部方案。"""
    rows = queries.plan_rows()
    if as_json:
        write_json([vars(row) for row in rows])
        return
    for row in rows:
        click.echo(f"{row.id}\t{row.doc_number}\t{row.tasks} 项任务\t{row.state}\t{row.title}")


@plans_commands.command("read")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def read(file: Path, as_json: bool) -> None:
    """试读一份文件，不写入任何内容。"""
    draft = read_plan(read_document(file.name, file.read_bytes()))
    if as_json:
        write_json(document_json(draft))
        return
    click.echo(f"{draft.head.doc_number} {draft.head.title}")
    for task in draft.tasks:
        click.echo(f"{task.number}\t{task.deadline.raw}\t{'、'.join(p.printed for p in task.parties)}\t{task.text}")
    for problem in draft.problems:
        click.echo(f"第 {problem.line_from}–{problem.line_to} 行：{problem.message}", err=True)


@plans_commands.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--publish", is_flag=True, help="导入后立即发布并交办到各单位")
@with_app
def import_plan(file: Path, publish: bool) -> None:
    """导入一份方案。"""
    text = read_document(file.name, file.read_bytes())
    draft = read_plan(text)
    with transaction():
        at = clock.now()
        plan = operations.create_plan(SYSTEM, at, draft, filename=file.name, text=text, settings=PlanSettings())
        handed_out = assignments.publish(SYSTEM, at, plan) if publish else 0
    click.echo(f"已导入 {plan.doc_number}：{len(draft.tasks)} 项任务，{len(draft.problems)} 处提示。")
    if publish:
        click.echo(f"已发布，交办 {handed_out} 个责任事项。")
