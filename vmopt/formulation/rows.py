"""The rows of a program over placements, block by block: supply, capacity, and amounts of elastic VMs.

With counts ``x[j,w]`` of VMs of class j on host (or host class) w, and amounts ``y[j,w,k]`` that they get together
beyond the least:

    supply    sum_w x[j,w] <= n[j]                                for each VM class j
    capacity  sum_j r[j,k] x[j,w] + y[j,w,k] <= m[w] C[w,k]       for each w and resource k
    amount    y[j,w,k] <= (min(d[j,k], C[w,k]) - r[j,k]) x[j,w]   for each amount

What VMs of one class on one host get together can be split among them in any way, so one amount does for all.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from vmopt.arrays import FloatArray, IntArray
from vmopt.formulation.columns import Columns
from vmopt.model.classes import VMClasses

SUPPLY, CAPACITY, AMOUNT = "supply", "capacity", "amount"


class Rows(NamedTuple):
    """A block of rows ``matrix @ x <= upper``, in integers where amounts are."""

    matrix: Any
    upper: Any

    def kept(self, which: IntArray) -> Rows:
        """Keep some of the rows, in this order."""
        return Rows(self.matrix[which], self.upper[which])

    def scaled(self, by_row: FloatArray, by_column: FloatArray) -> Rows:
        """Divide each row by a factor, and count each column in units of another."""
        matrix = sparse.csr_array(self.matrix, dtype=np.float64)
        matrix.data /= np.repeat(by_row, np.diff(matrix.indptr))
        matrix.data *= by_column[matrix.indices]
        return Rows(matrix, self.upper / by_row)

    def divided(self) -> tuple[Rows, IntArray]:
        """Divide each row, none of them empty, by its greatest common divisor; tell these."""
        matrix = self.matrix.copy()
        divisor = np.gcd.reduceat(matrix.data, matrix.indptr[:-1]) if matrix.nnz else np.ones(0, dtype=np.int64)
        matrix.data //= np.repeat(divisor, np.diff(matrix.indptr))
        return Rows(matrix, self.upper // divisor), divisor


def supply_rows(vms: VMClasses, columns: Columns) -> Rows:
    """At most as many VMs of each class as there are."""
    entries = np.ones(columns.n_pairs, dtype=np.int64), (columns.vm_class, np.arange(columns.n_pairs))
    return Rows(sparse.csr_array(entries, shape=(len(vms), len(columns))), vms.count)


def capacity_rows(vms: VMClasses, columns: Columns, capacity: IntArray, copies: IntArray | int = 1) -> Rows:
    """At most what there is of each resource; the row of resource k on w is ``w * n_resources + k``.

    Parameters
    ----------
    capacity : (n_where, n_resources) array
    copies : (n_where,) array
        How many hosts each row stands for.
    """
    n_resources = capacity.shape[1]
    row, column, entry = [], [], []
    for k in range(n_resources):
        asks = np.flatnonzero(vms.least[columns.vm_class, k])
        row.append(columns.where[asks] * n_resources + k)
        column.append(asks)
        entry.append(vms.least[columns.vm_class[asks], k])
    row.append(columns.where[columns.pair] * n_resources + columns.resource)
    column.append(columns.n_pairs + np.arange(len(columns.pair)))
    entry.append(np.ones(len(columns.pair), dtype=np.int64))
    entries = np.concatenate(entry), (np.concatenate(row), np.concatenate(column))
    matrix = sparse.csr_array(entries, shape=(capacity.size, len(columns)))
    return Rows(matrix, (np.reshape(copies, (-1, 1)) * capacity).ravel())


def amount_rows(columns: Columns) -> Rows:
    """At most what the VMs of a pair can take together beyond their least."""
    n = len(columns.pair)
    each = np.arange(n)
    entry = np.concatenate([np.ones(n, dtype=np.int64), -columns.most])
    place = np.concatenate([each, each]), np.concatenate([columns.n_pairs + each, columns.pair])
    return Rows(sparse.csr_array((entry, place), shape=(n, len(columns))), np.zeros(n, dtype=np.int64))
