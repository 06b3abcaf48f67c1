"""Quota: limits of VMs or of a resource."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any, ClassVar

import numpy as np

from vmopt import checks
from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.errors import InstanceError
from vmopt.rules.base import UNLIMITED, BaseRule, InForce, domains_of, groups_in
from vmopt.rules.breach import Breach
from vmopt.rules.domains import checked_over
from vmopt.rules.program import Cells, RuleRows, Slack, sums
from vmopt.rules.selection import Grouping, Groups, Selected
from vmopt.rules.taken import Taken

ROUNDING = Fraction(1, 2**50)
"""Part by which a limit in floats may lie below the whole number of units that is meant."""
NO_LIMIT = 2**62
"""No demands add up to as much."""


@dataclass(frozen=True, eq=False, repr=False)
class Quota(BaseRule):
    """What the VMs of each group ask for in each domain adds up to at most `most`: ``sum_i w[i] x[i,d] <= most``.

    w is the demand of a resource, or 1. Known as quota, max pods (Kubernetes), quota and max_instances_per_host
    (OpenStack), RunningCapacity and ResourceCapacity (BtrPlace), the power of a rack.

    Parameters
    ----------
    most : float
        In your own unit of the resource; VMs where there is none.
    over : str or None
        The domains: ``"host"``, a label of the hosts, or None for the whole cluster.
    resource : str, optional
        Which resource; None counts VMs.
    of : names, patterns, lists of them, Groups, or (n_vms,) int array, Series, dict by name, optional
        Whose demand; default: of all VMs.
    penalty : float, optional
        Makes the rule soft: what each unit above the limit costs, your own unit of the resource or a VM,
        ``sum_gd max(sum_i w[i] x[i,d] - most, 0)``. `most` counts in whole units of the instance, rounded down.

    Examples
    --------
    >>> import vmopt
    >>> quota = vmopt.Quota(5, resource="cpu", of=["vm-0", "vm-1"])
    >>> cluster = vmopt.Instance.from_arrays([[3], [3]], [[8]], resources=["cpu"], rules=[quota])
    >>> len(vmopt.solve(cluster).placement)
    1
    """

    name: ClassVar[str] = "quota"
    room_says_all: ClassVar[bool] = True

    most: float
    over: str | None = None
    resource: str | None = None
    of: Selected | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        whole = checks.is_integer(self.most)
        most = int(self.most) if whole else checks.as_float(self.most)
        if not 0 <= most < np.inf:
            raise InstanceError(f"most of Quota is {checks.shown(self.most)}: give a finite number of at least 0.")
        if self.resource is not None:
            checks.text(self.resource, "resource of Quota", InstanceError, "the name of a resource, or None")
        object.__setattr__(self, "most", min(most, NO_LIMIT) if whole else min(most, float(NO_LIMIT)))
        object.__setattr__(self, "of", None if self.of is None else Groups.of(self.of))
        checked_over(self.over)

    def find(self, instance: Any) -> tuple[Grouping, Grouping, Grouping | None]:
        """Find the groups and domains."""
        everyone = Grouping(np.zeros(instance.n_vms, dtype=np.int64), ("all VMs",))
        if self.resource is not None and self.resource not in instance.resources:
            raise InstanceError(f"Quota is of {self.resource!r}: the resources are {', '.join(instance.resources)}.")
        groups = everyone if self.of is None else groups_in(instance, self.of)
        return groups, domains_of(instance, self.over), None

    def weights(self, instance: Any) -> IntArray:
        """What each VM counts for: its demand, or 1."""
        if self.resource is None:
            return super().weights(instance)
        return np.asarray(instance.demand[:, instance.resources.index(self.resource)])

    def units(self, here: InForce) -> int:
        """The limit in whole units, rounded down."""
        asked = Fraction(self.most) * self.units_per(here.instance)
        nearest = round(asked)
        return min(nearest if abs(nearest - asked) <= asked * ROUNDING else floor(asked), NO_LIMIT)

    def find_breaches(self, here: InForce, host_index: IntArray) -> Iterator[Breach]:
        """Find domains where a group asks for too much."""
        weight, most = here.weight, self.units(here)
        counts = here.counts(host_index)
        asked = np.add.reduceat(weight[counts.vms], counts.start[:-1]) if len(counts.number) else counts.number
        for pair in np.flatnonzero(asked > most).tolist():
            vms = counts.members(pair)
            vms = vms[weight[vms] > 0]
            smallest = np.cumsum(np.sort(weight[vms]))
            excess = 1 + int(np.searchsorted(smallest, asked[pair] - most))
            yield here.breach(int(counts.group[pair]), int(counts.domain[pair]), vms, excess)

    def violation(self, here: InForce, host_index: IntArray) -> float:
        """Add up what is asked for above the limits."""
        placed = np.flatnonzero((host_index >= 0) & here.group.inside)
        where = here.domain.of[host_index[placed]]
        placed, where = placed[where >= 0], where[where >= 0]
        pairs, of = np.unique(here.group.of[placed] * len(here.domain) + where, return_inverse=True)
        asked = np.zeros(len(pairs), dtype=np.int64)
        np.add.at(asked, of.ravel(), here.weight[placed])
        return int(np.maximum(asked - self.units(here), 0).sum()) / self.units_per(here.instance)

    def translate(self, here: InForce, cells: Cells, rows: RuleRows) -> None:
        """``sum w x <= most - outside`` for each group and domain."""
        weight, most = here.weight, self.units(here)
        pairs = sums(cells, here.group.of, here.domain.of, len(here.domain))
        stays = np.flatnonzero((cells.outside >= 0) & here.group.inside)
        stays = stays[here.domain.of[cells.outside[stays]] >= 0]
        key = here.group.of[stays] * len(here.domain) + here.domain.of[cells.outside[stays]]
        pair = np.searchsorted(pairs.group * len(here.domain) + pairs.domain, key)
        room = np.full(len(pairs), most, dtype=np.int64)
        np.subtract.at(room, pair, weight[stays])
        entry = weight[cells.vm[pairs.cell]]
        if self.penalty is None:
            rows.at_most(pairs.pair, pairs.cell, entry, room)
            return
        asked = np.zeros(len(pairs), dtype=np.int64)
        np.add.at(asked, pairs.pair, entry * np.minimum(cells.upper, cells.supply[cells.vm_class])[pairs.cell])
        above = Slack(self.penalty / self.units_per(here.instance), np.maximum(asked - room, 0))
        rows.at_most(pairs.pair, pairs.cell, entry, room, above)

    def most_in_domain(self, here: InForce) -> IntArray | None:
        """Return the quota."""
        return np.full(len(here.group), self.units(here), dtype=np.int64)

    def units_per(self, instance: Any) -> int:
        """Those of the resource."""
        return 1 if self.resource is None else int(instance.scale[instance.resources.index(self.resource)])

    def allows(self, here: InForce, vm: int, taken: Taken) -> BoolArray:
        """Tell where there is something left of the quota."""
        g = int(here.group.of[vm])
        return here.where(taken.of(g) + here.weight[vm] <= self.units(here), True)

    def added(self, here: InForce, vm: int, taken: Taken) -> FloatArray:
        """What it asks for beyond what is left of the quota."""
        g, units = int(here.group.of[vm]), self.units(here)
        before = np.maximum(taken.of(g), units)
        above = np.maximum(taken.of(g) + here.weight[vm], before) - before
        return here.on_hosts(above, 0) / self.units_per(here.instance)

    def room(self, here: InForce, vm: int, taken: Taken) -> IntArray | None:
        """What is left of the quota, in VMs like this one."""
        weight, left = int(here.weight[vm]), self.units(here) - taken.of(int(here.group.of[vm]))
        return np.asarray(left // weight if weight else np.where(left >= 0, UNLIMITED, 0))
