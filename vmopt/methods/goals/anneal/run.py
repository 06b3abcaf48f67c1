"""Run: cool a placement down, one long time, on several threads that begin alike."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import numpy as np

from vmopt import interruption
from vmopt.arrays import FloatArray, IntArray
from vmopt.methods.goals.anneal.compiled import AVAILABLE
from vmopt.methods.goals.anneal.draws import cool
from vmopt.methods.goals.anneal.make import state_of
from vmopt.methods.goals.anneal.parameters import DEFAULT
from vmopt.methods.goals.anneal.state import AnnealState
from vmopt.methods.goals.stage import Stage

METHOD = "anneal"


def serves(stage: Stage) -> bool:
    """Whether it is made for this level: moves weighed against something else."""
    moves = any(stage.level.names(goal) for goal in ("fewest-moves", "moves-of-group", "distance"))
    return moves and len(stage.level.goals) > 1 and stage.instance.current is not None and AVAILABLE


def run(stage: Stage) -> None:
    """Anneal until the time is up, where the goals and the rules are of kinds that the kernel knows."""
    vms = np.flatnonzero(stage.host_index >= 0)
    if stage.finished or len(vms) < 2 or stage.instance.n_hosts < 2:
        return
    state = state_of(stage, vms)
    if state is None:
        return
    bound = 0.0 if stage.bound is None else max(float(stage.bound), 0.0)
    unit = max(float(stage.value) - bound, 1.0) / len(vms)
    _compile(state)
    started = time.perf_counter()
    stop = started + stage.remaining
    seeds = [stage.options.seed + k for k in range(stage.options.threads)]
    with ThreadPoolExecutor(len(seeds)) as pool:
        told = [pool.submit(copy_context().run, _cooled, state.copy(), unit, started, stop, seed) for seed in seeds]
        for found in sorted((each.result() for each in told), key=lambda pair: pair[0]):
            placement = stage.host_index.copy()
            placement[vms] = found[1]
            stage.suggest(placement, METHOD)


def _compile(state: AnnealState) -> None:
    cool(state.copy(), np.zeros(1, dtype=np.int64), 1, 0.0, np.random.default_rng(0))


def _cooled(state: AnnealState, unit: float, started: float, stop: float, seed: int) -> tuple[float, IntArray]:
    """The best cost and placement of one cooling."""
    rng = np.random.default_rng(seed)
    often = _often(state)
    best, at, drawn = state.cost(), state.at.copy(), DEFAULT.drawn // 10
    while (now := time.perf_counter()) < stop and not interruption.wanted():
        part = (now - started) / (stop - started)
        cooling = np.interp(part, DEFAULT.times, np.log(DEFAULT.heats))
        heat = unit * float(np.exp(cooling)) if part < DEFAULT.times[-1] else 0.0
        cool(state, rng.choice(len(state.at), drawn, p=often), DEFAULT.partners, heat, rng)
        cost = state.cost()
        if cost < best:
            best, at = cost, state.at.copy()
        drawn = int(np.clip(drawn * DEFAULT.look / max(time.perf_counter() - now, 1e-6), 10, 4 * drawn))
    return best, at


def _often(state: AnnealState) -> FloatArray:
    """How often each VM is drawn: by the root of its size."""
    size = (state.demand / np.maximum(state.demand.sum(axis=0), 1)).mean(axis=1)
    root = np.sqrt(size + DEFAULT.smallest * size.mean() + 1e-12)
    return np.asarray(root / root.sum())
