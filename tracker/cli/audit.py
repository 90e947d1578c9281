"""tracker audit: whether the record is whole, and its newest hash."""

import click

from tracker.audit import queries
from tracker.audit.verification import Verdict
from tracker.cli.session import json_option, with_app, write_json
from tracker.db import db


@click.group("audit")
def audit_commands() -> None:
    """审计记录：核验、链头。"""


@audit_commands.command("verify")
@json_option
@with_app
def verify(as_json: bool) -> None:
    """沿校验链核验全部审计记录，指出第一条被改动、删除、插入或截去的。"""
    verdict = queries.verify()
    if as_json:
        write_json(_told(verdict))
    else:
        for note in verdict.notes:
            click.echo(f"注意：{note}", err=True)
    if verdict.finding:
        raise ValueError(f"审计记录不完整：{verdict.finding.words}。请保全数据库和日志，并报告审计员。")
    if not as_json:
        click.echo(verdict.words)


def _told(verdict: Verdict) -> dict[str, object]:
    found = verdict.finding
    return {
        "ok": found is None,
        "entries": verdict.entries,
        "before_chain": verdict.early,
        "head": {"number": verdict.head.number, "hash": verdict.head.hash},
        "finding": found and {"kind": found.wrong.value, "number": found.number, "message": found.words},
        "notes": list(verdict.notes),
    }


@audit_commands.command("head")
@json_option
@with_app
def head(as_json: bool) -> None:
    """显示链头：最新一条的编号和校验值，可抄录或寄存到别处。"""
    found = queries.head()
    db.session.rollback()
    if found is None:
        raise LookupError("还没有审计记录。")
    if as_json:
        write_json({"number": found.number, "hash": found.hash})
    else:
        click.echo(f"{found.number}\t{found.hash}")
