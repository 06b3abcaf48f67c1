"""The rule Inside in force: what hosts hold is counted anew, or landed so that who runs stays where it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.errors import InstanceError
from vmopt.rules.inside.holding import Holding
from vmopt.rules.inside.in_place import TakenInPlace
from vmopt.rules.taken import Taken


@dataclass(frozen=True, eq=False)
class InsideInForce(Holding):
    """The rule on an instance, and how a placement that grows is counted."""

    def counting(self, host_index: IntArray) -> Taken:
        """Begin to count what hosts hold."""
        return TakenInside(self, host_index)

    def staying(self, host_index: IntArray) -> Taken:
        """Begin to land what hosts hold: who has landed stays."""
        return TakenInPlace(self, host_index)


class TakenInside(Taken):
    """What each host holds, for a placement that grows.

    Attributes
    ----------
    state : (n_hosts,) int64 array
        Numbers of states of the book.
    """

    def __init__(self, here: Holding, host_index: IntArray) -> None:
        super().__init__(here, host_index)
        self._inside = here
        kinds, kind = np.unique(here.part_class, return_inverse=True)
        self.state = np.array([here.book.state(one) for one in kinds.tolist()], dtype=np.int64)[kind]
        hosts, states = here.states_of(host_index)
        self.state[hosts] = states

    def add(self, vms: IntArray, sign: int = 1) -> None:
        """Count VMs that were just placed; with -1, those that are about to be taken off again."""
        super().add(vms, sign)
        here = self._inside
        for vm in vms[here.group.inside[vms]].tolist():
            h = int(self._host_index[vm])
            self.state[h] = here.book.after(int(self.state[h]), int(here.group.of[vm]), sign)

    def allowed(self, ask: int) -> BoolArray:
        """Which hosts can land one more, the others anew where they have to."""
        return np.asarray(self._inside.book.grown(self.state, np.full(len(self.state), ask)) >= 0)

    def room(self, ask: int, most: int) -> IntArray:
        """How many more each host can land, at most `most`."""
        return self._inside.book.room(self.state, ask, most)


def inside_of(instance: Any) -> InsideInForce | None:
    """Return the rule about parts of an instance; None where its hosts have none.

    Raises
    ------
    InstanceError
        If there are two.
    """
    found = [here for here in instance.rules_in_force if isinstance(here, InsideInForce)]
    if len(found) > 1:
        raise InstanceError(f"there are {len(found)} rules Inside: one says it all, join them.")
    return found[0] if found else None
