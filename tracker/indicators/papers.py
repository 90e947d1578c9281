"""Fills the printed form in: the paper of one unit, and the paper of the whole round with totals in its blanks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.indicators.forms import KnownForm
from tracker.indicators.models import Round
from tracker.indicators.queries import Sheet
from tracker.indicators.tables import City
from tracker.people import queries as people
from tracker.rules.indicators.form import Indicator
from tracker.rules.indicators.layout import Filling, Piece, PrintedTable, filled, layout, of_unit, preamble


@dataclass(frozen=True)
class Paper:
    """The form as it is printed: what stands above its tables, the cover line, the tables, what is in the blanks.

    `remark` says what holds for the whole paper: that it is a draft, or which units are missing.
    """

    above: Sequence[str]
    title: str
    term: str
    cover: Sequence[tuple[str, str]]
    remark: str
    tables: Sequence[PrintedTable]
    filling: Filling

    def pieces(self, indicator: Indicator) -> tuple[Piece, ...]:
        """Return an answer cell as it is printed."""
        return filled(indicator, self.filling)


def of_sheet(sheet: Sheet) -> Paper:
    """Return the paper of a unit; the persons stand on the cover line, not in the table (X0-14)."""
    cover = (
        ("填报单位", sheet.unit),
        ("填报人", sheet.prepared_by),
        ("审核人", sheet.checked_by),
        ("联系电话", sheet.phone),
        ("日期", _day(sheet.submitted_on)),
    )
    remark = "" if sheet.submitted_on else "尚未上报，以下为填写中的数据。"
    return _paper(sheet.known, sheet.round, cover, remark, of_unit(sheet.answers))


def of_city(found: City, day: date) -> Paper:
    """Return the paper of a round with the totals of the units that submitted in its blanks."""
    now, totals = found.now, found.now.totals
    cover = (("填报单位", now.issuer), ("填报人", ""), ("审核人", ""), ("联系电话", ""), ("日期", _day(day)))
    counted = f"汇总 {len(now.submitted)} 个单位，应报 {len(now.sheets)} 个。"
    missing = f"未报：{'、'.join(sheet.unit for sheet in now.missing)}。" if now.missing else ""
    remark = f"{counted}{missing}“是或否”之后为填“是”的单位数/作答的单位数。"

    def filling(key: str, _: object) -> str:
        return totals[key].total.text if totals[key].total.counted else ""

    return _paper(now.known, now.round, cover, remark, filling)


def _paper(known: KnownForm, held: Round, cover: Sequence[tuple[str, str]], remark: str, filling: Filling) -> Paper:
    above = [line for line in preamble(known.text) if line != known.form.title]
    term = f"{held.title}（{held.year}年度）"
    remark += "演示环境，数据均为虚构。" if people.marker("demo_history") else ""
    return Paper(above, known.form.title, term, cover, remark, layout(known.text, known.form), filling)


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
