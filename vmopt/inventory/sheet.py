"""A table of an inventory, whatever it came from: columns of cells, and where each row stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from vmopt.errors import FileError

SHOWN = 40


@dataclass(frozen=True)
class Sheet:
    """Columns by their headers.

    Attributes
    ----------
    source : str
        The file, or what the table is called in messages.
    columns : dict of str to list
        Cells: text, numbers, or None where there is nothing.
    lines : sequence of int
        Where each row stands.
    line : str
        What such a place is called: line, row.
    separator : str or None
        Between the cells, where it was text.
    notes : tuple of str
        What was left out of it, or guessed.
    """

    source: str
    columns: dict[str, list[Any]]
    lines: Sequence[int]
    line: str = "line"
    separator: str | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.lines)

    def texts(self, column: str) -> list[str]:
        """Return the cells of a column as text, without blanks around."""
        return [text_of(cell) for cell in self.columns[column]]

    def fail(self, row: int, column: str, problem: str) -> NoReturn:
        """Raise a FileError that names the source, the row and the column."""
        raise FileError(f"{self.source}, {self.line} {self.lines[row]}, column {column!r}: {problem}.")

    def ask(self, problem: str) -> NoReturn:
        """Raise a FileError about the table as a whole."""
        raise FileError(f"{self.source}: {problem}.")


def text_of(cell: Any) -> str:
    """Return a cell as text: whole floats, as spreadsheets have them, without a point."""
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return str(cell).strip()


def shown(cell: Any) -> str:
    """Return a cell for a message, cut short."""
    text = text_of(cell)
    return repr(text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}...")


def made(source: str, header: Sequence[Any], columns: Sequence[list[Any]], lines: Sequence[int], **more: Any) -> Sheet:
    """Make a sheet, with every column named and named once; nameless ones without a cell are left out.

    Raises
    ------
    FileError
        If a column has cells and no name, or a name is there twice, or there is no row.
    """
    kept: dict[str, list[Any]] = {}
    for position, (name, cells) in enumerate(zip(header, columns, strict=True), start=1):
        title = " ".join(text_of(name).split())
        if not title and not any(map(text_of, cells)):
            continue
        if not title:
            raise FileError(f"{source}: column {position} has cells but no header: name it.")
        if title in kept:
            raise FileError(f"{source}: two columns are called {title[:SHOWN]!r}: rename one of them.")
        kept[title] = cells
    if not lines:
        raise FileError(f"{source} has a header but no row below it.")
    return Sheet(source, kept, lines, **more)
