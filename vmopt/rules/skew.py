"""Skew: a group as even over its domains as may be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from vmopt import checks
from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.errors import InstanceError
from vmopt.rules.base import (
    LARGEST_LIMIT,
    BaseRule,
    InForce,
    PerGroup,
    domains_of,
    groups_in,
    per_group,
    whole_numbers,
)
from vmopt.rules.breach import Breach
from vmopt.rules.domains import checked_over
from vmopt.rules.limits import most_of
from vmopt.rules.open_to import domains_open_to
from vmopt.rules.program import Cells, RuleRows, Sums, sums
from vmopt.rules.selection import Grouping, Groups, Selected
from vmopt.rules.taken import Taken
from vmopt.rules.usable import usable_domains


@dataclass(frozen=True, eq=False, repr=False)
class Skew(BaseRule):
    """No domain has over `most` VMs of a group more than another: ``max_d n(g,d) - min_d n(g,d) <= most[g]``.

    The minimum is over the domains that the group may use: those with a host that some VM of it may run on, by the hard
    `Fence`, `Ban` and `Empty` of the instance, whether it has room or not. It counts as 0 while these are fewer than
    `least_domains`, or none. Hosts that are in no domain run nothing of the group. Known as topologySpreadConstraints
    with maxSkew, minDomains and nodeAffinityPolicy Honor (Kubernetes).

    Parameters
    ----------
    groups : names, patterns, lists of them, Groups, or a column: (n_vms,) int array, Series, dict by name
    over : str
        The domains: ``"host"``, or a label of the hosts.
    most : int or (n_groups,) int array, default 1
        At least 1.
    least_domains : int, default 0
    penalty : float, optional
        Makes the rule soft: what it costs that the most and the least of a group differ by one more than they may, and
        what each VM in no domain costs, ``sum_g max(max_d n(g,d) - min_d n(g,d) - most[g], 0) + n(g) - sum_gd n(g,d)``.

    Examples
    --------
    >>> import vmopt
    >>> even = vmopt.Skew(["vm-0", "vm-1", "vm-2"], over="host")
    >>> vmopt.solve(vmopt.Instance.from_arrays([[1], [1], [1]], [[1], [9]], rules=[even])).unplaced
    ()
    """

    name: ClassVar[str] = "skew"
    domains_alike: ClassVar[bool] = True
    waits: ClassVar[bool] = True
    lasts: ClassVar[bool] = False

    groups: Selected
    over: str
    most: PerGroup = 1
    least_domains: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "groups", Groups.of(self.groups))
        object.__setattr__(self, "most", whole_numbers(self.most, "most of Skew", 1))
        least_domains = checks.integer(self.least_domains, "least_domains of Skew", 0, error=InstanceError)
        object.__setattr__(self, "least_domains", min(least_domains, LARGEST_LIMIT))
        checked_over(self.over)

    def find(self, instance: Any) -> tuple[Grouping, Grouping, Grouping | None]:
        """Find the groups and domains."""
        groups = groups_in(instance, self.groups)
        per_group(self.most, groups, "most of Skew")
        return groups, domains_of(instance, self.over), None

    def counts_as_empty(self, here: InForce) -> BoolArray:
        """For which groups the least counts as 0, ``(n_groups,)``: they may use too few domains, or none."""
        return np.less(here.once(usable_domains).number, max(self.least_domains, 1))

    def find_breaches(self, here: InForce, host_index: IntArray) -> Iterator[Breach]:
        """Find domains that are above the lowest by too much, and VMs that are in no domain."""
        most, open_to = per_group(self.most, here.group, "most"), here.once(domains_open_to)
        for g in np.unique(here.group.of[(host_index >= 0) & here.group.inside]).tolist():
            vms = here.placed(host_index, g)
            where = here.domain.of[host_index[vms]]
            if (where < 0).any():
                yield here.breach(g, None, vms[where < 0], int((where < 0).sum()))
            taken = here.by_domain(host_index, vms)
            count = taken[open_to.of(g)]
            lowest = int(count.min()) if len(count) >= max(self.least_domains, 1) else 0
            for d in np.flatnonzero(taken > lowest + most[g]).tolist():
                yield here.breach(g, d, vms[where == d], int(taken[d] - lowest - most[g]))

    def violation(self, here: InForce, host_index: IntArray) -> float:
        """Add up by how much groups are too uneven, and count their VMs that are in no domain."""
        counts, n, open_to = here.counts(host_index), len(here.group), here.once(domains_open_to)
        highest, lowest = np.zeros(n, dtype=np.int64), np.full(n, len(host_index))
        np.maximum.at(highest, counts.group, counts.number)
        count = open_to.among(counts.group, counts.domain)
        np.minimum.at(lowest, counts.group[count], counts.number[count])
        everywhere = np.bincount(counts.group[count], minlength=n) == open_to.number
        lowest = np.where(everywhere & (open_to.number >= max(self.least_domains, 1)), lowest, 0)
        uneven = np.maximum(highest - lowest - per_group(self.most, here.group, "most"), 0)
        return float(uneven.sum() + here.n_placed(host_index).sum() - counts.number.sum())

    def translate(self, here: InForce, cells: Cells, rows: RuleRows) -> None:
        """``n(g,d) <= most + m + v`` for all d, ``m <= n(g,d)`` for usable ones; m 0 where it counts so, v soft."""
        n = max(len(here.domain), 1)
        pairs = sums(cells, here.group.of, here.domain.of, n).in_play()
        most = per_group(self.most, here.group, "most")
        groups, of = np.unique(pairs.group, return_inverse=True)
        of = of.ravel()
        usable = here.once(usable_domains).among(pairs.group, pairs.domain)
        m = rows.columns(self._lowest(here, pairs, usable)[groups])
        each, ones = np.arange(len(pairs)), np.ones(len(pairs), dtype=np.int64)
        row, column, entry = [pairs.pair, each], [pairs.cell, m[of]], [pairs.ones, -ones]
        if self.penalty is not None:
            v = rows.columns(here.sizes[groups], self.penalty)
            row, column, entry = [*row, each], [*column, v[of]], [*entry, -ones]
        rows.at_most(
            np.concatenate(row), np.concatenate(column), np.concatenate(entry), most[pairs.group] - pairs.outside
        )
        number, cell = np.cumsum(usable) - 1, usable[pairs.pair]
        rows.at_most(
            np.concatenate([number[usable], number[pairs.pair[cell]]]),
            np.concatenate([m[of[usable]], pairs.cell[cell]]),
            np.concatenate([ones[usable], -pairs.ones[cell]]),
            pairs.outside[usable],
        )
        lost = np.flatnonzero((here.group.of[cells.vm] >= 0) & (here.domain.of[cells.host] < 0))
        rows.forbid(lost, self.penalty)

    def _lowest(self, here: InForce, pairs: Sums, usable: BoolArray) -> IntArray:
        """What the emptiest domain of each group can have at most: 0 where one has neither a cell nor a VM."""
        group, number = pairs.group[usable], here.once(usable_domains).number
        reached = np.bincount(group, minlength=len(here.group)) == number
        lowest = np.full(len(here.group), np.iinfo(np.int64).max)
        np.minimum.at(lowest, group, (pairs.outside + pairs.most)[usable])
        return np.where(reached & ~self.counts_as_empty(here), lowest, 0)

    def most_in_domain(self, here: InForce) -> IntArray | None:
        """`most` above what the emptiest domain has, which is no more than all usable ones have on average."""
        average = here.sizes // np.maximum(here.once(usable_domains).number, 1)
        return per_group(self.most, here.group, "most") + np.where(self.counts_as_empty(here), 0, average)

    def forbids(self, here: InForce, vm: IntArray, host: IntArray) -> BoolArray | None:
        """Tell where hosts are in no domain."""
        return (here.group.of[vm] >= 0)[:, None] & (here.domain.of[host] < 0)

    def allows(self, here: InForce, vm: int, taken: Taken) -> BoolArray:
        """Tell where one more is not above the lowest by too much."""
        g = int(here.group.of[vm])
        number = taken.of(g)
        usable = number[here.once(usable_domains).of(g)]
        lowest = int(usable.min()) if len(usable) >= max(self.least_domains, 1) else 0
        return here.where(number + 1 - lowest <= most_of(here)[g], False)

    def room(self, here: InForce, vm: int, taken: Taken) -> IntArray | None:
        """One at a time: each decides where the others may go."""
        return None

    def added(self, here: InForce, vm: int, taken: Taken) -> FloatArray:
        """By how much the group is more uneven, or less; one on a host in no domain."""
        g = int(here.group.of[vm])
        number, usable, most = taken.of(g), here.once(domains_open_to).of(g), int(most_of(here)[g])
        highest, lowest = int(number.max(initial=0)), np.zeros(len(number), dtype=np.int64)
        before = 0
        if np.count_nonzero(usable) >= max(self.least_domains, 1):
            first, second = np.sort(np.append(number[usable], LARGEST_LIMIT))[:2].tolist()
            lowest[:], before = first, first
            lowest[usable & (number == first)] = min(first + 1, second)
        uneven = np.maximum(np.maximum(number + 1, highest) - lowest - most, 0)
        return here.on_hosts(uneven - max(highest - before - most, 0), 1)
