"""LinearProgram to LP and MPS files, for a look by eye or by another solver.

Columns are named x0, x1, ..., rows c0, c1, ... where no other names are given; rows without limits are left out.
Numbers are written with as many digits as it takes to read the same number back. A file is written aside and renamed:
nobody ever sees half of it.
"""

from __future__ import annotations

import gzip
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, isfinite
from pathlib import Path

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.errors import FileError
from vmopt.formulation.linear_program import LinearProgram
from vmopt.io.files import STDOUT, write_bytes

TERMS_PER_LINE = 4
"""Some readers take no lines of more than 510 characters."""


@dataclass(frozen=True)
class ModelNames:
    """What the columns and rows of a file are called, and what its first lines say.

    Attributes
    ----------
    columns, rows : sequences of str
        Letters, digits and underscores, unique, a letter first: all readers take those.
    comment : sequence of str
    """

    columns: Sequence[str]
    rows: Sequence[str]
    comment: Sequence[str] = ()

    @classmethod
    def counted(cls, program: LinearProgram) -> ModelNames:
        """Columns x0, x1, ..., rows c0, c1, ..."""
        return cls([f"x{j}" for j in range(program.n_columns)], [f"c{i}" for i in range(program.n_rows)])


def write(program: LinearProgram, path: str | os.PathLike[str], names: ModelNames | None = None) -> Path:
    """Write a program as its suffix says: ``.lp`` or ``.mps``, or either followed by ``.gz``; to stdout as ``.lp``.

    Parameters
    ----------
    program : LinearProgram
    path : path
    names : ModelNames, optional
        Default: `ModelNames.counted`.

    Raises
    ------
    FileError
        If the suffix is another one, or the file cannot be written.

    Examples
    --------
    >>> from scipy import sparse
    >>> program = LinearProgram.with_upper_rows([3, 2], sparse.csr_array([[1, 1]]), [4], upper=[3, 3])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(program, Path(folder) / "small.lp.gz").name
    'small.lp.gz'
    """
    name = Path(path).name.lower().removesuffix(".gz")
    if name.endswith(".lp") or path == STDOUT:
        return write_lp(program, path, names)
    if name.endswith(".mps"):
        return write_mps(program, path, names)
    raise FileError(f"{path}: the suffix says nothing: name the file .lp or .mps, or either with .gz.")


def write_lp(program: LinearProgram, path: str | os.PathLike[str], names: ModelNames | None = None) -> Path:
    """Write a program in the LP format, as the maximisation it is; compressed if the name ends in ``.gz``."""
    return _write(path, _lp_lines(program, names or ModelNames.counted(program)))


def write_mps(program: LinearProgram, path: str | os.PathLike[str], names: ModelNames | None = None) -> Path:
    """Write a program in the free MPS format, as the minimisation of minus its objective.

    MPS has no word for maximisation that every reader knows; what is minimised, all of them read alike.
    """
    return _write(path, _mps_lines(program, names or ModelNames.counted(program)))


def _write(path: str | os.PathLike[str], lines: Iterator[str]) -> Path:
    """Write lines aside, then rename; a link stays one, and what is no file, such as a pipe, is written to as it is."""
    if path == STDOUT or (Path(path).exists() and not Path(path).is_file()):
        write_bytes(path, "".join(f"{line}\n" for line in lines).encode("ascii"))
        return Path(path)
    target = Path(path).resolve()
    try:
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as aside:
            unfinished = Path(aside) / target.name
            opener = gzip.open if target.name.lower().endswith(".gz") else open
            with opener(unfinished, "wt", encoding="ascii", newline="\n") as file:
                file.writelines(f"{line}\n" for line in lines)
            unfinished.replace(target)
    except OSError as error:
        raise FileError(f"{target}: cannot be written: {error.strerror or error}.") from error
    return target


def _lp_lines(program: LinearProgram, names: ModelNames) -> Iterator[str]:
    yield from (f"\\ {line}" for line in ("written by vmopt", *names.comment))
    yield "Maximize"
    # A zero term keeps files without objective or columns readable.
    costs = [(j, value) for j, value in enumerate(program.objective.tolist()) if value]
    yield from _expression(" obj:", costs or [(0, 0.0)], names)
    yield "Subject To"
    for i, entries in enumerate(_rows(program)):
        terms = entries or [(0, 0.0)]
        for name, sense, limit in _sides(names.rows[i], program.row_lower[i], program.row_upper[i]):
            yield from _expression(f" {name}:", terms, names, f" {sense} {limit!r}")
    yield "Bounds"
    for column, lower, upper in zip(names.columns, program.lower.tolist(), program.upper.tolist(), strict=True):
        yield f" {_lp_number(lower)} <= {column} <= {_lp_number(upper)}"
    if program.is_integer:
        yield "Generals"
        yield from (f" {names.columns[j]}" for j in program.integer.nonzero()[0].tolist())
    yield "End"


def _expression(head: str, terms: list[tuple[int, float]], names: ModelNames, tail: str = "") -> Iterator[str]:
    """Yield a sum over several short lines."""
    words = [f"{'-' if value < 0 else '+'} {abs(value)!r} {names.columns[j]}" for j, value in terms]
    lines = [" ".join(words[k : k + TERMS_PER_LINE]) for k in range(0, len(words), TERMS_PER_LINE)]
    lines[0] = f"{head} {lines[0]}"
    lines[-1] += tail
    yield from lines


def _sides(name: str, lower: float, upper: float) -> list[tuple[str, str, float]]:
    """Return the comparisons that make up a row."""
    if lower == upper:
        return [(name, "=", float(lower))]
    sides = [(name, "<=", float(upper)), (f"{name}_lower" if isfinite(upper) else name, ">=", float(lower))]
    return [side for side in sides if isfinite(side[2])]


def _lp_number(value: float) -> str:
    return repr(value) if isfinite(value) else ("inf" if value > 0 else "-inf")


def _rows(program: LinearProgram) -> Iterator[list[tuple[int, float]]]:
    """Yield (column, coefficient) of each row, without zeros."""
    matrix = program.matrix
    columns, data, ends = matrix.indices.tolist(), matrix.data.astype(float).tolist(), matrix.indptr.tolist()
    for start, end in pairwise(ends):
        yield [(j, value) for j, value in zip(columns[start:end], data[start:end], strict=True) if value]


def _mps_lines(program: LinearProgram, names: ModelNames) -> Iterator[str]:
    yield from (f"* {line}" for line in ("written by vmopt: minimises minus the objective", *names.comment))
    yield "NAME vmopt"
    yield "ROWS"
    yield " N obj"
    limits = list(zip(program.row_lower.tolist(), program.row_upper.tolist(), strict=True))
    yield from (f" {_mps_sense(*limit)} {names.rows[i]}" for i, limit in enumerate(limits) if _is_limited(*limit))
    yield "COLUMNS"
    yield from _mps_columns(program, names)
    yield "RHS"
    for i, (lower, upper) in enumerate(limits):
        limit = upper if isfinite(upper) else lower
        if isfinite(limit) and limit:
            yield f" rhs {names.rows[i]} {limit!r}"
    ranges = [(i, upper - lower) for i, (lower, upper) in enumerate(limits) if -inf < lower < upper < inf]
    if ranges:  # some readers do not know the section
        yield "RANGES"
        yield from (f" rng {names.rows[i]} {size!r}" for i, size in ranges)
    yield "BOUNDS"
    for column, lower, upper in zip(names.columns, program.lower.tolist(), program.upper.tolist(), strict=True):
        yield from _mps_bounds(column, lower, upper)
    yield "ENDATA"


def _mps_sense(lower: float, upper: float) -> str:
    """Return the letter of a row; one with two limits is L with a range."""
    if lower == upper:
        return "E"
    return "L" if upper < inf else "G"


def _is_limited(lower: float, upper: float) -> bool:
    return lower > -inf or upper < inf


def _mps_columns(program: LinearProgram, names: ModelNames) -> Iterator[str]:
    by_column = program.matrix.tocsc()
    limited = np.isfinite(program.row_lower) | np.isfinite(program.row_upper)
    rows, data, ends = by_column.indices.tolist(), by_column.data.astype(float).tolist(), by_column.indptr.tolist()
    costs: FloatArray = -program.objective
    integer = False
    for j, (cost, is_integer) in enumerate(zip(costs.tolist(), program.integer.tolist(), strict=True)):
        if is_integer != integer:
            yield f" M{j} 'MARKER' '{'INTORG' if is_integer else 'INTEND'}'"
            integer = is_integer
        # Every column has a line, even one without coefficients: readers know it from here.
        yield f" {names.columns[j]} obj {cost + 0.0!r}"
        for i, value in zip(rows[ends[j] : ends[j + 1]], data[ends[j] : ends[j + 1]], strict=True):
            if limited[i] and value:
                yield f" {names.columns[j]} {names.rows[i]} {value!r}"
    if integer:
        yield " M 'MARKER' 'INTEND'"


def _mps_bounds(name: str, lower: float, upper: float) -> Iterator[str]:
    """Yield the limits of a column, spelled out: what is left out, readers understand in different ways."""
    if lower == upper:
        yield f" FX bnd {name} {lower!r}"
    elif not isfinite(lower) and not isfinite(upper):
        yield f" FR bnd {name}"
    else:
        yield f" LO bnd {name} {lower!r}" if isfinite(lower) else f" MI bnd {name}"
        yield f" UP bnd {name} {upper!r}" if isfinite(upper) else f" PL bnd {name}"
