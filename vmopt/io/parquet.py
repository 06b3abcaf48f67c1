"""Tables of Parquet within bounds: a small file may stand for any number of rows, and any length of texts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from vmopt.errors import ExtraError, FileError

MOST_BYTES = 1 << 29
"""Of a table in memory."""
MOST_CELLS, CELLS_PER_BYTE = 10_000_000, 10
"""A table has at most so many cells, or where its file is large, so many for each byte of it."""
ROWS = 4096
"""Read at a time."""


def read_arrow(file: BinaryIO, path: Path, columns: Sequence[str] | None = None) -> Any:
    """Return the Arrow table of a file.

    Parameters
    ----------
    file : binary file
    path : path
        For messages.
    columns : sequence of str, optional
        Those that are needed; default: all.

    Raises
    ------
    ExtraError
        If pyarrow is not installed.
    FileError
        If it is no such file, lacks one of the columns, or is too large in memory.
    """
    try:
        import pyarrow
    except ImportError:
        raise ExtraError("Parquet needs pyarrow: pip install 'vmopt[tables]'.") from None
    try:
        return _read_within_bounds(file, path, columns)
    except FileError:
        raise
    except (OSError, ValueError, pyarrow.ArrowException) as error:
        told = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")[:200]
        raise FileError(f"cannot read {path} as Parquet: {told}.") from None


def _read_within_bounds(file: BinaryIO, path: Path, columns: Sequence[str] | None) -> Any:
    """Read batch by batch, and no further than is sensible."""
    import pyarrow
    from pyarrow import parquet

    size = file.seek(0, 2)
    file.seek(0)
    kept = parquet.ParquetFile(file)
    lacking = [name for name in columns or () if name not in kept.schema_arrow.names]
    if lacking:
        raise FileError(f"{path} has no column {lacking[0]!r}: it has {', '.join(kept.schema_arrow.names)}.")
    cells = kept.metadata.num_rows * kept.metadata.num_columns
    if cells > max(MOST_CELLS, CELLS_PER_BYTE * size):
        raise FileError(f"{path} unpacks to {cells:,} cells, from {size:,} bytes: that is no table of ours.")
    batches, held = [], 0
    for batch in kept.iter_batches(ROWS, columns=None if columns is None else list(columns)):
        decoded = [one.dictionary_decode() if hasattr(one, "dictionary_decode") else one for one in batch.columns]
        batches.append(pyarrow.RecordBatch.from_arrays(decoded, names=batch.schema.names))
        held += batches[-1].nbytes
        if held > MOST_BYTES:
            raise FileError(f"{path} unpacks to more than {MOST_BYTES:,} bytes: divide it.")
    return pyarrow.Table.from_batches(batches, batches[0].schema if batches else kept.schema_arrow)
