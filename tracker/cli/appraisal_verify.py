"""tracker appraisal verify: whether a frozen year is whole, and the record and the files still say what it says."""

import click
from flask import current_app

from tracker.appraisal import freezing
from tracker.cli.appraisal_year import leading, wanted_year, year_option
from tracker.cli.session import json_option, with_app, write_json

NOT_FROZEN = 2
"""The exit code where the year is not approved yet: neither consistent nor altered."""


@click.command("verify")
@year_option
@json_option
@with_app
def verify_command(year_id: int | None, as_json: bool) -> None:
    """核验审定封存的考评结果：校验码、审计记录、登记、决定、市局扣分和附件是否与封存时一致。

    退出码：0 一致；1 有不一致，逐处列明；2 还没有审定。
    """
    year = wanted_year(year_id)
    found = freezing.verify(leading(year), year.id, current_app.config["TRACKER_DATA_DIR"])
    sealed = found.sealed
    if as_json:
        looked = {"units": found.units, "entries": found.entries, "files": found.files}
        told = [{"message": each.words, "follows": each.follows} for each in found.found]
        sha256 = sealed.sha256 if sealed else None
        write_json({"year": year.id, "sha256": sha256, "ok": found.agrees, "looked_at": looked, "differences": told})
    for difference in [] if as_json else found.found:
        click.echo(difference.words)
    if found.found:
        raise ValueError(f"{year.title}核验不一致：{len(found.found)} 处。请保全数据库和文件，并用备份恢复。")
    if sealed is None:
        click.echo(f"{year.title}还没有审定封存，没有可核验的结果。", err=True)
        raise click.exceptions.Exit(NOT_FROZEN)
    if not as_json:
        counted = f"{found.units} 个科室、{found.entries} 条登记、{found.files} 份附件"
        click.echo(f"一致：{year.title}，{sealed.day} 审定，sha256 {sealed.sha256}；{counted}。")
