"""Tables as text: CSV, TSV, and any other separator."""

from __future__ import annotations

import csv
from typing import Any

from vmopt.errors import FileError, OptionError
from vmopt.inventory.decoding import text_of_table
from vmopt.inventory.layout import header_at, refuse_headerless, separator_of
from vmopt.inventory.sheet import Sheet, made
from vmopt.io.csv_lines import lines_of, refuse_too_many
from vmopt.io.files import PathLike

STATED = "sep="
LOOKED_AT = 20_000
"""Letters in which the separator is looked for."""


def read_delimited(path: PathLike, separator: str | None = None) -> Sheet:
    """Read a table; the separator is the one that the header has most of, unless it is given; titles above are skipped.

    Raises
    ------
    FileError
        If the file cannot be read, is no such table, or a row is longer than the header.
    OptionError
        If the separator is more than one character.
    """
    if separator is not None and (len(separator) != 1 or separator in '"\r\n'):
        raise OptionError(f"the separator is {separator!r}: give one character.")
    text, notes = text_of_table(path)
    if text.lstrip()[:1] in ("{", "["):
        raise FileError(f"{path} is JSON: an inventory is a table, in CSV, TSV, Parquet or Excel.")
    stated = text[: len(STATED)].lower() == STATED and text[len(STATED) + 1 : len(STATED) + 2] in "\r\n"
    separator = separator or (text[len(STATED)] if stated else separator_of(_first_lines(text)))
    reader = csv.reader(lines_of(text, path), delimiter=separator, strict=True)
    rows, lines = [], []
    try:
        if stated:
            next(reader)
        for cells in reader:
            if any(cell and not cell.isspace() for cell in cells):
                rows.append(cells)
                lines.append(reader.line_num)
    except csv.Error as error:
        raise FileError(f"{path}, line {reader.line_num}: not valid CSV ({error}).") from None
    if not rows:
        raise FileError(f"{path} is blank: there is nothing to read.")
    first = header_at(rows)
    rows, lines = rows[first:], lines[first:]
    refuse_headerless(str(path), rows[0])
    refuse_too_many(rows[0], rows, text, path)
    return _sheet(path, rows, lines, separator, notes)


def _first_lines(text: str) -> list[str]:
    """The first lines that are not blank, each cut where a long one would be."""
    return [line for line in text[:LOOKED_AT].splitlines() if line and not line.isspace()]


def _sheet(path: PathLike, rows: list[list[str]], lines: list[int], separator: str, notes: tuple[str, ...]) -> Sheet:
    """Cells by column; what is missing at the end of a row is empty."""
    width = len(rows[0])
    for cells, line in zip(rows, lines, strict=True):
        if len(cells) > width and any(cells[width:]):
            raise FileError(
                f"{path}, line {line}: {len(cells)} cells, but the header has {width}: put cells that hold "
                f"{separator!r} in quotes, decimal commas as well, or say what separates them (separator)."
            )
        cells += [""] * (width - len(cells))
    columns: list[Any] = [list(cells) for cells in zip(*(cells[:width] for cells in rows[1:]), strict=True)]
    return made(str(path), rows[0], columns or [[] for _ in rows[0]], lines[1:], separator=separator, notes=notes)
