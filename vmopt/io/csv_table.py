"""One CSV file as columns of text, with errors that name the line and the column."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable
from copy import copy
from itertools import islice
from typing import Any, Literal, NoReturn

import numpy as np

from vmopt.errors import FileError
from vmopt.io.csv_lines import lines_of, refuse_too_many
from vmopt.io.files import PathLike, read_text, write_text
from vmopt.model.amounts import MAX_FLOAT, as_column

CHUNK = 500


class CsvTable:
    """A CSV file with a header, read by column.

    Parameters
    ----------
    path : path
        Plain or gzip, UTF-8; every line with as many cells as the header. Blank lines are skipped.
    may_be_empty : bool
        Whether there may be no row.
    separator : str
        What stands between cells.

    Attributes
    ----------
    columns : dict of str to list of str
        The cells of each column, by the name in the header.

    Raises
    ------
    FileError
        If the file cannot be read, has no row, a column twice, or a line of the wrong length.
    """

    def __init__(self, path: PathLike, *, may_be_empty: bool = False, separator: str = ",") -> None:
        self.path = path
        self._separator = separator
        self._text = read_text(path)
        reader = self._reader()
        try:
            header: list[str] = [cell.strip() for cell in next(filter(None, reader), [""])]
            refuse_too_many(header, (), self._text, path)
            self._check_header(header)
            self.columns = dict(zip(header, self._transposed(reader, len(header)), strict=True))
        except csv.Error as error:
            raise FileError(f"{path}, line {reader.line_num}: not valid CSV ({error}).") from None
        if not self.columns[header[0]] and not may_be_empty:
            raise FileError(f"{path} has a header but no row below it.")

    def first(self, rows: int) -> CsvTable:
        """Return a table of the first rows."""
        some = copy(self)
        some.columns = {name: cells[:rows] for name, cells in self.columns.items()}
        return some

    def require(self, names: Iterable[str]) -> None:
        """Refuse a file that lacks one of these columns."""
        for name in names:
            if name not in self.columns:
                raise FileError(f"{self.path}, line 1: there is no column {name!r}: it has {', '.join(self.columns)}.")

    def numbers(self, name: str, empty: str | None = None, *, signed: bool = False) -> Any:
        """Return a column of finite numbers, at least 0 unless `signed`: int64 if they are all integers, else float64.

        Parameters
        ----------
        name : str
        empty : str, optional
            What an empty cell stands for; by default it is an error.
        signed : bool
            Whether they may be negative.
        """
        cells = self.columns[name] if empty is None else [cell or empty for cell in self.columns[name]]
        column = _parsed(cells)
        if column is None:
            row = next(i for i, cell in enumerate(cells) if _parsed([cell]) is None)
            self.fail(row, name, f"{cells[row][:40]!r} is not a number" if cells[row] else "the cell is empty")
        wrong = ~np.isfinite(column) if signed else ~((column >= 0) & (column < np.inf))
        if wrong.any():
            row = int(np.argmax(wrong))
            self.fail(row, name, f"{cells[row][:40]} is not a finite number{'' if signed else ' of at least 0'}")
        return column

    def one_of(self, name: str, allowed: Collection[str]) -> list[str]:
        """Return a column of words, each of them allowed."""
        cells = self.columns[name]
        if not set(cells) <= set(allowed):
            row = next(i for i, cell in enumerate(cells) if cell not in allowed)
            self.fail(row, name, f"{cells[row][:40]!r} is unknown: use {', '.join(filter(None, allowed))}")
        return cells

    def fail(self, row: int, column: str, problem: str) -> NoReturn:
        """Raise a FileError that names the file, the line of a row (0 is the one below the header) and the column."""
        raise FileError(f"{self.path}, line {self._line_of(row)}, column {column!r}: {problem}.")

    def _reader(self) -> Any:
        return csv.reader(lines_of(self._text, self.path), strict=True, delimiter=self._separator)

    def _line_of(self, row: int) -> int:
        """Line on which a row ends; rows may have line breaks in quotes, and blank lines between them."""
        reader = self._reader()
        next(islice(filter(None, reader), row + 1, None))
        return int(reader.line_num)

    def _transposed(self, reader: Any, width: int) -> list[list[str]]:
        """Read the cells by column, few rows at a time: the fewer lists are alive, the cheaper garbage collection."""
        columns: list[list[str]] = [[] for _ in range(width)]
        while rows := list(islice(filter(None, reader), CHUNK)):
            if set(map(len, rows)) != {width}:
                row = next(i for i, cells in enumerate(rows) if len(cells) != width)
                line = self._line_of(len(columns[0]) + row)
                hint = ": quote cells that hold a comma" if len(rows[row]) > width else ""
                raise FileError(f"{self.path}, line {line}: {len(rows[row])} cells, but the header has {width}{hint}.")
            for column, cells in zip(columns, zip(*rows, strict=True), strict=True):
                column.extend(cells)
        return columns

    def _check_header(self, header: list[str]) -> None:
        if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
            raise FileError(
                f"{self.path}, line 1: the header has no comma: separate the columns by commas, "
                "or let 'vmopt import inventory' read the table as it is."
            )
        for position, name in enumerate(header):
            if not name:
                raise FileError(f"{self.path}, line 1: column {position + 1} has no name.")
            if name in header[:position]:
                raise FileError(f"{self.path}, line 1: column {name!r} is there twice.")


def write_columns(path: PathLike, columns: dict[str, list[Any]]) -> None:
    """Write columns as CSV with a header; the numbers read back exactly.

    Raises
    ------
    FileError
        If the file cannot be written.
    """
    text = _encoded(columns, csv.QUOTE_MINIMAL)
    if "\r" in text:  # before Python 3.13 it goes unquoted, and reads back as the end of a line
        text = _encoded(columns, csv.QUOTE_ALL)
    write_text(path, text)


def _encoded(columns: dict[str, list[Any]], quoting: Literal[0, 1]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n", quoting=quoting)
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue()


def _parsed(cells: list[str]) -> Any:
    """Return the numbers that the cells hold, None if one holds something else."""
    if "_" in "".join(cells):  # Python reads 1_000 as a number
        return None
    try:
        return as_column(list(map(int, cells)))
    except ValueError:
        pass
    try:
        column = np.array(list(map(float, cells)))
    except ValueError:
        return None
    if (np.abs(column) >= MAX_FLOAT).any():
        return as_column([_number(cell) for cell in cells])
    return column


def _number(cell: str) -> int | float:
    try:
        return int(cell)
    except ValueError:
        return float(cell)
