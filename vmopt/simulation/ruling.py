"""Ruling: which hosts the rules leave to a VM, given who runs where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.errors import InstanceError
from vmopt.model.instance import Instance
from vmopt.rules import InForce, Taken
from vmopt.rules.selection import Grouping


def over_versions(ruled: Instance, versions: Instance, vm_of: IntArray) -> tuple[InForce, ...]:
    """Return the rules of an instance, in force for every version of its VMs; at most one of a VM runs at a time.

    Parameters
    ----------
    ruled : Instance
        The VMs and hosts that the rules speak of.
    versions : Instance
        All versions as its VMs, on the same hosts.
    vm_of : (n_versions,) int64 array
        The VM of each version.

    Raises
    ------
    InstanceError
        If a rule is none of vmopt's, nor made from `vmopt.rules.BaseRule`.
    """

    def spread_out(groups: Grouping) -> Grouping:
        return Grouping(groups.of[vm_of], groups.names)

    for rule, here in zip(ruled.rules, ruled.rules_in_force, strict=True):
        if not isinstance(here, InForce):
            raise InstanceError(f"a simulation keeps no rule {rule}: make it a subclass of vmopt.rules.BaseRule.")
    return tuple(
        replace(
            here,
            instance=versions,
            group=spread_out(here.group),
            other=None if here.other is None else spread_out(here.other),
        )
        for here in ruled.rules_in_force
        if isinstance(here, InForce)
    )


def told_apart(rules: Sequence[InForce]) -> list[IntArray]:
    """Columns over the versions: those that are alike in all of them are alike to every rule."""
    weights = [rule.weight for rule in rules if np.ptp(rule.weight)]
    return [key for rule in rules for key in rule.vm_keys] + weights


class Ruling:
    """Who runs where, counted for every rule.

    Parameters
    ----------
    rules : sequence of InForce
        Over the versions of VMs, the rows of a `Workload`.
    host_index : (n_rows,) int64 array
        Host of each row, -1 where it does not run.
    n_hosts : int
    taken : list of Taken, optional
        What is counted already; default: it is counted from the rows.

    Examples
    --------
    >>> import vmopt
    >>> apart = vmopt.Spread(["vm-0", "vm-1"])
    >>> cluster = vmopt.Instance.from_arrays([[1], [1], [1]], [[4], [4]], rules=[apart])
    >>> ruling = Ruling(cluster.rules_in_force, np.array([-1, -1, -1]), 2)
    >>> ruling.put(0, 1)
    >>> ruling.allowed(1).tolist(), ruling.allowed(2).tolist(), ruling.without(np.array([0])).allowed(1).tolist()
    ([True, False], [True, True], [True, True])
    """

    def __init__(
        self, rules: Sequence[InForce], host_index: IntArray, n_hosts: int, taken: list[Taken] | None = None
    ) -> None:
        self.rules = rules
        self.host_index = host_index
        self._n_hosts = n_hosts
        self._taken = [rule.staying(host_index) for rule in rules] if taken is None else taken

    def allowed(self, row: int) -> BoolArray:
        """Which hosts may take this VM, that does not run, ``(n_hosts,)``, the capacity apart."""
        mask = np.ones(self._n_hosts, dtype=bool)
        for rule, taken in zip(self.rules, self._taken, strict=True):
            if rule.concerns[row]:
                mask &= rule.allows(row, taken)
        return mask

    def put(self, row: int, host: int) -> None:
        """Count a VM that starts on a host."""
        self.host_index[row] = host
        for taken in self._taken:
            taken.add(np.array([row]))

    def take_off(self, row: int) -> set[int]:
        """Count a VM off that leaves; return the hosts that may be allowed to more VMs than before."""
        host, freed = int(self.host_index[row]), set[int]()
        for rule, taken in zip(self.rules, self._taken, strict=True):
            taken.add(np.array([row]), -1)
            if rule.concerns[row] and not rule.rule.fixed:
                freed.update(np.flatnonzero(rule.rule.freed(rule, host)).tolist())
        self.host_index[row] = -1
        return freed

    def without(self, rows: IntArray) -> Ruling:
        """Return what will be when some of the VMs have left."""
        later = self.host_index.copy()
        later[rows] = -1
        return Ruling(self.rules, later, self._n_hosts, [taken.without(rows, later) for taken in self._taken])

    def concerns(self, row: int) -> bool:
        """Whether any rule says where a VM may run."""
        return any(rule.concerns[row] for rule in self.rules)
