"""tracker appraisal verify: whether a frozen year is whole, and the record and the files still say what it says."""

import click
from flask import current_app

from tracker.appraisal import freezing
from tracker.cli.appraisal_year import leading, wanted_year, year_option
from tracker.cli.session import json_option, with_app, write_json

NOT_FROZEN = 2
"""The exit code where no approval stands: neither consistent nor altered."""


@click.command("verify")
@year_option
@json_option
@with_app
def verify_command(year_id: int | None, as_json: bool) -> None:
    """核验审定封存的考评结果：校验码、审计记录、登记、决定、市局扣分和附件是否与封存时一致。

    重新审定过的，此前各版的校验码和审计记录一并核验。退出码：0 一致；1 有不一致，逐处列明；2 现在没有审定的结果。
    """
    year = wanted_year(year_id)
    found = freezing.verify(leading(year), year.id, current_app.config["TRACKER_DATA_DIR"])
    sealed = found.sealed
    if as_json:
        looked = {"units": found.units, "entries": found.entries, "files": found.files}
        told = [{"message": each.words, "follows": each.follows} for each in found.found]
        sha256 = sealed.sha256 if sealed else None
        kept = [
            {"version": each.row.number, "sha256": each.row.sha256, "ok": not each.differs} for each in found.earlier
        ]
        write_json(
            {
                "year": year.id,
                "sha256": sha256,
                "ok": found.agrees,
                "looked_at": looked,
                "differences": told,
                "earlier": kept,
            }
        )
    for difference in [] if as_json else found.found:
        click.echo(difference.words)
    if found.found:
        raise ValueError(f"{year.title}核验不一致：{len(found.found)} 处。请保全数据库和文件，并用备份恢复。")
    earlier = f" {len(found.earlier)} 版封存都相符"
    if sealed is None:
        state = f"正在重新审定；此前审定的{earlier}" if found.earlier else "还没有审定封存，没有可核验的结果"
        click.echo(f"{year.title}{state}。", err=True)
        raise click.exceptions.Exit(NOT_FROZEN)
    if not as_json:
        counted = f"{found.units} 个科室、{found.entries} 条登记、{found.files} 份附件"
        counted += f"；此前审定的{earlier}" if found.earlier else ""
        click.echo(f"一致：{year.title}，{sealed.day} 审定，sha256 {sealed.sha256}；{counted}。")
