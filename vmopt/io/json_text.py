"""Text of JSON, parsed within bounds: a short text can stand for more objects than memory holds."""

from __future__ import annotations

from typing import Any

import orjson

from vmopt.errors import FileError
from vmopt.io.files import PathLike

MOST_OPENED, BYTES_PER_OPENED = 4_000_000, 16
"""A text opens at most so many objects and arrays, or where it is long, one in so many bytes."""
MOST_VALUES, BYTES_PER_VALUE = 50_000_000, 8
"""The same of commas."""
PIECE = 1 << 20
"""In characters: a text of twice as much holds a whole piece of the file without a quote."""
NUMBERS = b"0123456789+-.eE, \t\r\n[]{}:nulltruefas"
"""What stands where there are no texts."""


def parsed(data: bytes, path: PathLike) -> Any:
    """Return what JSON holds.

    Raises
    ------
    FileError
        If it would hold more objects or values than any file of its size that is meant.
    orjson.JSONDecodeError
        If it is no JSON.

    Examples
    --------
    >>> parsed(b'{"cpu": [1, 2]}', "a.json")
    {'cpu': [1, 2]}
    """
    opened, values = data.count(b"{") + data.count(b"["), data.count(b",")
    for count, most, each, what in (
        (opened, MOST_OPENED, BYTES_PER_OPENED, "objects and arrays"),
        (values, MOST_VALUES, BYTES_PER_VALUE, "values"),
    ):
        if count > max(most, len(data) // each):
            raise FileError(f"{path} holds {count:,} {what} in {len(data):,} bytes: that is no file of ours.")
    for begin in range(0, len(data) - PIECE, PIECE):
        without = data.find(b'"', begin, begin + PIECE) < 0
        if without and data[begin : begin + PIECE].translate(None, NUMBERS):
            raise FileError(f"{path} holds a text of more than {PIECE:,} bytes: that is no file of ours.")
    return orjson.loads(data)
