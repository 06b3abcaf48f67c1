"""Skew: a group as even over its domains as may be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from vmopt import checks
from vmopt.arrays import BoolArray, IntArray
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
from vmopt.rules.program import Cells, RuleRows, sums
from vmopt.rules.selection import Grouping, Groups, Selected
from vmopt.rules.taken import Taken


@dataclass(frozen=True, eq=False, repr=False)
class Skew(BaseRule):
    """No domain has over `most` VMs of a group more than another: ``max_d n(g,d) - min_d n(g,d) <= most[g]``.

    The minimum counts as 0 while there are fewer than `least_domains` domains. Hosts that are in no domain run nothing
    of the group. Known as topologySpreadConstraints with maxSkew and minDomains (Kubernetes).

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

    def counts_as_empty(self, here: InForce) -> bool:
        """Whether there are fewer domains than asked for, so that the least counts as 0."""
        return len(here.domain) < self.least_domains

    def find_breaches(self, here: InForce, host_index: IntArray) -> Iterator[Breach]:
        """Find domains that are above the lowest by too much, and VMs that are in no domain."""
        most = per_group(self.most, here.group, "most")
        for g in np.unique(here.group.of[(host_index >= 0) & here.group.inside]).tolist():
            vms = here.placed(host_index, g)
            where = here.domain.of[host_index[vms]]
            if (where < 0).any():
                yield here.breach(g, None, vms[where < 0], int((where < 0).sum()))
            taken = here.by_domain(host_index, vms)
            lowest = 0 if self.counts_as_empty(here) else int(taken.min())
            for d in np.flatnonzero(taken > lowest + most[g]).tolist():
                yield here.breach(g, d, vms[where == d], int(taken[d] - lowest - most[g]))

    def violation(self, here: InForce, host_index: IntArray) -> float:
        """Add up by how much groups are too uneven, and count their VMs that are in no domain."""
        counts, n = here.counts(host_index), len(here.group)
        highest, lowest = np.zeros(n, dtype=np.int64), np.full(n, len(host_index))
        np.maximum.at(highest, counts.group, counts.number)
        np.minimum.at(lowest, counts.group, counts.number)
        everywhere = np.bincount(counts.group, minlength=n) == len(here.domain)
        lowest = np.where(everywhere & (not self.counts_as_empty(here)), lowest, 0)
        uneven = np.maximum(highest - lowest - per_group(self.most, here.group, "most"), 0)
        return float(uneven.sum() + here.n_placed(host_index).sum() - counts.number.sum())

    def translate(self, here: InForce, cells: Cells, rows: RuleRows) -> None:
        """``n(g,d) <= most + m + v`` for all domains, ``m <= n(g,d)`` for all; m 0 where it counts as that, v soft."""
        n = max(len(here.domain), 1)
        pairs = sums(cells, here.group.of, here.domain.of, n).in_play()
        most = per_group(self.most, here.group, "most")
        groups, of = np.unique(pairs.group, return_inverse=True)
        of = of.ravel()
        m = rows.columns(self._lowest(here, pairs.group, pairs.outside + pairs.most, groups))
        each, ones = np.arange(len(pairs)), np.ones(len(pairs), dtype=np.int64)
        row, column, entry = [pairs.pair, each], [pairs.cell, m[of]], [pairs.ones, -ones]
        if self.penalty is not None:
            v = rows.columns(here.sizes[groups], self.penalty)
            row, column, entry = [*row, each], [*column, v[of]], [*entry, -ones]
        rows.at_most(
            np.concatenate(row), np.concatenate(column), np.concatenate(entry), most[pairs.group] - pairs.outside
        )
        rows.at_most(
            np.concatenate([each, pairs.pair]),
            np.concatenate([m[of], pairs.cell]),
            np.concatenate([ones, -pairs.ones]),
            pairs.outside,
        )
        lost = np.flatnonzero((here.group.of[cells.vm] >= 0) & (here.domain.of[cells.host] < 0))
        rows.forbid(lost, self.penalty)

    def _lowest(self, here: InForce, group: IntArray, most: IntArray, groups: IntArray) -> IntArray:
        """What the emptiest domain of each group can have at most: 0 where one has neither a cell nor a VM."""
        if self.counts_as_empty(here):
            return np.zeros(len(groups), dtype=np.int64)
        reached = np.bincount(group, minlength=len(here.group))[groups] == len(here.domain)
        lowest = np.full(len(here.group), np.iinfo(np.int64).max)
        np.minimum.at(lowest, group, most)
        return np.where(reached, lowest[groups], 0)

    def most_in_domain(self, here: InForce) -> IntArray | None:
        """`most` above what the emptiest domain has, which is no more than all of them have on average."""
        lowest = 0 if self.counts_as_empty(here) else here.sizes // max(len(here.domain), 1)
        return per_group(self.most, here.group, "most") + lowest

    def forbids(self, here: InForce, vm: IntArray, host: IntArray) -> BoolArray | None:
        """Tell where hosts are in no domain."""
        return (here.group.of[vm] >= 0)[:, None] & (here.domain.of[host] < 0)

    def allows(self, here: InForce, vm: int, taken: Taken) -> BoolArray:
        """Tell where one more is not above the lowest by too much."""
        g = int(here.group.of[vm])
        number = taken.of(g)
        lowest = 0 if self.counts_as_empty(here) else int(number.min())
        return here.where(number + 1 - lowest <= per_group(self.most, here.group, "most")[g], False)

    def room(self, here: InForce, vm: int, taken: Taken) -> IntArray | None:
        """One at a time: each decides where the others may go."""
        return None
