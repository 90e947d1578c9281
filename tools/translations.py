"""Keep the catalogues: find every sentence of the interface, merge it into each language, compile.

`update` finds the sentences of tracker/, templates/ and the files beside appraisal schemes and merges them into
translations/<language>/messages.po, which a person then completes; `compile` writes the .mo files that the service
reads; `missing` lists what is not translated.
"""

import argparse
import io
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = ROOT / "tracker" / "translations"
COMPANIONS = ROOT / "seeds" / "appraisal"

SOURCES = (
    ("tracker", "*.py", "python", {"say": None}),
    ("templates", "**/*.html", "jinja2", {"_": None}),
    ("templates", "**/*.txt", "jinja2", {"_": None}),
)
"""Folder, files, how they are read, and which call makes a sentence."""

WHEN = datetime(2021, 1, 1, tzinfo=UTC)
"""The same for every catalogue: a date that moves would make every compilation a change."""

OPTIONS = {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}


def sentences() -> Iterator[tuple[str, str]]:
    """Yield the file and the source of every sentence of the interface."""
    for path in sorted(COMPANIONS.glob("*.json")):
        for reason in reasons(json.loads(path.read_text(encoding="utf-8"))):
            yield str(path.relative_to(ROOT)), reason
    for folder, pattern, method, keywords in SOURCES:
        for path in sorted((ROOT / folder).rglob(pattern.removeprefix("**/"))):
            with path.open("rb") as file:
                found = extract(method, file, keywords=keywords, options=OPTIONS if method == "jinja2" else {})
                for _line, message, _comments, _context in found:
                    yield str(path.relative_to(ROOT)), message if isinstance(message, str) else message[0]


def reasons(said: Mapping[str, Any]) -> Iterator[str]:
    """Yield the reasons that the file beside an appraisal scheme gives; what it quotes stays as it is."""
    for part in said.values():
        yield from (each["reason"] for each in part) if isinstance(part, list) else ()
    yield from said["totals_entered"].values()


def template() -> Catalog:
    """Return the catalogue of sources."""
    catalogue = Catalog(charset="utf-8")
    for _path, source in sentences():
        catalogue.add(source)
    return catalogue


def path_of(language: str) -> Path:
    """Return where a language's sentences are kept."""
    return CATALOGUES / language / "messages.po"


def read(language: str) -> Catalog:
    """Return the catalogue of a language; an empty one where there is none yet."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language, charset="utf-8")


def languages() -> list[str]:
    """Return the languages that have a catalogue."""
    return sorted(folder.name for folder in CATALOGUES.iterdir() if folder.is_dir())


def plain(catalogue: Catalog) -> Catalog:
    """Return a catalogue without dates, comments and places: it changes only where a sentence does."""
    bare = Catalog(locale=catalogue.locale, creation_date=WHEN, revision_date=WHEN, charset="utf-8", fuzzy=False)
    for message in sorted((each for each in catalogue if each.id), key=lambda each: str(each.id)):
        bare.add(message.id, message.string)
    return bare


def po_text(catalogue: Catalog) -> bytes:
    """Return a catalogue as the text that people edit."""
    out = io.BytesIO()
    write_po(out, plain(catalogue), width=0, omit_header=True, ignore_obsolete=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    return head.encode() + out.getvalue()


def mo_bytes(catalogue: Catalog) -> bytes:
    """Return a catalogue as the service reads it."""
    out = io.BytesIO()
    write_mo(out, plain(catalogue))
    return out.getvalue()


def missing(catalogue: Catalog) -> list[str]:
    """Return the sources that a catalogue has no sentence for."""
    return sorted(str(source) for source in untranslated(catalogue, template()))


def untranslated(catalogue: Catalog, sources: Catalog) -> Iterator[str]:
    """Yield the sources without a sentence."""
    for message in sources:
        found: Message | None = catalogue.get(message.id) if message.id else None
        if message.id and (found is None or not found.string or found.fuzzy):
            yield str(message.id)


def update(language: str) -> None:
    """Merge the present sentences into a language: new ones empty, old ones without a source dropped."""
    kept, merged = read(language), Catalog(locale=language, charset="utf-8")
    for message in template():
        if message.id:
            found = kept.get(message.id)
            merged.add(message.id, found.string if found else "")
    path_of(language).write_bytes(po_text(merged))


def compile_all() -> None:
    """Write what the service reads."""
    for language in languages():
        path_of(language).with_suffix(".mo").write_bytes(mo_bytes(read(language)))


def main() -> int:
    """Do what was asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["update", "compile", "missing"])
    what = parser.parse_args().what
    if what == "missing":
        found = [f"{language}: {source!r}" for language in languages() for source in missing(read(language))]
        print("\n".join(found))
        return 1 if found else 0
    if what == "update":
        for language in languages():
            update(language)
    compile_all()
    return 0


if __name__ == "__main__":
    sys.exit(main())
