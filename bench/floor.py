"""The floor: the barest Flask application that shows the same rows in as many bytes, and takes one form.

One query per page with the joins the page needs, one Jinja template, an insert per form; no session, no
permissions, no history. What Tracker costs above it is the price of being Tracker.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask, redirect, render_template, request
from sqlalchemy import Date, Engine, Row, bindparam, create_engine, event, text
from werkzeug.wrappers import Response

COLUMNS = 20
SIZE = 100
LIVE = "('pending_receipt', 'in_progress', 'under_review', 'returned')"

OVERDUE = f"""
SELECT a.id, t.number, t.text, o.name, a.due_on, a.status, u.name AS contact, u.phone, o.phone AS unit_phone
FROM assignment a JOIN task t ON t.id = a.task_id JOIN organization o ON o.id = a.unit_id
JOIN plan p ON p.id = a.plan_id AND p.state = 'published'
LEFT JOIN user_account u ON u.id = (
  SELECT min(c.id) FROM user_account c
  WHERE c.unit_id = a.unit_id AND {{active}} AND c.role IN ('clerk', 'office', 'reviewer')
)
WHERE a.due_on < :day AND a.status IN {LIVE}
ORDER BY a.due_on, a.id LIMIT {SIZE}
"""

MATRIX = f"""
SELECT a.id, a.task_id, t.number, t.text, t.due_on, s.title, o.name, o.short_name, a.status, a.completed_on
FROM (
  SELECT id, name, short_name, position FROM organization WHERE kind = 'district_bureau'
  ORDER BY position LIMIT {COLUMNS}
) o
JOIN assignment a ON a.district_id = o.id AND a.level = 'district_bureau' AND a.plan_id = 1
JOIN task t ON t.id = a.task_id LEFT JOIN section s ON s.id = t.section_id
ORDER BY t.position, o.position
"""

SUMS = """
SELECT a.district_id, count(*) AS total, sum(CASE WHEN a.due_on < :day THEN 1 ELSE 0 END) AS due,
  sum(CASE WHEN a.status = 'completed' THEN 1 ELSE 0 END) AS completed,
  sum(CASE WHEN a.due_on < :day AND a.status = 'completed' THEN 1 ELSE 0 END) AS completed_due,
  sum(CASE WHEN a.status = 'completed' AND a.completed_on > a.due_on THEN 1 ELSE 0 END) AS late
FROM assignment a
WHERE a.plan_id = 1 AND a.level = 'district_bureau' AND a.status NOT IN ('exempt', 'withdrawn')
GROUP BY a.district_id
"""

BOARD = f"""
SELECT o.name, o.id, r.total, r.due, r.completed, r.completed_due, r.late
FROM ({SUMS}) r JOIN organization o ON o.id = r.district_id
ORDER BY r.completed_due - r.due DESC, o.position LIMIT {SIZE}
"""

TO_DO = """
SELECT a.id, t.number, t.text, a.due_on, t.deadline_raw, a.status, a.completed_on, a.progress
FROM assignment a JOIN task t ON t.id = a.task_id
WHERE a.unit_id = :unit AND a.status IN ('pending_receipt', 'in_progress')
ORDER BY a.due_on, a.task_id LIMIT 100
"""

FILE = text("""
INSERT INTO floor_report (assignment_id, situation, progress, done, problems, next_steps, help_needed)
VALUES (:assignment_id, :situation, :progress, :done, :problems, :next_steps, :help_needed)
""")
STATUS_TEXT = {
    "pending_receipt": "待签收",
    "in_progress": "办理中",
    "under_review": "待审核",
    "returned": "退回修改",
    "completed": "已办结",
}
FIELDS = ("situation", "progress", "done", "problems", "next_steps", "help_needed")

Rows = Sequence[Row[Any]]


def _dated(statement: str, *dates: str) -> Any:
    """Return the statement with these columns read as dates, and its day sent as one."""
    made = text(statement).columns(**dict.fromkeys(dates, Date))
    return made.bindparams(bindparam("day", type_=Date)) if ":day" in statement else made


def _statements(dialect: str) -> dict[str, Any]:
    """Return the query of each page, in the words with which the database uses the partial index of users."""
    return {
        "overdue": _dated(OVERDUE.format(active="c.active = 1" if dialect == "sqlite" else "c.active"), "due_on"),
        "matrix": _dated(MATRIX, "due_on", "completed_on"),
        "board": _dated(BOARD),
        "todo": _dated(TO_DO, "due_on", "completed_on"),
    }


def create_floor(address: str, day: date, unit: int) -> Flask:
    """Return the bare application on a database that Tracker made; `unit` is whose to-do list it shows."""
    app = Flask("bench", root_path=str(Path(__file__).parent))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["status_text"] = STATUS_TEXT
    engine = _engine(address)
    statements = _statements(engine.dialect.name)

    def rows(page: str, **values: object) -> Rows:
        with engine.connect() as connection:
            return connection.execute(statements[page], values).all()

    @app.get("/overdue")
    def overdue() -> str:
        return render_template("overdue.html", rows=rows("overdue", day=day), day=day)

    @app.get("/matrix")
    def matrix() -> str:
        found: dict[int, list[Row[Any]]] = {}
        for row in rows("matrix"):
            found.setdefault(row.task_id, []).append(row)
        return render_template("matrix.html", tasks=list(found.values()), day=day)

    @app.get("/scores")
    def board() -> str:
        return render_template("board.html", rows=rows("board", day=day), day=day)

    @app.get("/todo")
    def todo() -> str:
        return render_template("todo.html", rows=rows("todo", unit=unit), day=day)

    @app.get("/report/<int:number>")
    def form(number: int) -> str:
        return render_template("form.html", number=number)

    @app.post("/report/<int:number>")
    def file(number: int) -> Response:
        values = {name: request.form.get(name, "") for name in FIELDS}
        with engine.begin() as connection:
            connection.execute(FILE, {"assignment_id": number, **values})
        return redirect(f"/report/{number}", 303)

    return app


def sums(engine: Engine, day: date) -> Rows:
    """Return every district's sums by the bare GROUP BY: what a score costs at least."""
    with engine.connect() as connection:
        return connection.execute(_dated(SUMS), {"day": day}).all()


def connected(address: str) -> Engine:
    """Return an engine of a database that Tracker made, set up as Tracker sets up its own."""
    return _engine(address)


def prepare(address: str) -> None:
    """Add the one table that the form writes to."""
    engine = _engine(address)
    columns = ", ".join(f"{name} TEXT" for name in FIELDS if name != "progress")
    with engine.begin() as connection:
        key = "INTEGER PRIMARY KEY" if engine.dialect.name == "sqlite" else "SERIAL PRIMARY KEY"
        connection.execute(
            text(f"CREATE TABLE floor_report (id {key}, assignment_id INTEGER, progress VARCHAR(10), {columns})")
        )
    engine.dispose()


def _engine(address: str) -> Engine:
    engine = create_engine(address)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    """Set SQLite up as Tracker does, so that a commit costs the same."""
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")
