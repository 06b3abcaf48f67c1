"""The columns of a program over placements: counts of VMs of a class on a host, and what elastic ones get beyond."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.model.classes import VMClasses
from vmopt.model.fitting import fitting


@dataclass(frozen=True, eq=False)
class Columns:
    """First counts x of pairs (VM class j, where w), then amounts y beyond the least; where is a host or a host class.

    Attributes
    ----------
    vm_class, where : (n_pairs,) int64 arrays
        The pairs whose least amounts fit.
    pair, resource : (n_amounts,) int64 arrays
        What each amount belongs to; there is none where nothing is elastic.
    most : (n_amounts,) int64 array
        What one VM can take beyond its least, ``min(d, C) - r``, above 0.
    """

    vm_class: IntArray
    where: IntArray
    pair: IntArray
    resource: IntArray
    most: IntArray

    @classmethod
    def of(cls, vms: VMClasses, capacity: IntArray, eligible: BoolArray | None = None) -> Columns:
        """List the columns of VM classes on hosts (or host classes) of these capacities, where they are eligible.

        Examples
        --------
        >>> from vmopt.model import Instance
        >>> vms = Instance.from_arrays([[6], [9]], [[8]], reservation=[[4], [9]]).vm_classes
        >>> columns = Columns.of(vms, np.array([[8], [5]]))
        >>> vms.least[columns.vm_class].ravel().tolist(), columns.where.tolist(), columns.most.tolist()
        ([4, 4], [0, 1], [2, 1])
        """
        vm_class, where = fitting_pairs(vms.least, capacity)
        if eligible is not None:
            kept = eligible[vm_class, where]
            vm_class, where = vm_class[kept], where[kept]
        nothing = np.zeros(0, dtype=np.int64)
        if not vms.elastic:
            return cls(vm_class, where, nothing, nothing, nothing)
        most = np.minimum(vms.demand[vm_class], capacity[where]) - vms.least[vm_class]
        pair, resource = np.nonzero(most)
        return cls(vm_class, where, pair, resource, most[pair, resource])

    @property
    def n_pairs(self) -> int:
        """Number of counts; the amounts come after them."""
        return len(self.vm_class)

    def __len__(self) -> int:
        return len(self.vm_class) + len(self.pair)

    @property
    def counts_only(self) -> Columns:
        """The counts alone, where what elastic VMs get beyond their least is not asked for."""
        nothing = np.zeros(0, dtype=np.int64)
        return replace(self, pair=nothing, resource=nothing, most=nothing)

    def kept(self, pairs: BoolArray) -> Columns:
        """Leave out some pairs of VMs that have no amounts."""
        return replace(self, vm_class=self.vm_class[pairs], where=self.where[pairs])

    def value(self, vms: VMClasses) -> FloatArray:
        """What a unit of each column adds to the objective, ``(n_columns,)``."""
        if not vms.elastic:
            return vms.value[self.vm_class]
        base = vms.value - (vms.unit_value * (vms.demand - vms.least)).sum(axis=1)
        return np.concatenate([base[self.vm_class], vms.unit_value[self.vm_class[self.pair], self.resource]])

    def supply(self, vms: VMClasses) -> IntArray:
        """Most of each column, by the number of VMs that there are, ``(n_columns,)``."""
        return self._with_amounts(vms.count[self.vm_class])

    def fitting(self, vms: VMClasses, capacity: IntArray) -> IntArray:
        """Most of each column, by the number of VMs that fit one host of its capacity, ``(n_columns,)``."""
        upper = (vms.count if vms.most is None else vms.most)[self.vm_class]
        for k in range(capacity.shape[1]):
            least = vms.least[self.vm_class, k]
            room = capacity[self.where, k] // np.maximum(least, 1)
            upper = np.where(least > 0, np.minimum(upper, room), upper)
        return self._with_amounts(upper)

    def _with_amounts(self, upper: IntArray) -> IntArray:
        return np.concatenate([upper, self.most * upper[self.pair]])


def fitting_pairs(demand: IntArray, capacity: IntArray) -> tuple[IntArray, IntArray]:
    """All pairs (row of `demand`, row of `capacity`) with the demand within the capacity, ordered by demand row."""
    rows, columns = np.nonzero(fitting(demand, capacity))
    return rows.astype(np.int64), columns.astype(np.int64)
