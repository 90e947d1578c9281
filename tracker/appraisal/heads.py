"""What every paper of a year begins with: which bureau's it is, of which year, from when to when."""

from dataclasses import dataclass
from datetime import date

from tracker.appraisal.altered import scheme_named
from tracker.appraisal.models import Appraisal


@dataclass(frozen=True)
class Head:
    """The bureau in full as the document prints it, the year's title with the document's number, and its period."""

    bureau: str
    title: str
    starts_on: date
    ends_on: date

    @property
    def term(self) -> str:
        """The period as papers in the document's language write it."""
        return f"考评周期 {self.starts_on.isoformat()} 至 {self.ends_on.isoformat()}"

    @property
    def lines(self) -> tuple[str, str]:
        """What stands below a paper's own title."""
        return self.title, self.term


def head_of(found: Appraisal) -> Head:
    """Return the head of a year's papers."""
    scheme = scheme_named(found).scheme
    return Head(scheme.issuer, f"{found.title}（{scheme.doc_number}）", found.starts_on, found.ends_on)
