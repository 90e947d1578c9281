"""Keeps compiled templates from one application to the next: compiling them took a third of a test's time."""

from typing import Any

import jinja2.bccache


class CompiledTemplates(jinja2.bccache.BytecodeCache):
    """The templates' code, kept for every application of this process: each test makes one of its own."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.kept: dict[str, Any] = {}

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Give what was compiled from the same source."""
        bucket.code = self.kept.get(bucket.key + bucket.checksum)

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Keep what was compiled."""
        self.kept[bucket.key + bucket.checksum] = bucket.code


COMPILED = CompiledTemplates()
