"""Limits: how many VMs of a group can run at once, in the cluster or in one domain, by one rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.rules.base import InForce, per_group
from vmopt.rules.contradictions.case import Case
from vmopt.rules.contradictions.fitting import ANY, fitting
from vmopt.rules.contradictions.usable_domains import UsableDomains
from vmopt.rules.quota import Quota
from vmopt.rules.reach import Reach
from vmopt.rules.skew import Skew
from vmopt.rules.spread import Spread
from vmopt.rules.usable import usable_domains


@dataclass(frozen=True, eq=False)
class RunLimit:
    """How many VMs of each group of a rule can run at once.

    Attributes
    ----------
    rule : int
        Its number.
    most : (n_groups,) int64 array
        ANY where there is no limit.
    narrowed : (n_groups,) bool array
        Where bars have a part in it.
    partner : (n_groups,) int64 array
        Number of the other rule that has a part in it, -1 for none.
    reason : str
        Why, for messages.
    """

    rule: int
    most: IntArray
    narrowed: BoolArray
    partner: IntArray
    reason: str


def limits_of(case: Case, room_for: Callable[[InForce], UsableDomains]) -> Iterator[RunLimit]:
    """Limits by single rules, where the room is so many domains for each of their groups."""
    for number, here in case.of_type(Spread | Skew | Reach | Quota):
        room = room_for(here)
        most = np.where(room.free & (not isinstance(here.rule, Reach)), ANY, _most(here, room))
        if (most < here.sizes).any():
            nobody = np.full(len(most), -1)
            yield RunLimit(number, most, room.narrowed, nobody, _reason(here))


def _most(here: InForce, room: UsableDomains) -> IntArray:
    rule, number = here.rule, room.number
    if isinstance(rule, Spread):
        return number * np.minimum(per_group(rule.most, here.group, "most"), here.sizes)
    if isinstance(rule, Skew):
        even = (number >= here.once(usable_domains).number) & ~rule.counts_as_empty(here)
        return np.where(even, ANY, number * np.minimum(per_group(rule.most, here.group, "most"), here.sizes))
    if isinstance(rule, Reach):
        return np.where(number < per_group(rule.least, here.group, "least"), number, ANY)
    assert isinstance(rule, Quota)
    return fitting(here.group.of, here.weight, quota_room(here, number))


def quota_room(here: InForce, number: IntArray) -> IntArray:
    """What a group may ask for in so many domains together."""
    assert isinstance(here.rule, Quota)
    units = min(here.rule.units(here), int(here.weight.sum()))
    return np.asarray(np.minimum(number, ANY // max(units, 1)) * units)


def _reason(here: InForce) -> str:
    kind = getattr(here.rule, "over", None)
    per = "the cluster" if kind is None else f"each {kind}"
    if isinstance(here.rule, Reach):
        return f"they have too few of the domains ({kind}) that they need"
    if isinstance(here.rule, Skew):
        return f"they run in too few of the domains ({kind}) that count, which keeps these low"
    return f"{per} may have only so many of them"
