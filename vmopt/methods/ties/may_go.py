"""May go: which VMs rules let go to the host that is to take them, all at a time."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.methods.locality.ruled import guards_of
from vmopt.methods.locality.seating import Exchanges
from vmopt.model.instance import Instance
from vmopt.rules import Empty, InForce
from vmopt.rules.joined import joined


class MayGo:
    """Chooses VMs that can move together.

    Parameters
    ----------
    instance : Instance
    placed : (n,) int64 array
        The VMs that run, in the order in which they are chosen.

    Attributes
    ----------
    open : (n_hosts,) bool array
        Hosts that may run anything.

    Examples
    --------
    >>> import vmopt
    >>> apart = vmopt.Spread(["vm-0", "vm-1"])
    >>> cluster = vmopt.Instance.from_arrays([[1]] * 3, [[3]] * 2, rules=[apart])
    >>> MayGo(cluster, np.arange(3)).chosen(np.array([0, 1, 0]), np.array([1, -1])).tolist()
    [2]
    """

    def __init__(self, instance: Instance, placed: IntArray) -> None:
        self._placed = placed
        self._guards = guards_of(instance, placed, nowhere=False)
        self.open: BoolArray = np.ones(instance.n_hosts, dtype=bool)
        for here in joined(instance):
            if isinstance(here, InForce) and isinstance(here.rule, Empty):
                self.open &= ~here.domain.inside

    def chosen(self, now: IntArray, partner: IntArray) -> IntArray:
        """VMs that may go to the partner of their host.

        Parameters
        ----------
        now : (n_vms,) int64 array
            The placement.
        partner : (n_hosts,) int64 array
            Where VMs of each host would go, -1 where they stay.
        """
        at = now[self._placed]
        mover = np.flatnonzero(partner[at] >= 0)
        moves = Exchanges(mover, partner[at[mover]], np.full(len(mover), -1))
        moves = moves.take(np.flatnonzero(self._guards.permits(at, moves)))
        moves = moves.take(np.flatnonzero(self._guards.independent(at, moves)))
        return np.asarray(self._placed[moves.mover])
