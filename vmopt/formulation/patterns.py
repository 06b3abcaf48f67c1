"""Patterns: multisets of VM classes that fit one host class."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.arrays import IntArray


class Patterns:
    """A growing set of different patterns: multisets of VM classes, each for one host class.

    Parameters
    ----------
    n_vm_classes : int

    Examples
    --------
    >>> patterns = Patterns(2)
    >>> len(patterns.add(0, np.array([[1, 2], [0, 3], [1, 2]]))), len(patterns)
    (2, 2)
    """

    def __init__(self, n_vm_classes: int) -> None:
        self._host_class = np.zeros(64, dtype=np.int64)
        self._counts = np.zeros((64, n_vm_classes), dtype=np.int32)
        self._known: set[bytes] = set()
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def host_class(self) -> IntArray:
        """Host class that each pattern is for, ``(n_patterns,)``."""
        return self._host_class[: self._size]

    @property
    def counts(self) -> Any:
        """How many VMs of each class each pattern holds, ``(n_patterns, n_vm_classes)`` int32."""
        return self._counts[: self._size]

    def add(self, host_class: int, counts: IntArray) -> IntArray:
        """Add the patterns that are new; return them."""
        new = []
        for row, pattern in enumerate(counts):
            key = self._key(host_class, pattern)
            if key not in self._known:
                self._known.add(key)
                new.append(row)
        begin, self._size = self._size, self._size + len(new)
        if self._size > len(self._host_class):
            rows = 2 * self._size
            self._host_class = np.resize(self._host_class, rows)
            self._counts = np.resize(self._counts, (rows, self._counts.shape[1]))
        self._host_class[begin : self._size] = host_class
        self._counts[begin : self._size] = counts[new]
        return counts[new]

    def select(self, keep: Any) -> None:
        """Keep some of the patterns, given as a mask."""
        host_class, counts = self.host_class[keep], self.counts[keep]
        self._size = len(host_class)
        self._host_class[: self._size], self._counts[: self._size] = host_class, counts
        self._known = {self._key(c, row) for c, row in zip(host_class.tolist(), counts, strict=True)}

    @staticmethod
    def _key(host_class: int, row: IntArray) -> bytes:
        used = np.flatnonzero(row)
        return b"%d:" % host_class + used.tobytes() + row[used].astype(np.int32).tobytes()
