"""Limits of groups that share one domain: by other rules within it, by its capacity, by who reaches it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.rules.base import InForce
from vmopt.rules.contradictions.barred_pairs import MOST_ENTRIES
from vmopt.rules.contradictions.case import Case
from vmopt.rules.contradictions.company import company_limits
from vmopt.rules.contradictions.fitting import ANY, fitting
from vmopt.rules.contradictions.limits import RunLimit, limits_of
from vmopt.rules.contradictions.meeting import members_of_rule, shortfalls, tight_groups
from vmopt.rules.contradictions.usable_domains import room_within
from vmopt.rules.gather import Gather
from vmopt.rules.reach import Reach
from vmopt.rules.skew import Skew

MOST_KINDS = 256


def gather_limits(case: Case) -> Iterator[RunLimit]:
    """Limits of the groups of every Gather."""
    gathers = [(number, here) for number, here in case.of_type(Gather) if len(here.group)]
    for within in dict.fromkeys(here.rule.within for _, here in gathers):  # type: ignore[attr-defined]
        alike = [(number, here) for number, here in gathers if here.rule.within == within]  # type: ignore[attr-defined]
        limits = list(limits_of(case, room_within(case, alike[0][1])))
        tight = tight_groups(case.rules, limits, ~case.never)
        only_whole = np.array([isinstance(case.rules[k.rule].rule, Skew | Reach) for k in limits], dtype=bool)
        by_rule = np.array([limit.rule for limit in limits] + [-1])
        for number, here in alike:
            groups = members_of_rule(here, ~case.never)
            off, by = shortfalls(groups, tight, only_whole)
            reason = f"all of them share one {within}, which the other rule lets have only so many of them"
            most = np.where(off > 0, _sizes(here, case) - off, ANY)
            yield RunLimit(number, most, np.zeros(len(most), dtype=bool), by_rule[by], reason)
            yield from company_limits(case, number, here, groups)
            yield from _by_homes(case, number, here)
            yield from _by_capacity(case, number, here)


def _sizes(here: InForce, case: Case) -> IntArray:
    return np.bincount(here.group.of[here.group.inside & ~case.never], minlength=len(here.group))


def _by_homes(case: Case, number: int, here: InForce) -> Iterator[RunLimit]:
    """Of VMs in different bars, only those that reach the same domain can run together."""
    mix = case.places.mix(here.group.of, len(here.group), ~case.never)
    reach = case.places.reach(here.rule.over, here.domain).sorts  # type: ignore[attr-defined]
    several = np.flatnonzero(np.diff(mix.indptr) > 1)
    if not several.size or len(several) * reach.shape[1] > MOST_ENTRIES:
        return
    most = np.full(len(here.group), ANY)
    most[several] = (mix[several] @ reach.astype(np.int64)).max(axis=1, initial=0)
    reason = f"no {here.rule.over} is open to more of them"  # type: ignore[attr-defined]
    narrowed: BoolArray = np.less(most, ANY)
    yield RunLimit(number, most, narrowed, np.full(len(most), -1), reason)


def _by_capacity(case: Case, number: int, here: InForce) -> Iterator[RunLimit]:
    """So many of the smallest fit into the largest domain."""
    barely, room = _largest(here, case.instance.capacity), _largest_domains(case, here)
    most, of = np.full(len(here.group), ANY), np.where(case.never, -1, here.group.of)
    for k in range(room.shape[1]):
        most = np.minimum(most, fitting(of, case.instance.reserved[:, k], room[:, k]))
    reason = f"the capacity of no {here.rule.over} is enough for more"  # type: ignore[attr-defined]
    narrowed: BoolArray = np.asarray((room < barely).any(axis=1))
    yield RunLimit(number, most, narrowed, np.full(len(most), -1), reason)


def _largest_domains(case: Case, here: InForce) -> IntArray:
    """The most of each resource that any domain has for each group, ``(n_groups, n_resources)``."""
    kind, n_resources = one_kind(case, here), case.instance.capacity.shape[1]
    room = np.broadcast_to(_largest(here, case.places.capacity()), (len(here.group), n_resources)).copy()
    kinds = np.unique(kind[kind >= 0]).tolist()
    for k in kinds if len(kinds) <= MOST_KINDS else ():
        room[kind == k] = _largest(here, case.places.capacity(k))
    return room


def _largest(here: InForce, capacity: IntArray) -> IntArray:
    inside = here.domain.inside
    total = np.zeros((len(here.domain), capacity.shape[1]), dtype=np.int64)
    np.add.at(total, here.domain.of[inside], capacity[inside])
    return np.asarray(total.max(axis=0, initial=0))


def one_kind(case: Case, here: InForce) -> IntArray:
    """The kind of all VMs of each group that can run, -1 where they are of several."""
    of, kind = here.group.of, case.places.vms.of
    vms = np.flatnonzero(here.group.inside & ~case.never)
    lowest, highest = np.full(len(here.group), len(case.places.vms)), np.full(len(here.group), -1)
    np.minimum.at(lowest, of[vms], kind[vms])
    np.maximum.at(highest, of[vms], kind[vms])
    return np.where(lowest == highest, lowest, -1)
