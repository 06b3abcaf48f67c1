"""Where the header of a table stands, below titles and merged headings, and what separates its cells."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import Any

from vmopt.errors import FileError
from vmopt.inventory.headers import is_known
from vmopt.inventory.numerals import split
from vmopt.inventory.sheet import shown, text_of

SEPARATORS = (",", ";", "\t", "|")
FIRST = 20
"""Rows among which the header is looked for."""
FEWEST = 2
"""Cells with known words that make a row the header."""


def header_at(rows: Sequence[Sequence[Any]]) -> int:
    """Return which row is the header: the first, unless it has gaps or less and one below it has words that are known.

    Examples
    --------
    >>> header_at([["VMs of March", "", ""], ["Name", "vCPU", "RAM (GB)"], ["web", "2", "4"]])
    1
    >>> header_at([["Box", "Threads"], ["name", "cpu"]])
    0
    """
    width = max((_last(row) for row in rows), default=0)
    if rows and _last(rows[0]) == width and all(map(text_of, rows[0][:width])) and width >= FEWEST:
        return 0
    known = (n for n, row in enumerate(rows[:FIRST]) if sum(map(_is_known, row)) >= FEWEST)
    return next(known, 0)


def separator_of(lines: Sequence[str]) -> str:
    """Return what stands most often, outside quotes, in the first line that it cuts into words that are known.

    Where no line has such words, the first decides.
    """
    for line in lines[:FIRST]:
        best = max(SEPARATORS, key=_plain(line).count)
        cells = next(csv.reader([line], delimiter=best), [])
        if sum(map(_is_known, cells)) >= FEWEST:
            return best
    return max(SEPARATORS, key=_plain(lines[0] if lines else "").count)


def refuse_headerless(source: str, header: Sequence[Any]) -> None:
    """Refuse a table of which the first row holds amounts, and one other cell at most.

    Raises
    ------
    FileError

    Examples
    --------
    >>> refuse_headerless("vms.csv", ["name", "cpu", "2026"])
    """
    told = [text_of(cell) for cell in header if text_of(cell)]
    amounts = [cell for cell in told if split(cell) is not None]
    if amounts and len(told) - len(amounts) <= 1:
        raise FileError(
            f"{source}: the first row holds amounts ({shown(amounts[0])}): put a row above that names the columns, "
            "such as name, cpu, memory."
        )


def _plain(line: str) -> str:
    return "".join(line.split('"')[::2])


def _last(row: Sequence[Any]) -> int:
    """How many cells there are up to the last that holds something."""
    return max((n for n, cell in enumerate(row, start=1) if text_of(cell)), default=0)


def _is_known(cell: Any) -> bool:
    return isinstance(cell, str) and is_known(cell)
