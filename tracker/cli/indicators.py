"""tracker indicators: the statistical form, its answers and tables."""

import click

from tracker.cli.indicator_rounds import answer_command, check_command, table_command
from tracker.cli.session import json_option, write_json
from tracker.indicators.forms import UnknownForm, known_form
from tracker.rules.indicators.document import form_json, message
from tracker.rules.indicators.form import Form, Indicator


@click.group("indicators")
def indicators_commands() -> None:
    """指标表：表式、填报、汇总。"""


indicators_commands.add_command(table_command)
indicators_commands.add_command(check_command)
indicators_commands.add_command(answer_command)


@indicators_commands.command("form")
@click.argument("name", default="shanghai-112")
@json_option
def form(name: str, as_json: bool) -> None:
    """列出一份指标表：每项指标的空格、条件，以及表里的疑点。"""
    try:
        known = known_form(name)
    except UnknownForm as unknown:
        raise click.ClickException(str(unknown)) from unknown
    if as_json:
        write_json(form_json(known.form, known.terms, known.problems))
        return
    blanks = sum(len(each.blanks) for each in known.form.indicators)
    click.echo(f"{known.form.title}：{len(known.form.indicators)} 项指标，{blanks} 个空格")
    for each in known.form.indicators:
        click.echo(f"{each.code}\t{_where(known.form, each)}\t{each.question}\t{each.cell}")
    for problem in known.problems:
        click.echo(f"第 {problem.line_from}–{problem.line_to} 行：{message(problem)}", err=True)


def _where(form: Form, indicator: Indicator) -> str:
    sub_task = f"S{indicator.sub_task:02}" if indicator.sub_task is not None else "—"
    return f"P{indicator.content} {sub_task}"
