"""Sweep: one goal is held at steps, the other as good as can be (epsilon-constraint method; Haimes et al. 1971)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from vmopt import checks
from vmopt.arrays import IntArray
from vmopt.errors import OptionError
from vmopt.goals import Utilisation
from vmopt.goals.holds import Hold, holds_of
from vmopt.levels import Level
from vmopt.methods import registry
from vmopt.methods.goals import curve, plan
from vmopt.methods.goals.stage import Stage
from vmopt.model.goal_level import GoalLevel
from vmopt.model.instance import Instance, require_instance
from vmopt.options import Options, checked_limits
from vmopt.solution import Solution
from vmopt.solving import solve
from vmopt.status import Limit, Status
from vmopt.trade_offs.curve import TradeOff, TradePoint

POLISH = 0.25
"""Part of the time of a point for the first goal, once the second has its value."""
TAKEN = ("method", "backend", "gap", "seed", "threads")
FEWEST, MOST = 3, 1000
"""Points of a curve: at the least both ends, and one between them."""


def trade_off(
    instance: Instance, a: Any, b: Any, *, points: int = 10, time_limit: float = 60.0, **options: Any
) -> TradeOff:
    """Work out the curve of two goals: how much of one has to be given up for how much of the other.

    The ends are the best of each goal, with the other as second level. Between them the first goal is held at steps
    from one end to the other, and the second is made as good as can be; every point begins from those before it.

    Parameters
    ----------
    instance : Instance
        What it serves first is held throughout: its utilisation, unless that is one of both goals.
    a, b : goals, or sums of goals
        Of `vmopt.goals`.
    points : int
        Points of the curve at most, ends included.
    time_limit : float
        Seconds for all of it.
    **options
        ``method``, ``backend``, ``gap``, ``seed`` and ``threads``, as for `solve`.

    Returns
    -------
    TradeOff
        On Ctrl-C what there is.

    Raises
    ------
    OptionError
        If there is no placement at all, an option makes no sense, or tiers, which are no one number, are traded.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[2]] * 4, [[8]] * 4, resources=["cpu"])
    >>> curve = trade_off(cluster, vmopt.FewestHosts(), vmopt.Balance("cpu"), points=4, threads=1)
    >>> [(point.a, point.b, point.bound) for point in curve]
    [(1.0, 1.0, 1.0), (2.0, 0.5, 0.5), (4.0, 0.25, 0.25)]
    """
    checks.known_only(options, TAKEN, "trade_off")
    checks.integer(points, "points", FEWEST, MOST)
    if any(getattr(goal, "weighting", None) == "tiers" for side in (a, b) for goal in GoalLevel.of(side).goals):
        raise OptionError("tiers are no one number to be traded: trade Utilisation(), or Utilisation('demand').")
    limits = checked_limits(time_limit, options.get("gap", 1e-4), options.get("seed", 0), options.get("threads"))
    whole = Options(options.get("backend"), *limits)
    sweep = _Sweep(require_instance(instance), GoalLevel.of(a), GoalLevel.of(b), points, whole, options)
    found = sweep.run()
    return TradeOff(instance, sweep.a, sweep.b, found, sweep.best(found[0].a))


class _Sweep:
    """One curve in the making."""

    def __init__(
        self, instance: Instance, a: GoalLevel, b: GoalLevel, points: int, options: Options, given: dict[str, Any]
    ) -> None:
        self.a, self.b, self.points, self.options, self.given = a, b, points, options, given
        objective = instance.objective
        own = GoalLevel.of(Utilisation(objective.weighting, objective.resource_weights))
        traded = a.names("utilisation") or b.names("utilisation")
        self.base = () if traded else (objective.goal_levels[:1] or (own,))
        self.instance = instance
        self.deadline = time.perf_counter() + options.time_limit

    def run(self) -> list[TradePoint]:
        """Both ends, and what is between them."""
        self.first, last = (self._end(a, b, 2 / self.points) for a, b in ((self.a, self.b), (self.b, self.a)))
        found = [self._point(self.first.host_index, self.first.levels[-1], self.first.limit)]
        other = self._point(last.host_index, last.levels[-2], last.limit)  # its bound is that of the goal alone
        try:
            for k in range(1, self.points - 1):
                if time.perf_counter() > self.deadline:
                    break
                step = Fraction(k, self.points - 1)
                limit = self._value(self.a, self.first) * (1 - step) + self._value(self.a, last) * step
                found.append(self._between(limit, [p.solution for p in (*found, other)], self.points - k))
        except KeyboardInterrupt:
            pass
        return self._bounded(self._kept([*found, other]))

    def best(self, value: float) -> Level:
        """What is known of the first goal, of which the first point has so much."""
        row = replace(self.first.levels[-2], value=value)
        return curve.judged(row, self.options.gap)

    def _end(self, first: GoalLevel, second: GoalLevel, share: float) -> Solution:
        own: dict[str, Any] = {} if self.base else {"weighting": "priority", "resource_weights": None}
        objective = replace(self.instance.objective, levels=(*self.base, first, second), slack=(), **own)
        left = max(0.0, self.deadline - time.perf_counter())
        solution = solve(replace(self.instance, objective=objective), time_limit=share * left, **self.given)
        if solution.status in (Status.INFEASIBLE, Status.NOT_FOUND):
            raise OptionError(f"there is no placement to begin from: the search ended {solution.status.value!r}.")
        return solution

    def _between(self, limit: Fraction, known: Sequence[Solution], left: int) -> TradePoint:
        """The best of the second goal where the first is held at a limit."""
        instance, hold = known[0].instance, Hold(self.a, limit)
        fits = [solution for solution in known if hold.keeps(instance, solution.host_index)]
        best = min(fits, key=lambda solution: self._sign(self.b) * self._value(self.b, solution))
        base = holds_of(instance, self.base, (0.0,) * len(self.base), best.host_index)
        seconds = max(0.0, self.deadline - time.perf_counter()) / left
        stage = self._stage(instance, self.b, (*base, hold), best, (1 - POLISH) * seconds)
        held, found = Hold(self.b, stage.value), replace(best, host_index=stage.host_index)
        polished = self._stage(instance, self.a, (*base, held), found, POLISH * seconds)
        return self._point(polished.host_index, stage.as_level(stage.seconds), stage.why_stopped)

    def _stage(
        self, instance: Instance, level: GoalLevel, holds: Sequence[Hold], start: Solution, seconds: float
    ) -> Stage:
        stage = Stage(instance, replace(self.options, time_limit=seconds), level, holds, start.host_index)
        plan.run(stage, registry.get(self.given.get("method", "auto"))[0].levels)
        if stage.limit is Limit.INTERRUPTED:
            raise KeyboardInterrupt
        return stage

    def _point(self, host_index: IntArray, row: Level, limit: Limit | None) -> TradePoint:
        made = curve.placed(self.first, host_index, row, limit, self.options.gap)
        a, b = (float(self._value(goal, made)) for goal in (self.a, self.b))
        return TradePoint(a, b, made.levels[-1].bound, made)

    def _bounded(self, kept: Sequence[TradePoint]) -> list[TradePoint]:
        """The points, each with the bounds of those that allow more."""
        instance, placed = self.first.instance, [p.solution.host_index for p in kept]
        base = [holds_of(instance, self.base, (0.0,) * len(self.base), each) for each in placed]
        rows = curve.nested(
            [p.solution.levels[-1] for p in kept],
            lambda k, n: all(hold.keeps(instance, placed[k]) for hold in base[n]),
        )
        return [self._point(p.solution.host_index, row, p.solution.limit) for p, row in zip(kept, rows, strict=True)]

    def _kept(self, found: Sequence[TradePoint]) -> list[TradePoint]:
        """Points that no other is as good as in both goals, each once, from the best of the first goal on."""
        ordered = sorted(found, key=lambda p: (self._sign(self.a) * p.a, self._sign(self.b) * p.b))
        kept: list[TradePoint] = []
        for point in ordered:
            if not kept or self._sign(self.b) * point.b < self._sign(self.b) * kept[-1].b:
                kept.append(point)
        return kept

    def _value(self, level: GoalLevel, solution: Solution) -> Fraction:
        return level.value(solution.instance, solution.host_index)

    @staticmethod
    def _sign(level: GoalLevel) -> int:
        return -1 if level.maximised else 1
