"""Finds which rows of which tables speak of some rows, whatever room the tables belong to."""

from collections.abc import Collection, Iterator

from sqlalchemy import ForeignKeyConstraint, Select, Table, exists, select

from tracker.db import Base, db


def tables_about(target: str) -> Iterator[tuple[Table, ForeignKeyConstraint]]:
    """Yield every table with a key to another one, and the key."""
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            if key.referred_table.name == target:
                yield table, key


def referring(target: str, ids: Select[int] | Collection[int], but: Collection[str]) -> list[str]:
    """Return the tables, save some, in which a row speaks of one of some rows. A query for each table."""
    return [table.name for table, key in tables_about(target) if table.name not in but and _any(table, key, ids)]


def _any(table: Table, key: ForeignKeyConstraint, ids: Select[int] | Collection[int]) -> bool:
    column = table.c[key.column_keys[0]]
    return bool(db.session.scalar(select(exists().where(column.in_(ids)))))
