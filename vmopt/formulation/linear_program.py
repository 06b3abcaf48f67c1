"""LinearProgram: a (mixed-integer) linear program as sparse arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
from scipy import sparse

from vmopt.arrays import BoolArray, FloatArray


@dataclass(frozen=True, eq=False)
class LinearProgram:
    """Maximise ``objective @ x`` subject to ``row_lower <= matrix @ x <= row_upper`` and ``lower <= x <= upper``.

    Attributes
    ----------
    objective : (n_columns,) float64 array
    matrix : (n_rows, n_columns) csr_array
        Integer or float coefficients.
    row_lower, row_upper : (n_rows,) float64 arrays
        Infinite where a row has no such limit.
    lower, upper : (n_columns,) float64 arrays
    integer : (n_columns,) bool array
        Columns that must be integers.
    blocks : mapping of str to slice
        Rows by what they say, such as ``supply`` and ``capacity``.

    Examples
    --------
    >>> program = LinearProgram.with_upper_rows([3.0, 2.0], sparse.csr_array([[1.0, 1.0]]), [4.0], upper=[3.0, 3.0])
    >>> program.n_rows, program.n_columns, program.is_integer
    (1, 2, False)
    """

    objective: FloatArray
    matrix: Any
    row_lower: FloatArray
    row_upper: FloatArray
    lower: FloatArray
    upper: FloatArray
    integer: BoolArray
    blocks: Mapping[str, slice] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n_rows, n_columns = self.matrix.shape
        expected = {
            "objective": n_columns,
            "row_lower": n_rows,
            "row_upper": n_rows,
            "lower": n_columns,
            "upper": n_columns,
            "integer": n_columns,
        }
        for name, size in expected.items():
            if getattr(self, name).shape != (size,):
                raise ValueError(f"{name} has shape {getattr(self, name).shape}, expected ({size},)")

    @classmethod
    def with_upper_rows(
        cls, objective: Any, matrix: Any, row_upper: Any, *, upper: Any, integer: bool = False
    ) -> LinearProgram:
        """Make the packing program ``matrix @ x <= row_upper``, ``0 <= x <= upper``."""
        matrix = sparse.csr_array(matrix)
        n_rows, n_columns = matrix.shape
        return cls(
            objective=np.asarray(objective, dtype=np.float64),
            matrix=matrix,
            row_lower=np.full(n_rows, -np.inf),
            row_upper=np.asarray(row_upper, dtype=np.float64),
            lower=np.zeros(n_columns),
            upper=np.asarray(upper, dtype=np.float64),
            integer=np.full(n_columns, integer),
        )

    @classmethod
    def of_blocks(
        cls, objective: Any, blocks: Mapping[str, tuple[Any, Any]], *, upper: Any, integer: Any = False
    ) -> LinearProgram:
        """Make the program ``matrix @ x <= row_upper``, ``0 <= x <= upper`` of named blocks of rows.

        Parameters
        ----------
        blocks : mapping of str to (matrix, row_upper)
            In the order in which they are stacked.

        Examples
        --------
        >>> one = sparse.csr_array([[1, 1]])
        >>> program = LinearProgram.of_blocks([1.0, 2.0], {"supply": (one, [1]), "room": (4 * one, [6])}, upper=[1, 1])
        >>> program.blocks["room"], program.row_upper.tolist()
        (slice(1, 2, None), [1.0, 6.0])
        """
        edges = np.cumsum([0, *(matrix.shape[0] for matrix, _ in blocks.values())]).tolist()
        program = cls.with_upper_rows(
            objective,
            sparse.vstack([matrix for matrix, _ in blocks.values()], format="csr", dtype=np.float64),
            np.concatenate([upper for _, upper in blocks.values()]),
            upper=upper,
        )
        return replace(
            program,
            integer=np.broadcast_to(integer, (program.n_columns,)).astype(bool),
            blocks={name: slice(*ends) for name, ends in zip(blocks, pairwise(edges), strict=True)},
        )

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.matrix.shape[0])

    @property
    def n_columns(self) -> int:
        """Number of columns."""
        return int(self.matrix.shape[1])

    @property
    def is_integer(self) -> bool:
        """Whether any column must be an integer."""
        return bool(self.integer.any())

    def value(self, x: FloatArray) -> float:
        """Objective of a point."""
        return float(self.objective @ x)

    def violation(self, x: FloatArray) -> float:
        """Largest amount by which a point breaks a row, a column limit or integrality; 0 when it breaks none."""
        activity = self.matrix @ x
        broken = [self.row_lower - activity, activity - self.row_upper, self.lower - x, x - self.upper]
        broken.append(np.abs(x - np.rint(x))[self.integer])
        return max((float(excess.max()) for excess in broken if excess.size), default=0.0) if x.size else 0.0
