"""Lines of tables within bounds: one line must not stand for more cells than memory holds."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sized

from vmopt.errors import FileError
from vmopt.io.files import PathLike

LONGEST_LINE = 1 << 20
"""In characters."""
MOST_COLUMNS = 10_000
MOST_EMPTY = 10_000_000
"""A table has at most so many cells more than characters: those that short rows lack."""


def lines_of(text: str, path: PathLike) -> Iterator[str]:
    r"""Yield the lines of a text as they are, with their ends.

    Raises
    ------
    FileError
        If one is too long for a row.

    Examples
    --------
    >>> list(lines_of("name,cpu\nweb,2", "vms.csv"))
    ['name,cpu\n', 'web,2']
    """
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if len(line) > LONGEST_LINE:
            raise FileError(f"{path}, line {number}: it has more than {LONGEST_LINE:,} characters: that is no table.")
        yield line


def refuse_too_many(header: Sized, rows: Sized, text: str, path: PathLike) -> None:
    """Refuse tables of too many columns, and those that lack far more cells than they have.

    Raises
    ------
    FileError
        If it is one.
    """
    if len(header) > MOST_COLUMNS:
        raise FileError(f"{path}, line 1: there are {len(header):,} columns: {MOST_COLUMNS:,} are the most.")
    if len(header) * len(rows) > len(text) + MOST_EMPTY:
        raise FileError(f"{path}: rows lack most of the {len(header):,} cells that the header has.")
