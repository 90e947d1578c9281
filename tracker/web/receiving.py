"""Takes the files of a form: all are looked at before the first is stored, and stored before a transaction begins."""

import os
from collections.abc import Sequence
from typing import IO

from flask import current_app
from werkzeug.datastructures import FileStorage

from tracker import storage, uploads
from tracker.rules.words import say
from tracker.storage import Kept
from tracker.uploads import FileRefused, Why


def received(files: Sequence[FileStorage], largest_mb: int) -> list[tuple[str, Kept]]:
    """Return each file's name and what was stored of it; raise FileRefused, with nothing of any stored."""
    chosen = [(uploads.clean_name(file.filename or ""), file.stream) for file in files]
    limit = largest_mb * 1024 * 1024
    for name, stream in chosen:
        uploads.check(name, stream)
        if size_of(stream) > limit:
            raise FileRefused(
                say("“{name}”太大：单个文件不能超过 {most} MB，请压缩或拆分后再传。", name=name, most=largest_mb),
                Why.SIZE,
            )
    for name, stream in chosen:
        uploads.scan(name, stream, current_app.config["TRACKER_CLAMD"])
    root = current_app.config["TRACKER_DATA_DIR"]
    return [(name, storage.keep(root, stream, limit)) for name, stream in chosen]


def size_of(stream: IO[bytes]) -> int:
    """Return how many bytes a stream holds, and leave it at its start."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    return size
