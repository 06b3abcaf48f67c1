"""Narrowing: the fullest host, or the spread, lowered step by step: hosts are brought into a band, then into less."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from typing import Any

import numpy as np

from vmopt.arrays import BoolArray
from vmopt.errors import SolverError
from vmopt.methods.goals.balance import cut
from vmopt.methods.goals.balance.costs import Cost, as_part, band, held_costs
from vmopt.methods.goals.balance.deal import deal, largest_first
from vmopt.methods.goals.balance.ground import Ground
from vmopt.methods.goals.balance.opened import opened
from vmopt.methods.goals.balance.parameters import NARROWING, NarrowingParameters
from vmopt.methods.goals.balance.rounds import make_round
from vmopt.methods.goals.balance.walk import Walk
from vmopt.methods.goals.stage import Stage
from vmopt.model.shapes import Fullest, Spread

METHOD = "exchange"


def run(stage: Stage, shape: Fullest | Spread, parameters: NarrowingParameters = NARROWING) -> None:
    """Deal the VMs that run anew, then exchange them, for a level that is a fullest host or a spread alone."""
    of, fullest = shape.of, isinstance(shape, Fullest)
    ground = Ground(stage.instance, stage.holds, stage.host_index)
    part = as_part(stage.bound or Fraction(0), stage.level)
    other = None
    with suppress(SolverError):  # without its advice the hosts in use remain
        other = opened(stage, part, parameters) if fullest and part > 0 else None
    for may in [ground.open] if other is None or (other == ground.open).all() else [other, ground.open]:
        if _dealt(stage, of, ground, may, parameters.deal_share):
            ground = Ground(stage.instance, stage.holds, stage.host_index, may)
    with stage.within(parameters.walk_share if fullest else 1.0):
        _Narrowing(stage, ground, shape, parameters).run()
    if isinstance(shape, Fullest) and not stage.finished:
        cut.run(stage, shape, ground.open, parameters)
        ground.restore(stage.host_index)
        _Narrowing(stage, ground, shape, parameters).run()


def _dealt(stage: Stage, of: tuple[int, ...], ground: Ground, may: BoolArray, share: float) -> bool:
    """Deal the VMs that run to some hosts; tell whether that is better than what there is."""
    with stage.within(share):
        stop = time.perf_counter() + stage.remaining
    order = largest_first(stage.problem, ground.vms, of)
    placement = deal(stage.problem, order, of, may, ground.most[:, :-1], stop)
    everyone = np.array_equal(placement >= 0, stage.host_index >= 0)
    return everyone and stage.offer(placement, METHOD)


class _Narrowing:
    """A walk with a band that gets narrower."""

    def __init__(self, stage: Stage, ground: Ground, shape: Fullest | Spread, parameters: NarrowingParameters) -> None:
        self.stage, self.ground, self.of, self.parameters = stage, ground, shape.of, parameters
        self.rng = np.random.default_rng(stage.options.seed)
        fullest, self.there = isinstance(shape, Fullest), stage.instance.capacity[:, shape.of] > 0
        self.measure: Callable[[], float] = self._fullest if fullest else self._spread
        self.aim: Callable[[float], Cost] = self._below if fullest else self._around
        bound = stage.bound
        self.bound = 0.0 if bound is None else float(as_part(bound, stage.level))
        held = held_costs(stage.instance, stage.holds)
        self.walk = Walk(ground, self.aim(self.measure()), held, self.rng, parameters.walk)

    def run(self) -> None:
        """Narrow until nothing more comes of it."""
        parameters = self.parameters
        best, in_vain, step = self.measure(), 0, parameters.step
        while not self.stage.finished and in_vain < parameters.most_in_vain and best > self.bound:
            width = best - max(step * (best - self.bound), parameters.closest * best)
            self.walk.aim(self.aim(width))
            self._rounds(parameters.heats[in_vain % len(parameters.heats)])
            reached = self._descend(width)
            now = self.measure()
            if now < best * (1 - parameters.closest / 10):
                self.stage.offer(self.ground.placement(), METHOD)
                best, in_vain = now, 0
            step = min(parameters.step, 2 * step) if reached else step / 2
            if not reached:
                in_vain += 1
                if in_vain % len(parameters.heats) == 0:
                    self.ground.restore(self.stage.host_index)

    def _rounds(self, heat: float) -> None:
        """Rounds of exchanges that cool down, as long as any host is outside of the band."""
        costly = self.walk.costs[self.walk.costs > 0]
        unit = float(costly.mean()) if len(costly) else 0.0
        n, warm = self.parameters.rounds, 1 - self.parameters.cold
        for number in range(n):
            if self.stage.finished:
                break
            make_round(self.walk, unit * heat * max(0.0, 1 - number / n / warm) ** 2)

    def _descend(self, width: float) -> bool:
        """Exchange VMs of the hosts that are furthest outside of the band; tell whether all are inside."""
        stuck = np.zeros(len(self.walk.costs), dtype=bool)
        while not self.stage.finished:
            outside = np.where(stuck, 0.0, self._outside(width))
            host = int(outside.argmax())
            if outside[host] <= 1e-12:
                return not stuck.any()
            if self.walk.step(host) is None:
                stuck[host] = True
            else:
                stuck[:] &= self._outside(width) > 1e-12
        return False

    def _outside(self, width: float) -> Any:
        """By how much each open host is outside of the band."""
        full = self.ground.fullness[:, self.of]
        low, high = self._limits(width)
        over = np.maximum(full - high, np.where(self.there, low - full, 0.0)).max(axis=1)
        return np.where(self.ground.open, np.maximum(over, 0.0), 0.0)

    def _fullest(self) -> float:
        return float(self.ground.fullness[:, self.of].max(initial=0.0))

    def _spread(self) -> float:
        full = self.ground.fullness[:, self.of]
        top = np.where(self.there, full, -np.inf).max(axis=0, initial=-np.inf)
        low = np.where(self.there, full, np.inf).min(axis=0, initial=np.inf)
        return float(np.where(self.there.any(axis=0), top - low, 0.0).max(initial=0.0))

    def _below(self, width: float) -> Cost:
        return band(self.stage.instance, self.of, 0.0, width, self.parameters.evenness)

    def _around(self, width: float) -> Cost:
        return band(self.stage.instance, self.of, *self._limits(width), self.parameters.evenness)

    def _limits(self, width: float) -> tuple[Any, Any]:
        """Ends of the band, for each resource."""
        if self.measure == self._fullest:
            return np.zeros(len(self.of)), np.full(len(self.of), width)
        load = self.ground.load[:, self.of].sum(axis=0)
        mean = load / np.maximum(self.stage.instance.capacity[:, self.of].sum(axis=0), 1)
        low = np.clip(mean - width / 2, 0.0, 1.0 - width)
        closed = (~self.ground.open[:, None] & self.there).any(axis=0)
        low = np.where(closed, 0.0, low)
        return low, low + width
