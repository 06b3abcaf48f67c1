"""Open a table, whatever it is kept in: text, Parquet, Excel, a data frame or a dict of columns."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

from vmopt import checks
from vmopt.errors import FileError
from vmopt.inventory import frames
from vmopt.inventory.delimited import read_delimited
from vmopt.inventory.options import ReadingOptions
from vmopt.inventory.sheet import Sheet
from vmopt.inventory.totals import without_totals


def sheet_of(given: Any, side: str, options: ReadingOptions) -> Sheet:
    """Return the rows of the hosts or of the VMs, without those that sum up others.

    Raises
    ------
    FileError
        If it is no table, or cannot be read.
    """
    source = "the hosts" if side == "hosts" else "the VMs"
    return without_totals(_table(given, source, side, options))


def _table(given: Any, source: str, side: str, options: ReadingOptions) -> Sheet:
    if side in options.sheets and not _is_excel(given):
        raise FileError(f"{source} are in no Excel file, which has sheets: leave out sheets={{{side!r}: ...}}.")
    if frames.is_frame(given):
        return frames.from_frame(given, source)
    try:
        path: Path = checks.as_path(given)
    except FileError:
        raise FileError(
            f"{source} are {checks.shown(given)}: give a path, a data frame or a dict of columns."
        ) from None
    if _is_excel(path):
        return frames.read_excel(path, options.sheets.get(side), side)
    if path.suffix.lower() in frames.PARQUET:
        return frames.read_parquet(path)
    return read_delimited(path, options.separator)


def _is_excel(given: Any) -> bool:
    return isinstance(given, str | PathLike) and Path(given).suffix.lower() in frames.EXCEL
