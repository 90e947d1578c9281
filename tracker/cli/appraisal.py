"""tracker appraisal: the annual appraisal, its scheme and its years."""

import click

from tracker.cli.appraisal_schemes import add_scheme_command, scheme_command
from tracker.cli.appraisal_verify import verify_command
from tracker.cli.appraisal_year import enter_command, list_command, result_command, sheet_command


@click.group("appraisal")
def appraisal_commands() -> None:
    """年度考评：考评方案、登记、考评表、结果。

    先用 scheme 看条款代码、list 看考评编号，再用 enter 登记，用 sheet 和 result 看得分。
    开始、自评、测评、汇总、审定和公布在页面上办理。
    """


COMMANDS = (
    scheme_command,
    add_scheme_command,
    list_command,
    enter_command,
    sheet_command,
    result_command,
    verify_command,
)

for command in COMMANDS:
    appraisal_commands.add_command(command)
