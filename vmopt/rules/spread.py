"""Spread: only so many VMs of a group in one domain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.rules.base import HOST, BaseRule, InForce, PerGroup, domains_of, groups_in, per_group, whole_numbers
from vmopt.rules.breach import Breach
from vmopt.rules.domains import checked_over
from vmopt.rules.limits import most_of
from vmopt.rules.program import Cells, RuleRows, Slack, sums
from vmopt.rules.selection import Grouping, Groups, Selected
from vmopt.rules.taken import Taken


@dataclass(frozen=True, eq=False, repr=False)
class Spread(BaseRule):
    """At most `most` placed VMs of each group in each domain: ``n(g,d) <= most[g]``.

    Known as anti-affinity (Kubernetes, OpenStack, VMware, Proxmox), ``max_server_per_host`` (OpenStack), Spread
    (BtrPlace), conflict (ROADEF). Hosts that are in no domain are free.

    Parameters
    ----------
    groups : names, patterns, lists of them, Groups, or a column: (n_vms,) int array, Series, dict by name
    over : str, default ``"host"``
        The domains: each host, or all hosts of one value of this label.
    most : int or (n_groups,) int array, default 1
    penalty : float, optional
        Makes the rule soft: what each VM above the limit costs, ``sum_gd max(n(g,d) - most[g], 0)``.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[1], [1]], [[4]], rules=[vmopt.Spread(["vm-0", "vm-1"])])
    >>> len(vmopt.solve(cluster).placement)
    1
    >>> soft = vmopt.Spread(["vm-0", "vm-1"], penalty=2)
    >>> vmopt.solve(vmopt.Instance.from_arrays([[1], [1]], [[4]], value=[3, 3], rules=[soft])).objective
    4.0
    """

    name: ClassVar[str] = "spread"
    room_says_all: ClassVar[bool] = True

    groups: Selected
    over: str = HOST
    most: PerGroup = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "groups", Groups.of(self.groups))
        object.__setattr__(self, "most", whole_numbers(self.most, "most of Spread", 0))
        checked_over(self.over)

    def find(self, instance: Any) -> tuple[Grouping, Grouping, Grouping | None]:
        """Find the groups and domains."""
        groups = groups_in(instance, self.groups)
        per_group(self.most, groups, "most of Spread")
        return groups, domains_of(instance, self.over), None

    def find_breaches(self, here: InForce, host_index: IntArray) -> Iterator[Breach]:
        """Find domains with too many of a group."""
        most, counts = per_group(self.most, here.group, "most"), here.counts(host_index)
        for pair in np.flatnonzero(counts.number > most[counts.group]).tolist():
            g, d = int(counts.group[pair]), int(counts.domain[pair])
            yield here.breach(g, d, counts.members(pair), int(counts.number[pair] - most[g]))

    def violation(self, here: InForce, host_index: IntArray) -> float:
        """Count the VMs above the limits."""
        counts = here.counts(host_index)
        return float(np.maximum(counts.number - per_group(self.most, here.group, "most")[counts.group], 0).sum())

    def translate(self, here: InForce, cells: Cells, rows: RuleRows) -> None:
        """``sum x <= most - outside`` for each group and domain."""
        pairs = sums(cells, here.group.of, here.domain.of, len(here.domain))
        room = per_group(self.most, here.group, "most")[pairs.group] - pairs.outside
        binding = pairs.most > room
        row = np.cumsum(binding) - 1
        kept = binding[pairs.pair]
        slack = Slack.of(self.penalty, (pairs.most - room)[binding])
        rows.at_most(row[pairs.pair[kept]], pairs.cell[kept], pairs.ones[kept], room[binding], slack)

    def allows(self, here: InForce, vm: int, taken: Taken) -> BoolArray:
        """Tell where the group is not too many yet."""
        g = int(here.group.of[vm])
        return here.where(taken.of(g) < most_of(here)[g], True)

    def added(self, here: InForce, vm: int, taken: Taken) -> FloatArray:
        """One where the group is at its limit."""
        g = int(here.group.of[vm])
        return here.on_hosts(taken.of(g) >= most_of(here)[g], 0)

    def room(self, here: InForce, vm: int, taken: Taken) -> IntArray | None:
        """What is left of `most`."""
        g = int(here.group.of[vm])
        return np.asarray(most_of(here)[g] - taken.of(g))

    def most_in_domain(self, here: InForce) -> IntArray | None:
        """`most` of the group."""
        return per_group(self.most, here.group, "most")

    def most_alike(self, here: InForce) -> IntArray | None:
        """`most` of the group, where each host is a domain."""
        if self.over != HOST:
            return None
        return np.append(per_group(self.most, here.group, "most"), len(here.group.of))[here.group.of]
