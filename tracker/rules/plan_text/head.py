"""Read the head and the foot of an official document: number, titles, issuer, dates, recipients."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from tracker.rules.calendar import exact_date
from tracker.rules.plan_text.blocks import Block, Mark
from tracker.rules.plan_text.drafts import DocumentHead, ReferenceDraft
from tracker.rules.plan_text.labels import Label
from tracker.rules.plan_text.lines import fold, squash
from tracker.rules.plan_text.source import Source
from tracker.rules.plan_text.units import split

DOC_NUMBER = re.compile(r"[\u4e00-\u9fff]{2,15}\s?[\[(]\s?([0-9]{4})\s?[\])]\s?第?\s?[0-9]{1,5}\s?号")
OPENNESS = ("主动公开", "依申请公开", "不予公开")
NOTICE = re.compile(r"关于印发《(.{2,200})》的通知$")
REFERENCE = re.compile(
    r"《([^\n]{2,160}?)》\s?\(("
    + DOC_NUMBER.pattern
    + r")\)(?:\((?:以下|下)?简?称:?《([^《》]{1,40})》\))?([^。]{0,60})"
)
REVIEW = re.compile("总结|回顾|情况(?:的)?报告|完成情况")
"""A document that looks back; what is issued beside it looks ahead."""

DATED = re.compile(r"[0-9]{4}\s?年\s?[0-9]{1,2}\s?月\s?[0-9]{1,2}\s?日")
HEAD_BLOCKS = 60
"""A head never needs more blocks than this."""


def read_head(source: Source) -> DocumentHead:
    """Read what a document says about itself."""
    opening = _opening(source.blocks)
    plain = [block for block in opening if block.mark is Mark.PLAIN]
    number = next((block for block in plain if DOC_NUMBER.fullmatch(fold(block.text))), None)
    notice = next((block for block in plain if NOTICE.search(squash(block.text))), None)
    issued = next((block for block in source.blocks if block.mark is Mark.DATE), None)
    title = _title(source.blocks, plain, notice, issued)
    signature = _above(source.blocks, issued)
    printing = next((block for block in reversed(source.blocks) if block.mark is Mark.PRINTED), None)
    printer = _above(source.blocks, printing)
    openness = next((block for block in plain if squash(block.text).endswith(OPENNESS)), None)
    addressed = next((block for block in plain if _addresses(block, after=notice or title)), None)
    copied = next((block for block in source.blocks if block.label is Label.COPIES), None)
    references = tuple(_references(source.blocks, number))
    found = {
        "doc_number": number, "title": title, "notice_title": notice, "issuer": signature, "issued_on": issued,
        "printed_on": printing, "printed_by": printer, "openness": openness, "addressees": addressed,
        "copied_to": copied,
    }  # fmt: skip
    return DocumentHead(
        doc_number=official_number(_text(number)),
        title=_text(title) or quoted_title(_text(notice)) or _text(notice),
        notice_title=_text(notice),
        issuer=_text(signature) or _letterhead(plain),
        issued_on=exact_date(issued.text) if issued else None,
        printed_on=_date_in(printing.text) if printing else None,
        printed_by=_text(printer),
        openness=next((word for word in OPENNESS if squash(_text(openness)).endswith(word)), ""),
        addressees=_names(addressed),
        copied_to=_names(copied),
        parent=_parent(references, _text(title) or _text(notice)),
        references=references,
        lines={name: block.line_from for name, block in found.items() if block},
    )


def official_number(text: str) -> str:
    """Write a document number the official way: 沪司发〔2021〕11号."""
    squashed = squash(text).replace("第", "")
    return re.sub(r"[\[(]([0-9]{4})[\])]", r"〔\1〕", squashed)


def quoted_title(notice: str) -> str:
    """Give the title that "关于印发《…》的通知" quotes, the plan's where it quotes two, empty where it quotes none."""
    match = NOTICE.search(fold(notice))
    if not match:
        return ""
    quoted = notice[match.start(1) : match.end(1)]
    if re.search("[《》]", quoted + "《")[0] == "《":  # type: ignore[index]
        return quoted
    titles = re.split(r"》\s*[和、及与]?\s*《", quoted)
    return next((title for title in titles if not REVIEW.search(title)), titles[-1])


def same_title(a: str, b: str) -> bool:
    """Tell whether two titles differ in nothing but spaces, width and kind of quotation marks."""
    return squash(a) == squash(b)


def _opening(blocks: Sequence[Block]) -> list[Block]:
    """Give the blocks before the first numbered heading."""
    opening: list[Block] = []
    for block in blocks[:HEAD_BLOCKS]:
        if block.mark in (Mark.PART, Mark.STEP, Mark.ITEM):
            break
        opening.append(block)
    return opening


def _title(blocks: Sequence[Block], plain: list[Block], notice: Block | None, issued: Block | None) -> Block | None:
    """Find the plan's own title: the one the notice quotes, or the heading under the date of the notice."""
    wanted = quoted_title(_text(notice))
    whole = (block for block in blocks if wanted and block.mark is Mark.PLAIN)
    if quoted := next((block for block in whole if same_title(block.text, wanted)), None):
        return quoted
    below = (block for block in plain if issued and block.line_from > issued.line_to)
    return next((block for block in below if not block.text.endswith(("。", "：", ":"))), None)


def _above(blocks: Sequence[Block], below: Block | None) -> Block | None:
    """Give the name written directly over a date or a note of printing."""
    if below is None:
        return None
    place = blocks.index(below)
    return blocks[place - 1] if place and blocks[place - 1].mark is Mark.SIGNATURE else None


def _letterhead(plain: list[Block]) -> str:
    """Give the name over the document number, for a document without signature."""
    lines = (re.sub(r"文件$", "", block.text) for block in plain[:4])
    return next((line for line in lines if line.endswith(("局", "厅", "部", "委员会", "政府", "办公室"))), "")


def _addresses(block: Block, after: Block | None) -> bool:
    return after is not None and block.line_from > after.line_from and fold(block.text).endswith(":")


def _names(block: Block | None) -> tuple[str, ...]:
    text = re.sub(r"[：:。.]$", "", block.text) if block else ""
    return tuple(name for name in split(text, frozenset(",;、")) if name)


def _date_in(text: str) -> date | None:
    match = DATED.search(fold(text))
    return exact_date(match[0]) if match else None


def _references(blocks: Iterable[Block], own: Block | None) -> Iterator[ReferenceDraft]:
    """Find other documents that running text names with title and number."""
    for block in blocks:
        if block is own or block.mark is Mark.LABEL:
            continue
        for match in REFERENCE.finditer(block.folded):
            title = block.text[match.start(1) : match.end(1)].rpartition("《")[2]
            issued_on = _date_in(match[5]) if "印发" in match[5] else None
            yield ReferenceDraft(title, official_number(match[2]), match[4] or "", issued_on, block.line_from)


def _parent(references: Sequence[ReferenceDraft], title: str) -> ReferenceDraft | None:
    """Give the document that the title says is carried out."""
    return next((reference for reference in references if squash(reference.title) in squash(title)), None)


def _text(block: Block | None) -> str:
    return block.text if block else ""
