"""Says how much of a file is read at most, and why no honest plan comes near."""

MAX_BYTES = 20 * 1024 * 1024
"""A file as it was sent; scanned plans are larger and cannot be read anyway."""

MAX_CHARACTERS = 600_000
"""The longest plan known has some 40,000; a page holds 616 (GB/T 9704), so that this is a book of 1,000 pages."""

MAX_LINES = 50_000
"""Lines of text and rows of tables together; 1,000 tasks take some 4,000."""

MAX_ENTRIES = 5_000
"""Files inside a container; a Word file with 1,000 pictures has some 1,100."""

MAX_PART = 48 * 1024 * 1024
"""Unpacked bytes of one part that is read; the markup of 1,000 tasks takes some 4 MB."""

MAX_UNPACKED = 96 * 1024 * 1024
"""Unpacked bytes of all parts that are read; pictures are never unpacked."""

FREE = 4 * 1024 * 1024
MAX_RATIO = 250
"""Unpacked bytes for a packed one, beyond the first FREE; markup shrinks to a fiftieth, a bomb to a thousandth."""

MAX_NODES = 400_000
"""Elements of a Word text that carry meaning: paragraphs, cells, pieces of text; 1,000 tasks take some 40,000."""

MAX_DEPTH = 120
"""Elements within elements; a table within five tables stands some 40 deep."""

MAX_SPAN = 200
"""Columns of a table, however wide a merged cell says it is."""

MAX_SHEETS = 200
MAX_CELLS = 400_000
"""Cells of a workbook that hold something; a task list has some 10,000."""

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
"""The edges of a sheet in Excel."""

MAX_MERGED = 50_000
"""Merged ranges of a workbook."""

MAX_PAGES = 300
"""Pages of a PDF; a notice with annexes has some 60."""

MAX_SECONDS = 30
"""What reading may take by the clock, on a machine that is busy with other things."""

FIRST_SECONDS = 3.0
PAGE_SECONDS = 0.25
"""Processor time: so much at once, and so much more for each page that is done. An honest page takes 0.05."""

MAX_MEMORY = 256 * 1024 * 1024
"""What a reading process may hold of its own."""

OFFICE_SECONDS = 120
"""LibreOffice needs a second or two for a file, and some ten when it starts for the first time."""
