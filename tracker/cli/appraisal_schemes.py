"""tracker appraisal scheme, add-scheme: what a scheme holds, and another year's scheme brought to the installation."""

from pathlib import Path

import click

from tracker import clock
from tracker.appraisal import schemes
from tracker.appraisal.schemes import KnownScheme, SchemeAltered, known_scheme
from tracker.cli.session import json_option, with_app, write_json
from tracker.db import transaction
from tracker.rules.appraisal.document import message, scheme_json
from tracker.rules.appraisal.scheme import Clause
from tracker.rules.permissions import SYSTEM

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("scheme")
@click.argument("name", default="songjiang-2021-19")
@json_option
@with_app
def scheme_command(name: str, as_json: bool) -> None:
    """列出一份考评方案的条款、计法和疑点。

    NAME 是方案名，不写即随系统带来的一份。每行依次是：条款代码、科室、计法、原文行号、原文；疑点列在标准错误里。

    \b
    计法：fix 扣一次  per 每次  subcap 每次，自有上限  tier 取最重一档  rank 按名次
          zero 本项不得分  disc 视情  add 加分  conv 折算  ext 随市局  double 加倍
    - 为扣，+ 为加，/次 为每次，≤ 为这一条的上限。
    """
    try:
        known = known_scheme(name)
    except SchemeAltered as altered:
        raise click.ClickException(f"{altered}。请从备份恢复。") from altered
    if as_json:
        write_json(scheme_json(known.scheme, known.terms, known.problems))
        return
    _tell(known)


@click.command("add-scheme")
@click.argument("name")
@click.argument("text", type=FILE)
@click.option("--companion", type=FILE, default=None, help="附属文件（JSON）：别名、择一、停用等原文以外的约定")
@click.option("--dry-run", is_flag=True, help="只读出来看，不存入")
@json_option
@with_app
def add_scheme_command(name: str, text: Path, companion: Path | None, dry_run: bool, as_json: bool) -> None:
    """存入另一年的考评方案，例如 add-scheme songjiang-2022 方案.txt --companion 约定.json。写法见 docs/schemes.md。"""
    new = schemes.read_new(name, text.read_bytes(), companion.read_bytes() if companion else None)
    if as_json:
        write_json(scheme_json(new.known.scheme, new.known.terms, new.known.problems))
    else:
        _tell(new.known)
    if dry_run:
        click.echo("只读出来看，没有存入。", err=True)
        return
    with transaction():
        added = schemes.add_scheme(SYSTEM, clock.now(), new)
    click.echo(f"已存入，名为 {name}。" if added else f"{name} 已经存入过，内容相同。", err=True)


def _tell(known: KnownScheme) -> None:
    found = known.scheme
    click.echo(f"{found.doc_number} {found.title}：{found.starts_on} 至 {found.ends_on}，{found.issued_on} 印发")
    for sheet, item, clause in found.clauses():
        owners = "、".join(sheet.units or item.owners)
        click.echo(f"{clause.code}\t{owners}\t{counted(clause)}\t第 {clause.line} 行\t{clause.quote}")
    for sheet in found.sheets:
        clauses = sum(len(item.clauses) for item in sheet.items)
        points = f"，表头 {sheet.points:f} 分，各项合计 {sheet.sum:f} 分" if sheet.points is not None else ""
        owners = "、".join(sheet.units)
        click.echo(f"{sheet.code}\t{owners}\t{len(sheet.items)} 项，{clauses} 条{points}\t第 {sheet.line} 行")
    click.echo(f"汇总：{known.terms.compiler}；文本 sha256 {known.sha256}")
    for problem in known.problems:
        click.echo(f"第 {problem.line} 行：{message(problem)}", err=True)


def counted(clause: Clause) -> str:
    """Say shortly how a clause counts: disc -1–2/次, at most 3."""
    if clause.points is None:
        return clause.kind
    sign = "+" if clause.gives else "-"
    range_ = f"{clause.least:f}–{clause.points:f}" if clause.least is not None else f"{clause.points:f}"
    unit = f"/{clause.unit}" if clause.unit else ""
    cap = f" ≤{clause.cap:f}" if clause.cap is not None else ""
    return f"{clause.kind} {sign}{range_}{unit}{cap}"
