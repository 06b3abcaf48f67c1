"""Tables that other libraries hold or read: data frames of pandas and polars, Arrow, Parquet, Excel."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from vmopt import checks
from vmopt.errors import ExtraError, FileError
from vmopt.inventory.layout import header_at, refuse_headerless
from vmopt.inventory.sheet import Sheet, made
from vmopt.io.parquet import read_arrow

EXCEL = (".xlsx", ".xlsm")
PARQUET = (".parquet", ".pq")
MOST_UNPACKED = 1 << 28
CELL, PIECE = b"<c ", 1 << 20
"""How a cell begins in a packed sheet, and how much of it is looked at at once."""
MOST_CELLS, MOST_ROWS = 5_000_000, 1 << 20
"""Of a sheet of Excel, which has no more rows."""
ROW = "row"
SHEETS = {
    "hosts": ("vhost", "hosts", "host", "esx", "esxi", "esxi hosts", "hypervisors", "nodes", "servers", "server"),
    "vms": ("vinfo", "vms", "vm", "virtual machines", "guests", "instances", "pods", "containers", "vm list"),
}
"""What sheets of hosts and of VMs are called, those of RVTools first."""


def is_frame(given: Any) -> bool:
    """Whether something is a data frame, an Arrow table, or a mapping of columns."""
    return isinstance(given, dict) or any(hasattr(type(given), name) for name in ("columns", "column_names"))


def from_frame(given: Any, source: str) -> Sheet:
    """Take the columns of a data frame; a named index, or one of text, of pandas is a column as well."""
    if isinstance(given, dict):
        columns = {
            str(name): checks.listed(cells, f"column {str(name)!r} of {source}", FileError, "a list of cells")
            for name, cells in given.items()
        }
    elif hasattr(given, "column_names"):
        columns = {name: column.to_pylist() for name, column in zip(given.column_names, given.columns, strict=True)}
    elif hasattr(given, "iloc"):
        columns = _of_pandas(given)
    else:
        frame = given.collect() if hasattr(given, "collect") else given  # a lazy one of polars
        columns = {name: frame[name].to_list() for name in frame.columns}
    n_rows = len(next(iter(columns.values()), []))
    if any(len(cells) != n_rows for cells in columns.values()):
        raise FileError(f"{source}: the columns are not of one length.")
    return made(source, list(columns), list(columns.values()), range(n_rows), line=ROW)


def read_parquet(path: Path) -> Sheet:
    """Read a file of Parquet.

    Raises
    ------
    ExtraError
        If pyarrow is not installed.
    FileError
        If it is no such file.
    """
    try:
        with path.open("rb") as file:
            table = read_arrow(file, path)
    except FileError:
        raise
    except OSError as error:
        raise FileError(f"cannot read {path} as Parquet: {_first_line(error)}.") from None
    return from_frame(table, str(path))


def read_excel(path: Path, sheet: str | None = None, side: str = "hosts") -> Sheet:
    """Read a sheet of an Excel file: the one that is named, else one that is called as such sheets are, else the first.

    Raises
    ------
    ExtraError
        If openpyxl is not installed.
    FileError
        If it is no such file, or has no such sheet.
    """
    try:
        import openpyxl
    except ImportError:
        raise ExtraError("Excel needs openpyxl: pip install 'vmopt[tables]'.") from None
    try:
        with zipfile.ZipFile(path) as parts:
            _check_size(path, sum(part.file_size for part in parts.infolist()))
            _check_cells(path, parts)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except FileError:
        raise
    except Exception as error:  # whatever a broken archive makes of openpyxl
        raise FileError(f"cannot read {path} as Excel: {_first_line(error)}.") from None
    try:
        return _of_book(book, path, sheet, side)
    except FileError:
        raise
    except Exception as error:  # sheets are parsed as they are read
        raise FileError(f"cannot read {path} as Excel: {_first_line(error)}.") from None
    finally:
        book.close()


def _of_book(book: Any, path: Path, sheet: str | None, side: str) -> Sheet:
    names = [table.title for table in book.worksheets]
    if sheet is not None and sheet not in names:
        raise FileError(f"{path} has no sheet {sheet!r}: it has {', '.join(names)}.")
    called = (name for name in names if name.casefold() in SHEETS[side])
    chosen = sheet or next(called, names[0])
    source = str(path) if len(names) == 1 else f"{path}, sheet {chosen}"
    rows, lines, seen = [], [], 0
    table = book[chosen]
    table.reset_dimensions()  # what it says of its size may be all that a sheet can have
    for line, cells in enumerate(table.iter_rows(values_only=True), start=1):
        seen += len(cells)
        if seen > MOST_CELLS or line > MOST_ROWS:
            raise _too_many(source)
        if any(cell is not None for cell in cells):
            rows.append(cells)
            lines.append(line)
    if not rows:
        raise FileError(f"{source} is blank: there is nothing to read.")
    first = header_at(rows)
    rows, lines = rows[first:], lines[first:]
    refuse_headerless(source, rows[0])
    width = max(map(len, rows))
    padded = [(*cells, *[None] * (width - len(cells))) for cells in rows]
    columns = [list(cells) for cells in zip(*padded[1:], strict=True)] or [[] for _ in range(width)]
    return made(source, padded[0], columns, lines[1:], line=ROW)


def _of_pandas(frame: Any) -> dict[str, list[Any]]:
    labels = frame.index.tolist()
    named = frame.index.name is not None or any(isinstance(label, str) for label in labels)
    columns = {str(frame.index.name or "name"): labels} if named else {}
    for position, name in enumerate(frame.columns):
        column = frame.iloc[:, position]
        absent = column.isna().tolist()
        cells = [None if gone else cell for cell, gone in zip(column.tolist(), absent, strict=True)]
        if str(name) in columns:
            raise FileError(f"the data frame has two columns called {str(name)!r}: rename one of them.")
        columns[str(name)] = cells
    return columns


def _check_size(path: Path, size: int) -> None:
    if size > MOST_UNPACKED:
        raise FileError(f"{path} unpacks to {size:,} bytes: at most {MOST_UNPACKED:,} are read.")


def _check_cells(path: Path, parts: zipfile.ZipFile) -> None:
    """Count the cells of each sheet as they are packed, which takes a small part of the time of reading them."""
    for name in parts.namelist():
        if not name.startswith("xl/worksheets/"):
            continue
        with parts.open(name) as packed:
            seen, rest = 0, b""
            while piece := packed.read(PIECE):
                seen += (rest + piece).count(CELL)
                rest = piece[1 - len(CELL) :]
                if seen > MOST_CELLS:
                    raise _too_many(f"{path}, {name.rpartition('/')[2]}")


def _too_many(source: str) -> FileError:
    return FileError(f"{source} has more than {MOST_CELLS:,} cells or {MOST_ROWS:,} rows: give it as CSV.")


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")[:200]
