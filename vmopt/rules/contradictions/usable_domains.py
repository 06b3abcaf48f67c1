"""UsableDomains: how many domains a group can use, in the whole cluster or within one domain of another sort."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.rules.base import InForce
from vmopt.rules.contradictions.case import Case
from vmopt.rules.selection import Grouping


@dataclass(frozen=True, eq=False)
class UsableDomains:
    """Domains that the VMs of each group can use.

    Attributes
    ----------
    number : (n_groups,) int64 array
        At most so many domains.
    free : (n_groups,) bool array
        Whether they can use hosts that are in none as well.
    narrowed : (n_groups,) bool array
        Whether bars made it fewer.
    """

    number: IntArray
    free: BoolArray
    narrowed: BoolArray


def room_in_cluster(case: Case) -> Callable[[InForce], UsableDomains]:
    """Return what tells how many domains the groups of a rule reach."""

    def room_for(here: InForce) -> UsableDomains:
        over = over_of(here)
        number, free = case.places.reached(over, here.domain, here.group.of, len(here.group))
        outside = bool((here.domain.of < 0).any())
        return UsableDomains(number, free, (number < len(here.domain)) | (outside & ~free))

    return room_for


def room_within(case: Case, within: InForce) -> Callable[[InForce], UsableDomains]:
    """Return what tells how many domains of a rule there are in one domain of another sort, at most."""

    def room_for(here: InForce) -> UsableDomains:
        number, free = nesting(case, within, here)
        n = len(here.group)
        return UsableDomains(np.full(n, number), np.full(n, free), np.zeros(n, dtype=bool))

    return room_for


def nesting(case: Case, within: InForce, there: InForce) -> tuple[int, bool]:
    """At most how many domains of a rule meet one domain of another; whether a host of that is in none of them."""
    key = over_of(within), over_of(there)
    if key not in case.nestings:
        case.nestings[key] = _nesting(case.places.anybody, within.domain, there.domain)
    return case.nestings[key]


def _nesting(usable: BoolArray, within: Grouping, domain: Grouping) -> tuple[int, bool]:
    hosts = np.flatnonzero(usable & within.inside)
    outer, inner = within.of[hosts], domain.of[hosts]
    pairs = np.unique(outer[inner >= 0] * max(len(domain), 1) + inner[inner >= 0]) // max(len(domain), 1)
    return int(np.bincount(pairs, minlength=1).max()), bool((inner < 0).any())


def over_of(here: InForce) -> Any:
    """Return what the domains of a rule are: ``"host"``, a label, or None for the whole cluster."""
    return getattr(here.rule, "over", None)
