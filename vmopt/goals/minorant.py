"""Minorants: what a goal costs at least, as a linear form in what host classes hold, or as the largest of several."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from vmopt.arrays import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class LinearPieces:
    """Linear forms in groups; of each group the largest counts, or 0 where all are below.

    A form speaks of columns: of resource k on host class c, ``c * n_resources + k``, all that its hosts hold of it, and
    after these of each class how many of its hosts are in use.

    Attributes
    ----------
    group : (n_pieces,) int64 array
    constant : (n_pieces,) float64 array
    piece, column : (n_entries,) int64 arrays
    entry : (n_entries,) float64 array
    """

    group: IntArray
    constant: FloatArray
    piece: IntArray
    column: IntArray
    entry: FloatArray

    @classmethod
    def none(cls) -> LinearPieces:
        """Make no piece."""
        nothing = np.zeros(0, dtype=np.int64)
        return cls(nothing, np.zeros(0), nothing, nothing, np.zeros(0))

    def __len__(self) -> int:
        return len(self.group)

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return int(self.group.max(initial=-1)) + 1


@dataclass(frozen=True, eq=False)
class Minorant:
    """No placement costs less than ``constant + columns @ held + vms @ running + sum_g max(0, largest piece of g)``.

    Attributes
    ----------
    columns : (n_host_classes * (n_resources + 1),) float64 array
        See `LinearPieces`.
    vms : (n_vm_classes,) float64 array
        What a VM of each class adds that runs.
    constant : float
    pieces : LinearPieces
    """

    columns: FloatArray
    vms: FloatArray
    constant: float = 0.0
    pieces: LinearPieces = field(default_factory=LinearPieces.none)

    @classmethod
    def nothing(cls, instance: Any) -> Minorant:
        """No goal that is a cost has less than nothing."""
        n_classes, n_resources = instance.host_classes.capacity.shape
        return cls(np.zeros(n_classes * (n_resources + 1)), np.zeros(len(instance.vm_classes)))


@dataclass(eq=False)
class Form:
    """A sum of minorants with weights, each with a slope for every piece, and beside it the sum of all magnitudes.

    Examples
    --------
    >>> idle = LinearPieces(np.zeros(1, int), np.array([-2.0]), np.zeros(1, int), np.zeros(1, int), np.array([3.0]))
    >>> form = Form.zero(2, 1)
    >>> form.add(0.5, Minorant(np.zeros(2), np.ones(1), 1.0, idle), np.array([1.0]))
    >>> form.columns.tolist(), form.vms.tolist(), form.constant, form.magnitude[2]
    ([1.5, 0.0], [0.5], -0.5, 1.5)
    """

    columns: FloatArray
    vms: FloatArray
    constant: float
    magnitude: tuple[FloatArray, FloatArray, float]

    @classmethod
    def zero(cls, n_columns: int, n_vm_classes: int) -> Form:
        """Make an empty sum."""
        columns, vms = np.zeros(n_columns), np.zeros(n_vm_classes)
        return cls(columns, vms, 0.0, (columns.copy(), vms.copy(), 0.0))

    def add(self, weight: float, minorant: Minorant, slopes: FloatArray) -> None:
        """Add a minorant, with slopes of at least 0 that add up to at most 1 in each group."""
        columns, size = minorant.columns.copy(), np.abs(minorant.columns)
        pieces = minorant.pieces
        part = pieces.entry * slopes[pieces.piece]
        np.add.at(columns, pieces.column, part)
        np.add.at(size, pieces.column, np.abs(part))
        constant = minorant.constant + float(pieces.constant @ slopes)
        whole = abs(minorant.constant) + float(np.abs(pieces.constant) @ slopes)
        self.columns += weight * columns
        self.vms += weight * minorant.vms
        self.constant += weight * constant
        of_columns, of_vms, of_constant = self.magnitude
        of_columns += weight * size
        of_vms += weight * np.abs(minorant.vms)
        self.magnitude = (of_columns, of_vms, of_constant + weight * whole)
