"""Amounts that VMs take of all parts of a host together, as limits that bounds can price."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmopt.arrays import IntArray
from vmopt.rules.in_force import InForce
from vmopt.rules.inside.holding import Holding
from vmopt.rules.selection import Grouping


@dataclass(frozen=True, eq=False)
class ImpliedLimit(InForce):
    """One of the amounts, as a limit that bounds can price; nobody else has to know of it.

    Attributes
    ----------
    limit : (n_hosts,) int64 array
        How much each host has.
    taken : (n_vms,) int64 array
    """

    limit: IntArray = None  # type: ignore[assignment]
    taken: IntArray = None  # type: ignore[assignment]

    @property
    def weight(self) -> IntArray:
        """What each VM takes."""
        return self.taken

    @property
    def most_in_domain(self) -> IntArray:
        """What a host has at most."""
        return np.array([self.limit.max(initial=0)])

    def most_at(self, group: IntArray, host: IntArray) -> IntArray:
        """What each of these hosts has."""
        return self.limit[host]


def implied_limits(here: Holding) -> tuple[ImpliedLimit, ...]:
    """Return the limits that follow from parts and pieces on an instance."""
    part_class, ask = here.part_class, here.group.of
    everyone = np.where(ask >= 0, 0, -1)
    return tuple(
        ImpliedLimit(
            here.rule,
            here.instance,
            Grouping(everyone, (one.name,)),
            here.domain,
            limit=np.array(one.offered, dtype=np.int64)[part_class],
            taken=np.array([*one.asked, 0], dtype=np.int64)[ask],
        )
        for one in here.book.amounts
    )
