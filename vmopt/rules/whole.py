"""Whole: all VMs of a group run, or none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.errors import InstanceError
from vmopt.rules.base import BaseRule, InForce, PerGroup, domains_of, groups_in, per_group, whole_numbers
from vmopt.rules.breach import Breach
from vmopt.rules.program import Cells, RuleRows, Slack, sums
from vmopt.rules.selection import Grouping, Groups, Selected
from vmopt.rules.taken import Taken


@dataclass(frozen=True, eq=False, repr=False)
class Whole(BaseRule):
    """Of each group all VMs run, or none; or at least `least`, or none: ``n(g) = 0 or n(g) >= least[g]``.

    Known as gang scheduling, all-or-nothing, PodGroup with minMember (Kubernetes), vApp (VMware).

    Parameters
    ----------
    groups : names, patterns, lists of them, Groups, or a column: (n_vms,) int array, Series, dict by name
    least : int or (n_groups,) int array, optional
        Default: the whole group.
    penalty : float, optional
        Makes the rule soft: what each VM costs that a group lacks which runs in part,
        ``sum_g max(least[g] - n(g), 0)`` over the groups with ``n(g) > 0``.

    Examples
    --------
    >>> import vmopt
    >>> gang = vmopt.Whole(["vm-0", "vm-1"])
    >>> vmopt.solve(vmopt.Instance.from_arrays([[3], [3], [2]], [[5]], rules=[gang])).unplaced
    ('vm-0', 'vm-1')
    """

    name: ClassVar[str] = "whole"
    lasts: ClassVar[bool] = False

    groups: Selected
    least: PerGroup | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "groups", Groups.of(self.groups))
        if self.least is not None:
            object.__setattr__(self, "least", whole_numbers(self.least, "least of Whole", 1))

    def find(self, instance: Any) -> tuple[Grouping, Grouping, Grouping | None]:
        """Find the groups; there is one domain, the cluster."""
        groups = groups_in(instance, self.groups)
        sizes = np.bincount(groups.of[groups.inside], minlength=len(groups))
        least = np.zeros_like(sizes) if self.least is None else per_group(self.least, groups, "least of Whole")
        too_many = (least > sizes) & (sizes > 0)
        if too_many.any():
            g = int(np.argmax(too_many))
            raise InstanceError(
                f"Whole asks for more VMs of group {groups.names[g]!r} than its {sizes[g]}: lower `least`."
            )
        return groups, domains_of(instance, None), None

    def wanted(self, here: InForce) -> IntArray:
        """How many VMs of each group run if any do."""
        return here.sizes if self.least is None else per_group(self.least, here.group, "least")

    def concerns(self, here: InForce) -> BoolArray:
        """No VM: who is placed in part is taken off at the end."""
        return np.zeros(len(here.group.of), dtype=bool)

    def find_breaches(self, here: InForce, host_index: IntArray) -> Iterator[Breach]:
        """Find groups that run in part."""
        counts, wanted = here.counts(host_index), self.wanted(here)
        for pair in np.flatnonzero(counts.number < wanted[counts.group]).tolist():
            yield here.breach(int(counts.group[pair]), None, counts.members(pair), int(counts.number[pair]))

    def violation(self, here: InForce, host_index: IntArray) -> float:
        """Count the VMs that groups lack which run in part."""
        number = here.n_placed(host_index)
        return float(np.maximum(self.wanted(here) - number, 0)[number > 0].sum())

    def translate(self, here: InForce, cells: Cells, rows: RuleRows) -> None:
        """``wanted u <= outside + sum x <= size u`` with u binary."""
        pairs = sums(cells, here.group.of, here.domain.of, 1)
        wanted, n = self.wanted(here)[pairs.group], len(pairs)
        u = rows.columns(np.ones(n, dtype=np.int64))
        row, column = np.concatenate([pairs.pair, np.arange(n)]), np.concatenate([pairs.cell, u])
        most = pairs.outside + pairs.most
        rows.at_most(row, column, np.concatenate([pairs.ones, -most]), -pairs.outside)
        lacking = Slack.of(self.penalty, wanted)
        rows.at_least(row, column, np.concatenate([pairs.ones, -wanted]), -pairs.outside, lacking)

    def allows(self, here: InForce, vm: int, taken: Taken) -> BoolArray:
        """Any host will do."""
        return np.ones(len(here.domain.of), dtype=bool)

    def added(self, here: InForce, vm: int, taken: Taken) -> FloatArray:
        """One less, or all that the group then lacks where it is the first; it matters to no group that is whole."""
        g = int(here.group.of[vm])
        placed, wanted = taken.placed(g), int(self.wanted(here)[g])
        lacks = max(wanted - placed, 0) if placed else 0
        return np.full(len(here.domain.of), float(max(wanted - placed - 1, 0) - lacks))
