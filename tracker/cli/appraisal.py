"""tracker appraisal: the annual appraisal, its scheme and its years."""

import click

from tracker.appraisal.schemes import KnownScheme, UnknownScheme, known_scheme
from tracker.cli.appraisal_year import enter_command, list_command, result_command, sheet_command
from tracker.cli.session import json_option, write_json
from tracker.rules.appraisal.document import message, scheme_json
from tracker.rules.appraisal.scheme import Clause


@click.group("appraisal")
def appraisal_commands() -> None:
    """年度考评：考评方案、登记、考评表、结果。"""


for command in (list_command, enter_command, sheet_command, result_command):
    appraisal_commands.add_command(command)


@appraisal_commands.command("scheme")
@click.argument("name", default="songjiang-2021-19")
@json_option
def scheme(name: str, as_json: bool) -> None:
    """列出一份考评方案：各单位的项目、条款、分值和计法，以及文中的疑点。"""
    try:
        known = known_scheme(name)
    except UnknownScheme as unknown:
        raise click.ClickException(str(unknown)) from unknown
    if as_json:
        write_json(scheme_json(known.scheme, known.terms, known.problems))
        return
    _tell(known)


def _tell(known: KnownScheme) -> None:
    found = known.scheme
    click.echo(f"{found.doc_number} {found.title}：{found.starts_on} 至 {found.ends_on}，{found.issued_on} 印发")
    for sheet, item, clause in found.clauses():
        owners = "、".join(sheet.units or item.owners)
        click.echo(f"{clause.code}\t{owners}\t{counted(clause)}\t第 {clause.line} 行\t{clause.quote}")
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
