"""The command line: one call deep, one JSON document on standard output, refusals in one Chinese line."""

import sys

import click

from tracker.cli.appraisal import appraisal_commands
from tracker.cli.assignments import assignments_command
from tracker.cli.audit import audit_commands
from tracker.cli.backups import backup_command, restore_command
from tracker.cli.check import check_command
from tracker.cli.database import db_commands
from tracker.cli.indicators import indicators_commands
from tracker.cli.letters import deliver_command, remind_command
from tracker.cli.plans import plans_commands
from tracker.cli.score_events import compare_command, events_command
from tracker.cli.scores import scores_commands
from tracker.cli.seed import seed_command
from tracker.cli.serve import scheduler_command, serve_command
from tracker.cli.session import REFUSALS, refusal
from tracker.cli.users import users_commands
from tracker.cli.workdays import workdays_commands


@click.group()
def tracker() -> None:
    """督办台账：把实施方案落实到每个单位，到期提醒、填报审核、逾期亮灯、得分排名。"""


for command in (
    appraisal_commands,
    assignments_command,
    backup_command,
    restore_command,
    audit_commands,
    check_command,
    db_commands,
    deliver_command,
    plans_commands,
    indicators_commands,
    remind_command,
    scheduler_command,
    scores_commands,
    seed_command,
    serve_command,
    users_commands,
    workdays_commands,
):
    tracker.add_command(command)

for command in (events_command, compare_command):
    scores_commands.add_command(command)


def main() -> None:
    """Run the command line; a refusal is one line and exit code 1, never a traceback."""
    try:
        tracker(prog_name="tracker")
    except REFUSALS as error:
        click.echo(refusal(error), err=True)
        sys.exit(1)
