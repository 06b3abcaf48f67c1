"""Streams read to their end within bounds: what is no text of ours is told long before memory is full."""

from __future__ import annotations

import io
from collections.abc import Callable

PIECE = 1 << 20
MARKS = (b",", b"\n", b'"', b"\t", b";")
"""What stands between words of JSON, YAML and tables: any text of ours has one in each piece, packed text has all."""
MOST_CELLS, BYTES_PER_CELL = 50_000_000, 8
"""A text has at most so many commas and lines, or where it is long, one in so many bytes."""


def read_at_most(limit: int, read: Callable[[int], bytes], most_cells: int | None = None) -> bytes | None:
    """Read a stream to its end, piece by piece; None where it is longer.

    Parameters
    ----------
    limit : int
        In bytes.
    read : callable
        Returns the next bytes, at most as many as it is asked for.
    most_cells : int, optional
        Of commas and lines; default: what texts of their length may have.

    Raises
    ------
    ValueError
        If a whole piece has none of the marks between words, or there are too many cells.

    Examples
    --------
    >>> read_at_most(10, io.BytesIO(b"vm,host").read), read_at_most(3, io.BytesIO(b"vm,host").read)
    (b'vm,host', None)
    """
    kept, cells = io.BytesIO(), 0
    while piece := read(PIECE):
        size = kept.tell() + len(piece)
        if size > limit:
            return None
        if len(piece) == PIECE and not any(mark in piece for mark in MARKS):
            raise ValueError(f"{PIECE:,} bytes of it are without a comma, a quote or an end of a line")
        cells += piece.count(b",") + piece.count(b"\n")
        most = max(MOST_CELLS, size // BYTES_PER_CELL) if most_cells is None else most_cells
        if cells > most:
            raise ValueError(f"{cells:,} cells are in its first {size:,} bytes: that is no file of ours")
        kept.write(piece)
    return kept.getvalue()
