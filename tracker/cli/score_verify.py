"""tracker scores verify: whether the frozen score sheet is whole, and the record still says what it says."""

import click
from flask import current_app

from tracker.cli.session import json_option, plan_option, with_app, write_json
from tracker.plans import queries as plans
from tracker.plans.models import Plan
from tracker.rules.permissions import SYSTEM
from tracker.scoring import verification
from tracker.scoring.verification import Verification

NOT_FROZEN = 2
"""The exit code where there is no frozen sheet yet: neither consistent nor altered."""


@click.command("verify")
@plan_option
@json_option
@with_app
def verify_command(plan_id: int | None, as_json: bool) -> None:
    """核验定稿封存的得分表：校验码、审计记录、办理记录、填报、佐证文件和评分规则是否与封存时一致。

    退出码：0 一致；1 有不一致，逐处列明；2 还没有定稿。
    """
    plan = plans.scored(plan_id)
    found = verification.verify(SYSTEM, plan, current_app.config["TRACKER_DATA_DIR"])
    if as_json:
        write_json(_told(plan, found))
    for difference in [] if as_json else found.found:
        click.echo(difference.words)
    if not found.agrees:
        raise ValueError(f"{plan.doc_number} 核验不一致：{len(found.found)} 处。请保全数据库和文件，并报告审计员。")
    if found.sealed is None:
        click.echo(f"{plan.doc_number} 的得分还没有定稿封存，没有可核验的得分表。", err=True)
        raise click.exceptions.Exit(NOT_FROZEN)
    if not as_json:
        looked = found.looked
        click.echo(
            f"一致：{plan.doc_number}，{found.sealed.day} 定稿，sha256 {found.sealed.sha256}；"
            f"{looked['districts']} 个区局、{looked['lines']} 行、{looked['reports']} 份填报、"
            f"{looked['files']} 个佐证文件。"
        )


def _told(plan: Plan, found: Verification) -> dict[str, object]:
    sealed = found.sealed
    return {
        "plan": plan.doc_number,
        "frozen": sealed and {"day": sealed.day, "sha256": sealed.sha256, "at": sealed.at, "by": sealed.actor_name},
        "ok": found.agrees,
        "looked_at": found.looked,
        "differences": [
            {
                "where": difference.where,
                "what": difference.what,
                "before": difference.before,
                "after": difference.after,
                "follows": difference.follows,
                "message": difference.words,
            }
            for difference in found.found
        ],
    }
