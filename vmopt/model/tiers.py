"""Tiers: levels of priority, each served before the next."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vmopt.arrays import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Tiers:
    """The levels of an instance, the highest priority first.

    Attributes
    ----------
    priority : (n_levels,) int64 array
        Falling.
    of : (n_vms,) int64 array
        Level of each VM, 0 for the highest priority.

    Examples
    --------
    >>> tiers = Tiers.of_priorities(np.array([0.0, 1000.0, -5.0, 0.0]))
    >>> tiers.priority.tolist(), tiers.of.tolist()
    ([1000, 0, -5], [1, 0, 2, 1])
    """

    priority: IntArray
    of: IntArray

    @classmethod
    def of_priorities(cls, priority: FloatArray) -> Tiers:
        """Make a level of each distinct priority."""
        distinct, of = np.unique(-priority.astype(np.int64), return_inverse=True)
        return cls(-distinct, of.ravel().astype(np.int64))

    def __len__(self) -> int:
        return len(self.priority)

    @cached_property
    def members(self) -> list[IntArray]:
        """VMs of each level, in the order of the instance."""
        ends = np.cumsum(np.bincount(self.of, minlength=len(self)))
        return np.split(np.argsort(self.of, kind="stable"), ends[:-1])
