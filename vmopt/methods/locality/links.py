"""Links: who talks to whom, as the rows of a sparse matrix."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import sparse

from vmopt.arrays import FloatArray, IntArray


class Links(NamedTuple):
    """Who talks to whom and how much; every link stands in two rows, once for each of its ends.

    Attributes
    ----------
    begin : (n_items + 1,) int64 array
        Where the row of each item begins.
    of, to : (n_links,) int64 arrays
        Whose row it is, and the other end.
    weight : (n_links,) float64 array
        What a second between the ends costs.
    """

    begin: IntArray
    of: IntArray
    to: IntArray
    weight: FloatArray

    @property
    def matrix(self) -> sparse.csr_array:
        """The weights as a symmetric matrix."""
        size = len(self.begin) - 1
        return sparse.csr_array((self.weight, self.to, self.begin), shape=(size, size))

    def copies(self, count: int) -> Links:
        """The same links several times over, among as many copies of the items."""
        size, shift = len(self.begin) - 1, np.arange(count)
        begin = (self.begin[:-1] + len(self.to) * shift[:, None]).ravel()
        of, to = ((ends + size * shift[:, None]).ravel() for ends in (self.of, self.to))
        return Links(np.append(begin, len(self.to) * count), of, to, np.tile(self.weight, count))


def links_of(matrix: sparse.csr_array) -> Links:
    """The entries of a symmetric matrix as links."""
    begin = matrix.indptr.astype(np.int64)
    row = np.repeat(np.arange(len(begin) - 1), np.diff(begin))
    return Links(begin, row, matrix.indices.astype(np.int64), matrix.data)
