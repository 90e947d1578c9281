"""The process that reads one file: standard input by the named module, and what was read on standard output."""

import importlib
import json
import sys

from tracker.plans.readers.apart import guarded
from tracker.plans.readers.budget import bind
from tracker.plans.readers.unreadable import Unreadable
from tracker.rules.words import packed


def main(module: str) -> None:
    """Read a file by a module of this package, and write what was read, or why it was not."""
    read = importlib.import_module(f"tracker.plans.readers.{module}").read
    content = sys.stdin.buffer.read()
    bind()
    said: dict[str, object]
    try:
        reading = guarded(read, content)
    except Unreadable as refusal:
        said = {"refused": packed(str(refusal))}
    else:
        said = {
            "text": reading.text,
            "places": [packed(place) for place in reading.places],
            "kind": reading.kind,
            "notes": [packed(note) for note in reading.notes],
        }
    sys.stdout.buffer.write(json.dumps(said).encode())


if __name__ == "__main__":
    main(sys.argv[1])
