"""Openings: many fences and bans, said by one table of who may run where.

An import of a cluster whose volumes are local has a fence for each VM, and every step of a search would ask each one.
VMs in the same of them are one kind, and so are hosts: one row of a table answers for all rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.model.refine import RowKinds, kinds_of
from vmopt.rules.fence import Ban, Eligibility, Fence
from vmopt.rules.in_force import InForce
from vmopt.rules.selection import Grouping
from vmopt.rules.taken import Taken


@dataclass(frozen=True, eq=False, repr=False)
class Openings(Eligibility):
    """VMs of each kind run on hosts of those kinds only that are open to them.

    Parameters
    ----------
    vm, host : (n_vms,) and (n_hosts,) int64 arrays
        Kind of each; -1 for VMs that may run on all hosts.
    open : (n_vm_kinds + 1, n_host_kinds) bool array
        The last row is that of VMs which may run on all hosts.
    """

    name: ClassVar[str] = "openings"

    vm: IntArray
    host: IntArray
    open: BoolArray

    def find(self, instance: Any) -> tuple[Grouping, Grouping, Grouping | None]:
        """Find the kinds, which have no names."""
        n_vm_kinds, n_host_kinds = len(self.open) - 1, self.open.shape[1]
        return Grouping(self.vm, ("",) * n_vm_kinds), Grouping(self.host, ("",) * n_host_kinds), None

    def banned(self, here: InForce, vm: IntArray, host: IntArray) -> BoolArray:
        """Whether a host is not open to a VM."""
        return np.asarray(~self.open[self.vm[vm], self.host[host]])

    def allows(self, here: InForce, vm: int, taken: Taken) -> BoolArray:
        """Tell which hosts are open to the VM."""
        return np.asarray(self.open[self.vm[vm], self.host])


def in_one_table(bars: Sequence[InForce]) -> InForce:
    """Say hard fences and bans of an instance by one table.

    Examples
    --------
    >>> import vmopt
    >>> bars = [vmopt.Fence(["vm-0", "vm-1"], ["host-0", "host-1"]), vmopt.Ban("vm-1", "host-0")]
    >>> cluster = vmopt.Instance.from_arrays([[1]] * 3, [[4]] * 3, rules=bars)
    >>> table = in_one_table(cluster.rules_in_force)
    >>> [table.allows(vm, None).tolist() for vm in range(3)]
    [[True, True, False], [False, True, False], [True, True, True]]
    """
    instance = bars[0].instance
    hosts = [_smaller(bar.domain.anybody, instance.n_hosts) for bar in bars]
    host_kinds = kinds_of(instance.n_hosts, hosts)
    vm_kinds = kinds_of(instance.n_vms, [bar.group.anybody for bar in bars])
    kind, opened = _table(bars, vm_kinds, host_kinds)
    return Openings(kind[vm_kinds.of], host_kinds.of, opened).on(instance)


def is_bar(here: Any) -> bool:
    """Whether a rule is one that such a table can say."""
    return type(here) is InForce and type(here.rule) in (Fence, Ban) and here.penalty is None


def _smaller(some: IntArray, n_hosts: int) -> IntArray:
    """These hosts, or all others where that is fewer: both tell the same hosts apart."""
    return some if 2 * len(some) <= n_hosts else np.setdiff1d(np.arange(n_hosts), some)


def _table(bars: Sequence[InForce], vms: RowKinds, hosts: RowKinds) -> tuple[IntArray, BoolArray]:
    """Row of each kind of VMs, -1 for those in no bar, and which kinds of hosts are open to each row."""
    barred = np.array([bool(inside) for inside in vms.sets])
    row = np.where(barred, np.cumsum(barred) - 1, -1)
    opened = np.ones((int(barred.sum()) + 1, len(hosts)), dtype=bool)
    of_bar: dict[int, BoolArray] = {}
    for kind in np.flatnonzero(barred).tolist():
        for number in vms.sets[kind]:
            if number not in of_bar:
                of_bar[number] = _open_kinds(bars[number], hosts)
            opened[row[kind]] &= of_bar[number]
    return row, opened


def _open_kinds(bar: InForce, hosts: RowKinds) -> BoolArray:
    """Which kinds of hosts a rule leaves its VMs."""
    inside = np.zeros(len(hosts), dtype=bool)
    inside[hosts.of[bar.domain.anybody]] = True
    return ~inside if isinstance(bar.rule, Ban) else inside
