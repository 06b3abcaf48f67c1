"""Run: cool a placement down, one long time, on several threads that begin alike; then the best of theirs again.

That is done in rounds, less hot, each with kicks at its end.
Hosts may be overfull while it is hot, at a toll that rises as long as more are than the time that is left allows: where
hosts are nearly full, hardly any move is lawful by itself, and what is good lies behind placements that are not.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import numpy as np

from vmopt import interruption
from vmopt.arrays import FloatArray, IntArray
from vmopt.methods.goals.anneal.compiled import AVAILABLE
from vmopt.methods.goals.anneal.make import state_of
from vmopt.methods.goals.anneal.parameters import DEFAULT
from vmopt.methods.goals.anneal.ready import KERNEL
from vmopt.methods.goals.anneal.state import AnnealState
from vmopt.methods.goals.stage import Stage
from vmopt.model.shapes import OF_MOVES, has

METHOD = "anneal"


def serves(stage: Stage) -> bool:
    """Whether it is made for this level: moves weighed against something else."""
    return (
        has(stage.instance, stage.level, *OF_MOVES)
        and len(stage.level.goals) > 1
        and stage.instance.current is not None
        and AVAILABLE
    )


def run(stage: Stage) -> None:
    """Anneal until the time is up, where the goals and the rules are of kinds that the kernel knows; wait for that."""
    vms = _by_size(stage)
    if stage.finished or len(vms) < 2 or stage.instance.n_hosts < 2:
        return
    state = state_of(stage, vms)
    if state is None or not KERNEL.awaited(stage):
        return
    bound = 0.0 if stage.bound is None else max(float(stage.bound), 0.0)
    excess, started = max(float(stage.value) - bound, 1.0), time.perf_counter()
    stop = started + stage.remaining
    coolings = [_Annealing(state.copy(), excess, stage.options.seed + k) for k in range(stage.options.threads)]
    with ThreadPoolExecutor(len(coolings)) as pool:
        told = [pool.submit(copy_context().run, cooling.run, started, stop) for cooling in coolings]
        best = _suggested(stage, vms, [each.result() for each in told])
        now = time.perf_counter()
        for end in np.linspace(now, stop, DEFAULT.rounds + 1)[1:] if len(state.places) else ():
            told = [pool.submit(copy_context().run, cooling.again, best, end) for cooling in coolings]
            best = _suggested(stage, vms, [best, *(each.result() for each in told)])


def _suggested(stage: Stage, vms: IntArray, found: list[tuple[float, IntArray]]) -> tuple[float, IntArray]:
    """Suggest what threads found, the cheapest first; return that."""
    cheapest = sorted(found, key=lambda pair: pair[0])
    for _, at in cheapest:
        placement = stage.host_index.copy()
        placement[vms] = at
        stage.suggest(placement, METHOD)
    return cheapest[0]


def _by_size(stage: Stage) -> IntArray:
    """VMs that run, small ones first: those that have good reason to change places are near each other."""
    vms, room = np.flatnonzero(stage.host_index >= 0), np.maximum(stage.instance.capacity.sum(axis=0), 1)
    return vms[np.argsort((stage.instance.demand[vms] / room).mean(axis=1), kind="stable")]


class _Annealing:
    """One cooling of a state.

    Parameters
    ----------
    excess : float
        What the placement costs at first above the bound.
    """

    def __init__(self, state: AnnealState, excess: float, seed: int) -> None:
        from vmopt.methods.goals.anneal.rows import rows_of  # here, for numba is loaded with it

        self._state, self._rng, self._unit = state, np.random.default_rng(seed), excess / state.n_vms
        self._rows = rows_of(state)
        self._tolls: FloatArray = excess / np.maximum(state.room.sum(axis=0), 1.0)
        self._doors: FloatArray = excess / np.maximum(state.door.sum(axis=0), 1.0)
        self._toll, self._hot, self._chained = DEFAULT.toll, DEFAULT.heats[0], DEFAULT.ejected[0]
        lawful = state.is_lawful
        self._best, self._at = (state.cost() if lawful else np.inf), state.at[:-1].copy()
        self._first = self._best

    def run(self, started: float, stop: float) -> tuple[float, IntArray]:
        """Cool down, and leave time to do so again; return the lowest cost that was seen, and the placement."""
        from vmopt.methods.goals.anneal.draws import cool

        begun, drawn = time.perf_counter(), DEFAULT.drawn
        cool(self._state, self._rows, drawn, self._heat(DEFAULT.cold), DEFAULT.partners, 0.0, self._rng)
        draws = (stop - begun) / max(time.perf_counter() - begun, 1e-6) * drawn
        plenty = min(1.0, draws / (DEFAULT.plenty * self._state.n_vms))
        left = DEFAULT.again * plenty if len(self._state.places) else 0.0
        self._begin((1 - left) * draws)
        return self._cool(started, stop - left * (stop - started))

    def again(self, best: tuple[float, IntArray], stop: float) -> tuple[float, IntArray]:
        """Warm the best placement up, cool it down and kick it until then; return what is better."""
        from vmopt.methods.goals.anneal.draws import put
        from vmopt.methods.goals.anneal.kick import Kicks

        put(self._state, self._rows, best[1])
        if not self._state.is_lawful:
            return best
        now = time.perf_counter()
        self._hot, self._chained, self._toll = min(self._hot, DEFAULT.warm), 0.0, DEFAULT.kick_toll
        self._best, self._first, self._at = np.inf, np.inf, best[1]
        self._cool(now, now + DEFAULT.cooled * (stop - now))
        put(self._state, self._rows, self._at)
        self._state.charge(DEFAULT.kick_toll * self._tolls, DEFAULT.kick_toll * self._doors)
        found = Kicks(self._state, self._rows, self._unit, self._rng).run(self._at, stop)
        return min(found, best, key=lambda pair: pair[0])

    def _cool(self, started: float, stop: float) -> tuple[float, IntArray]:
        """Draw until then, colder and colder."""
        from vmopt.methods.goals.anneal.draws import cool

        drawn, look = DEFAULT.drawn, min((stop - started) / DEFAULT.looks, DEFAULT.longest)
        while (now := time.perf_counter()) < stop and not interruption.wanted():
            part = (now - started) / (stop - started)
            self._charge(part)
            self._return(part)
            chains = self._ejected(part)
            cool(self._state, self._rows, drawn, self._heat(part), DEFAULT.partners, chains, self._rng)
            self._keep()
            drawn = int(np.clip(drawn * look / max(time.perf_counter() - now, 1e-6), 100, 4 * drawn))
        return self._best, self._at

    def _begin(self, draws: float) -> None:
        """Choose how hot it begins by how many draws there will be."""
        depth = min(1.0, draws / (DEFAULT.enough * self._state.n_vms))
        self._hot = max(DEFAULT.heats[0] * depth, DEFAULT.heats[1])
        self._toll = DEFAULT.toll / max(depth, DEFAULT.toll / DEFAULT.most_toll)

    def _heat(self, part: float) -> float:
        hot, cold = self._hot, DEFAULT.heats[1]
        if part >= DEFAULT.cold and self._state.is_lawful:
            return 0.0
        return self._unit * hot * float((cold / hot) ** min(part / DEFAULT.cold, 1.0))

    def _ejected(self, part: float) -> float:
        """In which part of the draws a VM goes where another must go on: the more, the colder."""
        begin, most = self._chained, DEFAULT.ejected[1]
        return most * float(np.clip((part / DEFAULT.cold - begin) / (1 - begin), 0.0, 1.0))

    def _charge(self, part: float) -> None:
        """Let the toll rise while more hosts are overfull than may be, else fall."""
        may_be = (
            DEFAULT.overfull
            * self._hot
            / DEFAULT.heats[0]
            * len(self._state.paid)
            * max(0.0, 1 - part / DEFAULT.lawful)
        )
        self._toll *= DEFAULT.rises if self._state.over[-1] > may_be else DEFAULT.falls
        self._toll = float(np.clip(self._toll, DEFAULT.least_toll, DEFAULT.most_toll))
        self._state.charge(self._toll * self._tolls, self._toll * self._doors)

    def _return(self, part: float) -> None:
        """Go back to the best placement, if it is too cold for the last one to become lawful."""
        from vmopt.methods.goals.anneal.draws import put

        if part >= DEFAULT.cold and not self._state.is_lawful and self._best < self._first:
            put(self._state, self._rows, self._at)

    def _keep(self) -> None:
        """Remember the placement, if it is lawful and the best so far."""
        if self._state.is_lawful and (cost := self._state.cost()) < self._best:
            self._best, self._at = cost, self._state.at[:-1].copy()
