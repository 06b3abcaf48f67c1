"""What follows from sharing one domain: limits of a group on the whole cluster, for bounds to price.

All VMs of a group that run are a set S that fits one domain. For any amounts w of the VMs, so what runs of the group
adds up to at most

    max  sum_(i in S) w[i]     over the sets S that fit some domain,

wherever that is. The amounts are: 1 for each VM, what it asks for of each resource, and its value in whole steps. Where
each host is a domain and a group is small, the sets are gone through, so that the limit is a sum which is reached:
where VMs of 64 cpus are gathered on hosts of 170, it is 128. Else it is the largest domain's capacity.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from vmopt.arrays import IntArray
from vmopt.model.dominance import largest
from vmopt.rules.domains import HOST, domains_of
from vmopt.rules.in_force import InForce
from vmopt.rules.selection import Grouping

MOST_SETS = 5_000
"""Sets of a group that are gone through, up to which it is small."""
MOST_ENTRIES = 5_000_000
"""Sets times hosts that are looked at for all groups together, about."""
STEPS = 10_000
"""Steps of the value of the most valuable VM of a group."""


class Amount(NamedTuple):
    """What VMs are weighed by: `taken` says how much of it each is, `units` in how many parts a unit comes."""

    name: str
    taken: IntArray
    units: int


@dataclass(frozen=True, eq=False)
class GatheredLimit(InForce):
    """What a group adds up to at most, in one amount, wherever it is; its one domain is the cluster.

    Attributes
    ----------
    taken : (n_vms,) int64 array
    limit : (n_groups,) int64 array
    units : int
    """

    taken: IntArray = None  # type: ignore[assignment]
    limit: IntArray = None  # type: ignore[assignment]
    units: int = 1

    @property
    def by_host(self) -> bool:
        """The cluster is one domain, whatever those are that the group shares."""
        return False

    @property
    def weight(self) -> IntArray:
        """What each VM counts for."""
        return self.taken

    @property
    def most_in_domain(self) -> IntArray:
        """What each group adds up to at most."""
        return self.limit

    @property
    def units_per(self) -> int:
        """Into how many parts a unit is divided."""
        return self.units


def gathered_limits(here: InForce) -> tuple[GatheredLimit, ...]:
    """Return the limits of the groups that fit no domain as a whole; nothing where all do.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4]] * 3, [[10], [7]], rules=[vmopt.Gather("vm-*")])
    >>> [limit.limit.tolist() for limit in cluster.rules_in_force[0].implied]
    [[2], [8], [20000]]
    """
    room = _room(here)
    groups = _too_large(here, room)
    if not len(groups) or not len(room):
        return ()
    number = np.full(len(here.group) + 1, -1)
    number[groups] = np.arange(len(groups))
    of, amounts = number[here.group.of], list(_amounts(here))
    limits = np.array(list(_largest_sums(here, groups, room, amounts))).reshape(len(groups), len(amounts))
    domain = domains_of(here.instance, None)
    return tuple(
        GatheredLimit(
            here.rule,
            here.instance,
            Grouping(of, tuple(f"{here.group.names[g]} ({amount.name} in one domain)" for g in groups.tolist())),
            domain,
            taken=amount.taken,
            limit=limit,
            units=amount.units,
        )
        for amount, limit in zip(amounts, limits.T, strict=True)
    )


def _room(here: InForce) -> IntArray:
    """What the domains offer, those that none is as large as in everything, ``(n, n_resources)``."""
    inside = np.flatnonzero(here.domain.inside)
    total = np.zeros((len(here.domain), here.instance.capacity.shape[1]), dtype=np.int64)
    np.add.at(total, here.domain.of[inside], here.instance.capacity[inside])
    total = np.unique(total, axis=0)
    return np.asarray(total[largest(total, np.arange(len(total)))])


def _too_large(here: InForce, room: IntArray) -> IntArray:
    """Groups that no domain has room for."""
    asked = np.zeros((len(here.group) + 1, room.shape[1]), dtype=np.int64)
    np.add.at(asked, here.group.of, here.instance.reserved)
    fits = np.zeros(len(here.group), dtype=bool)
    for offered in room:
        fits |= (asked[:-1] <= offered).all(axis=1)
    return np.flatnonzero(~fits)


def _amounts(here: InForce) -> Iterator[Amount]:
    instance, group = here.instance, here.group.of
    yield Amount("VMs", np.ones(instance.n_vms, dtype=np.int64), 1)
    for k, (name, scale) in enumerate(zip(instance.resources, instance.scale.tolist(), strict=True)):
        yield Amount(name, instance.reserved[:, k], int(scale))
    if not instance.elastic:
        dearest = np.zeros(len(here.group) + 1)
        np.maximum.at(dearest, group, instance.value)
        step = np.where(dearest > 0, dearest, 1.0)[group] / STEPS
        yield Amount("value", np.rint(instance.value / step).astype(np.int64), 1)


def _largest_sums(here: InForce, groups: IntArray, room: IntArray, amounts: list[Amount]) -> Iterator[IntArray]:
    """For each group, what the VMs of a set that fits add up to at most, in each amount."""
    left = MOST_ENTRIES if here.rule.over == HOST else 0  # type: ignore[attr-defined]
    for g in groups.tolist():
        vms = here.members[g]
        demand = here.instance.reserved[vms]
        taken = np.column_stack([amount.taken[vms] for amount in amounts])
        kinds, count = np.unique(np.hstack([demand, taken]), axis=0, return_counts=True)
        demand, taken = np.split(kinds, [demand.shape[1]], axis=1)
        sets = fitting_sets(demand, count, room) if left > 0 else None
        left -= len(room) * (MOST_SETS if sets is None else len(sets))
        yield _within(demand, taken * count[:, None], room) if sets is None else (sets @ taken).max(axis=0)


def _within(demand: IntArray, taken: IntArray, room: IntArray) -> IntArray:
    """What sums cannot exceed: those of all VMs that fit by themselves, and of a resource the most that there is."""
    alone = np.any(np.all(demand[:, None, :] <= room, axis=2), axis=1)
    most = taken[alone].sum(axis=0)
    resources = slice(1, 1 + room.shape[1])
    most[resources] = np.minimum(most[resources], room.max(axis=0))
    return np.asarray(most)


def fitting_sets(demand: IntArray, count: IntArray, room: IntArray, most: int = MOST_SETS) -> IntArray | None:
    """List all sets of VMs that fit one of some rooms, the empty one included; None where there are too many.

    Parameters
    ----------
    demand : (n_kinds, n_resources) int64 array
    count : (n_kinds,) int64 array
        How many VMs there are of each kind.
    room : (n_rooms, n_resources) int64 array
    most : int
        Sets that are listed at most.

    Returns
    -------
    (n_sets, n_kinds) int64 array or None
        How many of each kind each set has.

    Examples
    --------
    >>> fitting_sets(np.array([[4], [3]]), np.array([2, 1]), np.array([[8]])).tolist()
    [[0, 0], [0, 1], [1, 0], [1, 1], [2, 0]]
    """
    sets, asked = np.zeros((1, len(count)), dtype=np.int64), np.zeros((1, demand.shape[1]), dtype=np.int64)
    for kind, number in enumerate(count.tolist()):
        every = [(sets, asked)]
        for _ in range(number):
            more, asked_by_more = every[-1]
            asked_by_more = asked_by_more + demand[kind]
            fits = np.any(np.all(asked_by_more[:, None, :] <= room, axis=2), axis=1)
            if not fits.any():
                break
            more = more[fits]
            more[:, kind] += 1
            every.append((more, asked_by_more[fits]))
            if sum(len(one) for one, _ in every) > most:
                return None
        sets, asked = (np.concatenate(part) for part in zip(*every, strict=True))
    return np.asarray(sets[np.lexsort(sets.T[::-1])])
