"""Gather: all VMs of a group in one domain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.rules.base import HOST, BaseRule, InForce, domains_of, groups_in
from vmopt.rules.breach import Breach
from vmopt.rules.domains import checked_over
from vmopt.rules.gathered import gathered_limits
from vmopt.rules.program import Cells, RuleRows, Slack, Sums, sums
from vmopt.rules.selection import Grouping, Groups, Selected
from vmopt.rules.taken import Taken


@dataclass(frozen=True, eq=False, repr=False)
class Gather(BaseRule):
    """All placed VMs of a group share one domain: ``n(g,d) > 0`` for at most one d, and none runs outside of all.

    Known as affinity (Kubernetes, OpenStack, VMware, Proxmox), Gather and Among (BtrPlace).

    Parameters
    ----------
    groups : names, patterns, lists of them, Groups, or a column: (n_vms,) int array, Series, dict by name
    within : str, default ``"host"``
        The domains: each host, or all hosts of one value of this label.
    penalty : float, optional
        Makes the rule soft: what each VM outside of its group's fullest domain costs,
        ``sum_g (n(g) - max_d n(g,d))``.

    Examples
    --------
    >>> import vmopt
    >>> together = vmopt.Gather(["vm-0", "vm-1"])
    >>> solution = vmopt.solve(vmopt.Instance.from_arrays([[3], [3]], [[4], [7]], rules=[together]))
    >>> dict(solution.placement)
    {'vm-0': 'host-1', 'vm-1': 'host-1'}
    >>> soft = vmopt.Gather(["vm-0", "vm-1"], penalty=0.5)
    >>> vmopt.solve(vmopt.Instance.from_arrays([[3], [3]], [[4], [4]], value=[2, 1], rules=[soft])).objective
    2.5
    """

    name: ClassVar[str] = "gather"
    domains_alike: ClassVar[bool] = True
    gathers: ClassVar[bool] = True

    groups: Selected
    within: str = HOST

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "groups", Groups.of(self.groups))
        checked_over(self.within)

    @property
    def over(self) -> str:
        """The domains."""
        return self.within

    def find(self, instance: Any) -> tuple[Grouping, Grouping, Grouping | None]:
        """Find the groups and domains."""
        return groups_in(instance, self.groups), domains_of(instance, self.within), None

    def find_breaches(self, here: InForce, host_index: IntArray) -> Iterator[Breach]:
        """Find groups that run in several domains, or on hosts that are in none."""
        groups = np.unique(here.group.of[(host_index >= 0) & here.group.inside])
        for g in groups.tolist():
            vms = here.placed(host_index, g)
            where = here.domain.of[host_index[vms]]
            inside = here.by_domain(host_index, vms)
            home = int(inside.argmax()) if inside.any() else -2
            if (where != home).any():
                yield here.breach(g, None, vms[where != home], int((where != home).sum()))

    def violation(self, here: InForce, host_index: IntArray) -> float:
        """Count the VMs outside of the fullest domain of their group."""
        counts = here.counts(host_index)
        fullest = np.zeros(len(here.group), dtype=np.int64)
        np.maximum.at(fullest, counts.group, counts.number)
        return float((here.n_placed(host_index) - fullest).sum())

    def translate(self, here: InForce, cells: Cells, rows: RuleRows) -> None:
        """``sum_d z <= 1`` and ``sum x <= most z``: z tells where the group is; those outside have decided it."""
        pairs = sums(cells, here.group.of, here.domain.of, len(here.domain))
        if self.penalty is not None:
            self._translate_soft(pairs.in_play(), rows)
            rows.forbid(self._nowhere(here, cells), self.penalty)
            return
        settled = pairs.outside_by_group(len(here.group))[pairs.group] > 0
        here_only = settled & (pairs.outside == 0)
        fixed = np.flatnonzero(here_only)
        rows.forbid(np.concatenate([pairs.cell[here_only[pairs.pair]], self._nowhere(here, cells)]))
        free = np.flatnonzero(~settled & (pairs.most > 0))
        if not (free.size or fixed.size):
            return
        z = rows.columns(np.ones(len(free), dtype=np.int64))
        groups, row = np.unique(pairs.group[free], return_inverse=True)
        rows.at_most(row.ravel(), z, np.ones(len(free), dtype=np.int64), np.ones(len(groups)))
        number = np.full(len(pairs), -1)
        number[free] = np.arange(len(free))
        kept = number[pairs.pair] >= 0
        rows.at_most(
            np.concatenate([number[pairs.pair[kept]], np.arange(len(free))]),
            np.concatenate([pairs.cell[kept], z]),
            np.concatenate([pairs.ones[kept], -pairs.most[free]]),
            np.zeros(len(free)),
        )

    def _translate_soft(self, pairs: Sums, rows: RuleRows) -> None:
        """``sum_d z <= 1`` and ``n(g,d) <= N z + v``: v counts those in domains that are not the one that z tells."""
        n, number = len(pairs), pairs.outside + pairs.most
        z, each = rows.columns(np.ones(n, dtype=np.int64)), np.arange(n)
        groups, row = np.unique(pairs.group, return_inverse=True)
        rows.at_most(row.ravel(), z, np.ones(n, dtype=np.int64), np.ones(len(groups)))
        rows.at_most(
            np.concatenate([pairs.pair, each]),
            np.concatenate([pairs.cell, z]),
            np.concatenate([pairs.ones, -number]),
            -pairs.outside,
            Slack.of(self.penalty, number),
        )

    @staticmethod
    def _nowhere(here: InForce, cells: Cells) -> IntArray:
        """Cells of a group on hosts that are in no domain."""
        return np.flatnonzero((here.group.of[cells.vm] >= 0) & (here.domain.of[cells.host] < 0))

    def implied(self, here: InForce) -> tuple[InForce, ...]:
        """What groups add up to that fit no domain as a whole: see `vmopt.rules.gathered`."""
        return gathered_limits(here)

    def forbids(self, here: InForce, vm: IntArray, host: IntArray) -> BoolArray | None:
        """Tell where hosts are in no domain."""
        return (here.group.of[vm] >= 0)[:, None] & (here.domain.of[host] < 0)

    def allows(self, here: InForce, vm: int, taken: Taken) -> BoolArray:
        """Tell where the group runs; any domain while it runs nowhere."""
        g = int(here.group.of[vm])
        home = taken.of(g) > 0
        return here.where(home | ~home.any(), False)

    def added(self, here: InForce, vm: int, taken: Taken) -> FloatArray:
        """One, but in the fullest domains of the group."""
        g = int(here.group.of[vm])
        return here.on_hosts(taken.of(g) < taken.of(g).max(initial=0), 1)

    def room(self, here: InForce, vm: int, taken: Taken) -> IntArray | None:
        """One at a time: each decides where the others may go."""
        return None

    def freed(self, here: InForce, host: int) -> BoolArray:
        """All hosts: when the last VM of a group has left, it may be gathered anywhere."""
        return np.ones(len(here.domain.of), dtype=bool)
