"""tracker plans: list, read, import, publish, and the units that join or leave later."""

import json
from collections.abc import Iterable
from pathlib import Path

import click

from tracker import clock
from tracker.assignments import operations as assignments
from tracker.cli.session import json_option, record_number, with_app, write_json
from tracker.db import transaction
from tracker.people import queries as people
from tracker.plans import creation, operations, queries
from tracker.plans.noting import noted
from tracker.plans.readers import Reading, read_document
from tracker.plans.settings import PlanSettings, Source
from tracker.rules.permissions import SYSTEM
from tracker.rules.plan_text.document import document_json
from tracker.rules.plan_text.drafts import Certainty, PlanDraft, Problem, TaskDraft
from tracker.rules.plan_text.patches import Patch, PatchRefused, apply_patches
from tracker.rules.plan_text.reader import read_plan
from tracker.rules.plan_text.rule_texts import RULE_TEXT


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


patches_option = click.option(
    "--patches",
    "patch_file",
    type=click.Path(path_type=Path),
    help="更正文件：JSON 列表，每条含 line、old、new、reason、author",
)


def _patches(file: Path | None) -> list[Patch]:
    if file is None:
        return []
    try:
        return [_patch(**entry) for entry in json.loads(file.read_text(encoding="utf-8"))]
    except (TypeError, ValueError) as error:
        raise PatchRefused(
            f"更正文件 {file.name} 读不懂：应为 JSON 列表，每条含 line、old、new、reason、author。"
        ) from error


def _patch(**entry: object) -> Patch:
    wanted = {"line": int, "old": str, "new": str, "reason": str, "author": str}
    if entry.keys() != wanted.keys() or not all(isinstance(entry[name], kind) for name, kind in wanted.items()):
        raise TypeError
    return Patch(**entry)  # type: ignore[arg-type]


def _read(file: Path, patches: list[Patch]) -> tuple[Reading, PlanDraft]:
    """Return what a document says as it came, and what it says as corrected."""
    reading = read_document(file.name, file.read_bytes())
    # Only "\n" ends a line here: a cell keeps breaks of its own, which splitlines() would take for lines.
    text = "\n".join(apply_patches(reading.text.split("\n"), patches)) if patches else reading.text
    return reading, noted(reading, read_plan(text))


def _show(problems: Iterable[Problem]) -> None:
    for problem in problems:
        click.echo(f"第 {problem.line_from}–{problem.line_to} 行：{problem.message}", err=True)


FIELDS = {
    "text": "任务", "lead": "牵头单位", "responsible": "责任单位", "cooperating": "配合单位", "deadline": "完成时间",
    "proposed": "建议单位",
}  # fmt: skip


def _show_doubts(tasks: Iterable[TaskDraft]) -> None:
    """Say which fields a person has to confirm, and why."""
    for task in tasks:
        for field, evidence in task.evidence.items():
            if evidence.certainty is not Certainty.DOUBTFUL:
                continue
            named = "、".join(party.printed for party in task.proposed) if field == "proposed" else ""
            why = evidence.why or RULE_TEXT.get(evidence.rule, "")
            click.echo(
                f"第 {task.number} 项{FIELDS.get(field, field)}{named and f'（{named}）'}待确认：{why}", err=True
            )


@plans_commands.command("read")
@click.argument("file", type=click.Path(path_type=Path))
@patches_option
@json_option
def read(file: Path, patch_file: Path | None, as_json: bool) -> None:
    """试读一份文件，不写入任何内容。"""
    draft = _read(file, _patches(patch_file))[1]
    if as_json:
        write_json(document_json(draft))
        return
    click.echo(f"{draft.head.doc_number} {draft.head.title}")
    for task in draft.tasks:
        click.echo(f"{task.number}\t{task.deadline.raw}\t{'、'.join(p.printed for p in task.parties)}\t{task.text}")
    for goal in draft.years:
        click.echo(f"{goal.year}年\t{goal.name}\t{goal.text}")
    _show_doubts(draft.tasks)
    _show(draft.problems)


@plans_commands.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--publish", is_flag=True, help="导入后立即发布并交办到各单位")
@click.option("--owner", default="", help="方案主办处室：任务没有列明处室时由它审核")
@click.option("--counter-reviewer", default="", help="审核主办处室自己事项的处室")
@click.option("--unscored", is_flag=True, help="只看完成情况，不计分（文件没有规定分值的方案）")
@patches_option
@with_app
def import_plan(
    file: Path, publish: bool, owner: str, counter_reviewer: str, unscored: bool, patch_file: Path | None
) -> None:
    """导入一份方案；不加 --publish 时只存为草稿。"""
    patches = _patches(patch_file)
    reading, draft = _read(file, patches)
    settings = PlanSettings(owner=owner, counter_reviewer=counter_reviewer, scored=not unscored)
    with transaction():
        plan = creation.create_plan(
            SYSTEM, clock.now(), draft, source=Source(file.name, reading.text), settings=settings, patches=patches
        )
        handed_out = assignments.publish(SYSTEM, clock.now(), plan) if publish else 0
    _show(draft.problems)
    click.echo(f"已导入 {plan.doc_number}（编号 {plan.id}）：{len(draft.tasks)} 项任务，{len(draft.problems)} 处提示。")
    if publish:
        click.echo(f"已发布，交办 {handed_out} 个责任事项。")
    else:
        click.echo(
            f"尚未发布：核对后运行 tracker plans publish {plan.id}，或用 tracker plans remove {plan.id} 删除草稿。"
        )


@plans_commands.command("publish")
@click.argument("plan_id", type=record_number)
@with_app
def publish_plan(plan_id: int) -> None:
    """发布草稿，交办到各单位。"""
    with transaction():
        handed_out = assignments.publish(SYSTEM, clock.now(), queries.known(plan_id))
    click.echo(f"已发布，交办 {handed_out} 个责任事项。")


@plans_commands.command("remove")
@click.argument("plan_id", type=record_number)
@with_app
def remove_plan(plan_id: int) -> None:
    """删除尚未发布的草稿。"""
    with transaction():
        operations.remove_draft(SYSTEM, clock.now(), queries.known(plan_id))
    click.echo("草稿已删除。")


@plans_commands.command("join")
@click.argument("plan_id", type=record_number)
@click.argument("unit")
@with_app
def join(plan_id: int, unit: str) -> None:
    """发布后新增的单位：从业务日期起交办它应承担的任务。"""
    with transaction():
        handed_out = assignments.join_unit(SYSTEM, clock.now(), queries.known(plan_id), people.find_unit(unit))
    click.echo(f"已向 {unit} 交办 {handed_out} 个责任事项。")


@plans_commands.command("leave")
@click.argument("plan_id", type=record_number)
@click.argument("unit")
@click.option("--reason", required=True, help="理由，记入每个事项的办理过程")
@with_app
def leave(plan_id: int, unit: str, reason: str) -> None:
    """发布后退出的单位：从业务日期起撤销它未办结的事项。"""
    with transaction():
        withdrawn = assignments.leave_unit(SYSTEM, clock.now(), queries.known(plan_id), people.find_unit(unit), reason)
    click.echo(f"已撤销 {unit} 的 {withdrawn} 个未办结事项。")
