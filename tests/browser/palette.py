"""Makes a browser's picture small: few colours in a palette instead of three bytes for every point."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TRUE_COLOUR, PALETTE, WITH_ALPHA = 2, 3, 6
COLOURS = (128, 64, 48, 32, 24, 16)
"""How many colours are tried until the picture is small enough."""

Colour = tuple[int, int, int]


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the parts of a picture by kind."""
    place = len(SIGNATURE)
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        yield png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        place += length + 12


def size(png: bytes) -> tuple[int, int]:
    """Return width and height."""
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def packed_rows(png: bytes) -> bytes:
    """Return the rows as the picture holds them, each with its filter in front."""
    return zlib.decompress(b"".join(data for kind, data in chunks(png) if kind == b"IDAT"))


def small(png: bytes, largest: int) -> bytes:
    """Return the picture in as many colours as `largest` bytes hold."""
    width, height = size(png)
    points = [point for row in _rows(png) for point in row]
    counted = Counter(points).most_common()
    made = b""
    for number in COLOURS:
        made = _in_palette(width, height, points, [colour for colour, _ in counted[:number]])
        if len(made) <= largest:
            break
    return made


def _rows(png: bytes) -> Iterator[list[Colour]]:
    """Yield the rows as colours, their filters undone."""
    width, _ = size(png)
    step = 4 if png[25] == WITH_ALPHA else 3
    data, length = packed_rows(png), width * step
    before = bytearray(length)
    for start in range(0, len(data), length + 1):
        row = bytearray(data[start + 1 : start + 1 + length])
        _undo(data[start], row, before, step)
        yield [(row[at], row[at + 1], row[at + 2]) for at in range(0, length, step)]
        before = row


def _undo(kind: int, row: bytearray, before: bytearray, step: int) -> None:
    """Undo a row's filter (PNG, 9.2)."""
    for at in range(len(row) if kind else 0):
        left = row[at - step] if at >= step else 0
        up, corner = before[at], before[at - step] if at >= step else 0
        row[at] = (row[at] + (0, left, up, (left + up) // 2, _nearest(left, up, corner))[kind]) & 255


def _nearest(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda value: abs(guess - value))


def _in_palette(width: int, height: int, points: list[Colour], palette: list[Colour]) -> bytes:
    numbers = {colour: number for number, colour in enumerate(palette)}
    for colour in set(points) - numbers.keys():
        numbers[colour] = min(range(len(palette)), key=lambda number: _distance(palette[number], colour))
    flat = bytes(numbers[point] for point in points)
    rows = b"".join(b"\0" + flat[start : start + width] for start in range(0, len(flat), width))
    head = struct.pack(">IIBBBBB", width, height, 8, PALETTE, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", bytes(sum(palette, ()))), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


def _distance(one: Colour, other: Colour) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))
