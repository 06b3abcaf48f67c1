"""Text files that are one stream of numbers, separated by white space: most benchmark libraries."""

from __future__ import annotations

from math import isfinite, nan
from typing import Any, NoReturn

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import FileError
from vmopt.io.files import PathLike, read_text
from vmopt.model.amounts import as_column

MAX_COUNT = 10**9


class NumberStream:
    """The numbers of a text, taken in order.

    Parameters
    ----------
    text : str
    where : str
        The file, for error messages.

    Examples
    --------
    >>> stream = NumberStream("2 3.5 4", "a.txt")
    >>> stream.count("n"), stream.numbers(2, "weights").tolist()
    (2, [3.5, 4.0])
    >>> stream.finish()
    """

    def __init__(self, text: str, where: str) -> None:
        self._text = text
        self._where = where
        self._tokens = text.split()
        self._next = 0

    @classmethod
    def of(cls, path: PathLike) -> NumberStream:
        """Open a file, plain or gzip."""
        return cls(read_text(path), str(path))

    def count(self, what: str, least: int = 1) -> int:
        """Take one integer that says how many of something follow."""
        given = int(self.integers(1, what)[0])
        if not least <= given <= MAX_COUNT:
            self._fail(self._next - 1, f"{what} is {given}: expected at least {least}")
        return given

    def numbers(self, count: int, what: str) -> Any:
        """Take `count` numbers: int64 if they are all integers, else float64."""
        tokens = self._take(count, what)
        try:
            return as_column(list(map(int, tokens)))
        except ValueError:
            return as_column([self._number(i, what) for i in range(self._next - count, self._next)])

    def table(self, n_rows: int, n_columns: int, what: str) -> Any:
        """Take a table of numbers, row by row."""
        return self.numbers(n_rows * n_columns, what).reshape(n_rows, n_columns)

    def integers(self, count: int, what: str) -> IntArray:
        """Take `count` integers of 64 bits."""
        try:
            return np.array(list(map(int, self._take(count, what))), dtype=np.int64)
        except (ValueError, OverflowError):
            start = self._next - count
            wrong = next(i for i in range(start, self._next) if not _is_int64(self._tokens[i]))
            self._fail(wrong, f"{what}: {self._tokens[wrong]!r} is not an integer of 64 bits")

    def finish(self) -> None:
        """Refuse numbers that nobody took."""
        if self._next < len(self._tokens):
            self._fail(self._next, f"{len(self._tokens) - self._next} more entries than the format has")

    def _take(self, count: int, what: str) -> list[str]:
        if len(self._tokens) - self._next < count:
            raise FileError(
                f"{self._where} ends too early: {count} numbers expected for {what}, "
                f"but {len(self._tokens) - self._next} are left."
            )
        self._next += count
        return self._tokens[self._next - count : self._next]

    def _number(self, position: int, what: str) -> int | float:
        token = self._tokens[position]
        try:
            number = int(token) if _is_int64(token) else float(token)
        except ValueError:
            number = nan
        if not isfinite(number):
            self._fail(position, f"{what}: {token!r} is not a finite number")
        return number

    def _fail(self, position: int, problem: str) -> NoReturn:
        """Raise a FileError that names the file and the line of an entry."""
        seen = 0
        for number, line in enumerate(self._text.splitlines(), start=1):
            seen += len(line.split())
            if seen > position:
                raise FileError(f"{self._where}, line {number}: {problem}.")
        raise FileError(f"{self._where}: {problem}.")


def _is_int64(token: str) -> bool:
    try:
        return -(2**63) <= int(token) < 2**63
    except ValueError:
        return False
