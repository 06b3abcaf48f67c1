"""The better points of HiGHS while it runs, read from the file it writes them to."""

from __future__ import annotations

from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.backends.waiting import Incumbents

HEADER = "# Columns "


class IncumbentFile:
    """Follows HiGHS' file of improving solutions.

    HiGHS knows no callbacks through MathOpt, but writes every better point as a block of text: ``Objective 12``, then
    ``# Columns -2`` for 2 columns that are not 0, then a line with value and index for each of them.

    Parameters
    ----------
    path : Path
    n_columns : int
    incumbents : Incumbents
        Where the points are offered.
    """

    def __init__(self, path: Path, n_columns: int, incumbents: Incumbents) -> None:
        self._path = path
        self._n_columns = n_columns
        self._incumbents = incumbents
        self._position = 0

    def ask_for(self, options: Any) -> None:
        """Set the options of a HighsOptionsProto that make HiGHS write the file."""
        options.bool_options["mip_improving_solution_save"] = True
        options.bool_options["mip_improving_solution_report_sparse"] = True
        options.string_options["mip_improving_solution_file"] = str(self._path)

    def report(self) -> None:
        """Offer the newest complete point of the file, and report it."""
        if self._path.exists():
            with self._path.open() as file:
                file.seek(self._position)
                text = file.read()
            x = self._newest(text)
            if x is not None:
                self._incumbents.offer(x, inf)
        self._incumbents.report()

    def _newest(self, text: str) -> FloatArray | None:
        """Return the last complete block of a text, and remember where to read on."""
        x, start = None, text.find(HEADER)
        while start >= 0:
            count, line_ends, body = text[start + len(HEADER) :].partition("\n")
            size = abs(int(count)) if line_ends else 0
            lines = body.split("\n", size)
            if not line_ends or len(lines) <= size:
                break
            x = self._point(lines[:-1])
            start = text.find(HEADER, start + 1)
        if x is not None:
            self._position += len(text) if start < 0 else text.rfind("Objective", 0, start)
        return x

    def _point(self, lines: list[str]) -> FloatArray:
        x = np.zeros(self._n_columns)
        for line in lines:
            value, index = line.split()[-2:]
            x[int(index)] = float(value)
        return x
