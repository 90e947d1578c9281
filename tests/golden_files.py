"""Compare what the project makes with a golden file that a person has read."""

import os
from pathlib import Path

GOLDEN = Path(__file__).parent / "golden"
REWRITE = "REWRITE_GOLDEN"
"""Set this variable to write the golden files anew; then read the difference before committing it."""


def same_as_golden(name: str, text: str) -> None:
    """Assert that a text is a golden file's."""
    golden = GOLDEN / name
    if REWRITE in os.environ:
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")
