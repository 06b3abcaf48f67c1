"""The text of a table: UTF-8, UTF-16, or what Excel writes on Windows."""

from __future__ import annotations

from vmopt.errors import FileError
from vmopt.io.files import PathLike, as_utf8, read_bytes

WINDOWS = "cp1252"
LEGACY, ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
"""How files of old Excel begin, and archives: Excel without its suffix, and OpenDocument."""
LOOKED_AT = 2000
RARE = 20
"""Of UTF-16 without a mark every other byte of text is 0, but for one in so many."""


def text_of_table(path: PathLike) -> tuple[str, tuple[str, ...]]:
    """Return the text of a file, and what was guessed about it.

    Raises
    ------
    FileError
        If it cannot be read, or is no text.
    """
    data = read_bytes(path)
    if data.startswith((LEGACY, ZIP)):
        raise FileError(f"{path} is a spreadsheet that is not read: save it as .xlsx, or as CSV.")
    marked = as_utf8(data, path)
    start = marked[:LOOKED_AT]
    for encoding, zeros in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
        if zeros and zeros.count(0) * RARE >= len(zeros) * (RARE - 1):
            return _decoded(marked, encoding, path), ()
    try:
        return marked.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        line = marked.count(b"\n", 0, error.start) + 1
        note = f"line {line} is not UTF-8: read as {WINDOWS}, in which Excel writes on Windows"
        return _decoded(marked, WINDOWS, path), (note,)


def _decoded(data: bytes, encoding: str, path: PathLike) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileError(f"{path}, line {line}: not UTF-8 text, nor {encoding}: save the file as UTF-8.") from None
