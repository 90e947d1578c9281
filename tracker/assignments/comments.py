"""Remarks on an assignment: anyone concerned may add one, a supervisor may hide one, nobody deletes any."""

from datetime import datetime

from sqlalchemy import select

from tracker.assignments.about import about
from tracker.assignments.models import Assignment, Comment
from tracker.assignments.queries import within
from tracker.audit import operations as audit
from tracker.db import db
from tracker.rules.permissions import Action, Actor, Forbidden, require
from tracker.rules.status import MoveRefused

LONGEST = 1000
LONGEST_REASON = 500


class CommentRefused(ValueError):
    """A remark, or a reason to hide one, that cannot be stored as it is; the message says how to mend it."""


def of(assignment_id: int) -> list[Comment]:
    """Return an assignment's remarks, the hidden ones as well."""
    return list(db.session.scalars(select(Comment).where(Comment.assignment_id == assignment_id).order_by(Comment.id)))


def get(comment_id: int) -> Comment | None:
    """Return a remark."""
    return db.session.get(Comment, comment_id)


def may_comment(actor: Actor, assignment_id: int) -> bool:
    """Tell whether the person takes part in the talk about an assignment."""
    found = select(Assignment.id).where(Assignment.id == assignment_id, within(actor, Action.COMMENT))
    return db.session.scalar(found) is not None


def add(actor: Actor, at: datetime, assignment_id: int, body: str) -> Comment:
    """Add a remark in plain text. Raise Forbidden or CommentRefused."""
    require(actor, Action.COMMENT)
    if not may_comment(actor, assignment_id):
        raise Forbidden("您只能查看此事项，不能在这里留言：留言由承办单位、审核处室、本区负责人和督办人员填写。")
    written = "\n".join(body.strip().splitlines())
    if not written:
        raise CommentRefused("请写明留言内容。")
    if len(written) > LONGEST:
        raise CommentRefused(f"留言最多 {LONGEST} 字，您写了 {len(written)} 字，请精简或分几次留言。")
    comment = Comment(
        assignment_id=assignment_id,
        body=written,
        at=at,
        author_id=actor.id,
        author_name=actor.name,
        author_unit=actor.unit_name,
    )
    db.session.add(comment)
    db.session.flush()  # its id goes on record
    assignment = db.session.get_one(Assignment, assignment_id)
    audit.record(actor, at, "add_comment", "comment", comment.id, f"{len(written)} 字", **about(assignment))
    return comment


def hide(actor: Actor, at: datetime, comment_id: int, reason: str) -> Comment:
    """Hide a remark from all but supervisors; its text stays. Raise Forbidden, CommentRefused or MoveRefused."""
    require(actor, Action.HIDE_COMMENT)
    comment = db.session.get_one(Comment, comment_id, with_for_update=True)
    if comment.hidden_at is not None:
        raise MoveRefused(f"这条留言已由{comment.hidden_by}隐藏，理由：{comment.hide_reason}")
    why = reason.strip()
    if not why:
        raise CommentRefused("隐藏留言必须写明理由，其他人会看到这条理由。")
    if len(why) > LONGEST_REASON:
        raise CommentRefused(f"理由最多 {LONGEST_REASON} 字，您写了 {len(why)} 字，请精简。")
    comment.hidden_at, comment.hidden_by, comment.hide_reason = at, actor.name, why
    assignment = db.session.get_one(Assignment, comment.assignment_id)
    audit.record(actor, at, "hide_comment", "comment", comment.id, why, **about(assignment))
    return comment
