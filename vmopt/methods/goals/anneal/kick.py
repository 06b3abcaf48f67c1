"""Kick: a VM is sent where it does not fit, and few hosts are annealed anew around it; what is no better is undone.

Long before it is cold no large VM moves any more: it would have to push out several others, at a cost far above the
heat. So one that costs its host much is sent to any host that it could ever run on, and stays there while a few hosts
beside these two find out in thousandths of a second where all others go then.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from vmopt import interruption
from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.methods.goals.anneal.eject import go
from vmopt.methods.goals.anneal.kernel import welcome
from vmopt.methods.goals.anneal.parameters import DEFAULT
from vmopt.methods.goals.anneal.rows import Rows
from vmopt.methods.goals.anneal.state import AnnealState


class Kicks:
    """Kicks of a state that is cold, and whose list says who may go where.

    Parameters
    ----------
    unit : float
        What heats are parts of.
    """

    def __init__(self, state: AnnealState, rows: Rows, unit: float, rng: np.random.Generator) -> None:
        self._state, self._rows = state._replace(may=state.may.copy()), rows  # who is held is written into it
        self._unit, self._rng = unit, rng
        self._often = np.diff(rows.turn, prepend=0.0)
        self._at, self._cost = state.at[:-1].copy(), np.inf
        self._saved = np.zeros(state.n_vms)

    def run(self, at: IntArray, stop: float) -> tuple[float, IntArray]:
        """Improve a lawful placement until then; return what it costs, and the placement."""
        from vmopt.methods.goals.anneal.draws import put  # here, for numba is loaded with it

        told = (self._state, self._rows)
        put(*told, at)
        self._keep()
        while time.perf_counter() < stop and self._saved[-1] > 0.0 and not interruption.wanted():
            if not self._kick():
                continue
            if self._state.is_lawful and self._state.cost() < self._cost:
                self._keep()
            else:
                put(*told, self._at)
        return self._cost, self._at

    def _keep(self) -> None:
        """Remember the placement, and what hosts would save without each VM that can go elsewhere, added up."""
        s = self._state
        self._at, self._cost = s.at[:-1].copy(), s.cost()
        without = np.maximum(s.excess[self._at] - s.adds[:-1], 0.0) @ s.price
        saved = np.maximum(s.paid[self._at] - without, 0.0)
        self._saved = np.cumsum(np.where(np.diff(s.first) > 1, saved, 0.0))

    def _kick(self) -> bool:
        """Send a VM elsewhere, the likelier the more its host saves, and anneal around it; tell whether it could go."""
        s, rng = self._state, self._rng
        p = int(np.searchsorted(self._saved, rng.random() * self._saved[-1], side="right"))
        p, source = min(p, s.n_vms - 1), int(self._at[p])
        places = s.places[s.first[p] : s.first[p + 1]]
        to = int(rng.choice(places))
        if to == source or not welcome(s, p, to, -1) or not go(s, self._rows, p, to):
            return False
        open_ = self._around(source, to)
        may, comes = s.may[p].copy(), self._rows.to[:, p].copy()
        s.may[p], self._rows.to[:, p] = False, False
        self._anneal(open_, DEFAULT.kick_heats)
        s.may[p], self._rows.to[:, p] = may, comes
        self._anneal(open_, (0.0,))
        return True

    def _around(self, source: int, to: int) -> BoolArray:
        """Two hosts, and so many others that few VMs run there."""
        s, rng = self._state, self._rng
        order = rng.permutation(len(s.paid))
        order = np.append([source, to], order[(order != source) & (order != to)])
        run = np.cumsum(np.bincount(s.at[:-1], minlength=len(order))[order])
        open_ = np.zeros(len(order), dtype=bool)
        open_[order[run <= rng.integers(*DEFAULT.around, endpoint=True)]] = True
        open_[[source, to]] = True
        return open_

    def _anneal(self, open_: BoolArray, heats: tuple[float, ...]) -> None:
        """Draw what VMs of these hosts do among them."""
        from vmopt.methods.goals.anneal.draws import cool

        s, n = self._state, self._state.n_vms
        vms, hosts = np.flatnonzero(open_[s.at[:-1]]), np.flatnonzero(open_)
        may = s.may[np.ix_(vms, hosts)]
        n_places = np.zeros(n + 1, dtype=np.int64)
        n_places[vms + 1] = may.sum(axis=1)
        often: FloatArray = np.where(n_places[1:] > 1, self._often, 0.0)
        few: Any = s._replace(first=np.cumsum(n_places), places=hosts[np.nonzero(may)[1]])
        rows = self._rows._replace(turn=np.cumsum(often))
        draws = DEFAULT.kick_draws * min(int(np.count_nonzero(often)), DEFAULT.around[1])
        for heat in heats if draws else ():
            cool(few, rows, draws, self._unit * heat, n, DEFAULT.kick_ejected, self._rng)
