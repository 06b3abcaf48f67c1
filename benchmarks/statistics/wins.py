"""Wins: how much weighted utilisation the optimum has over a greedy heuristic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from statistics import fmean

from benchmarks.results import Row
from benchmarks.statistics.standing import Problem, Standing


@dataclass(frozen=True)
class Win:
    """What the best placement of an instance is worth against a greedy one.

    Attributes
    ----------
    problem : (set, instance, seed)
    greedy, best, bound : float
        Objectives of both, and what no placement exceeds.
    """

    problem: Problem
    greedy: float
    best: float
    bound: float

    @property
    def seed(self) -> int:
        """Seed of the instance."""
        return self.problem[2]

    @property
    def share(self) -> float:
        """``best / greedy - 1``: the optimum wins at least this part of what greedy reaches."""
        return self.best / self.greedy - 1

    @property
    def most(self) -> float:
        """``bound / greedy - 1``: the optimum wins at most this."""
        return self.bound / self.greedy - 1


@dataclass(frozen=True)
class Wins:
    """Wins over one greedy heuristic, together.

    Attributes
    ----------
    mean, most : float
        Means over all instances of what the optimum wins at least, and at most.
    points : float
        Mean of ``best - greedy``: in the objective's own unit, which is weighted utilisation where VMs have no values.
    by_seed : dict of int to float
        Mean over the instances of each seed; their spread is what chance does.
    smallest, largest : float
        Over the instances.
    count : int
    """

    mean: float
    most: float
    points: float
    by_seed: Mapping[int, float]
    smallest: float
    largest: float
    count: int

    @classmethod
    def of(cls, wins: Iterable[Win]) -> Wins | None:
        """Put wins together; None where there is none."""
        every = list(wins)
        if not every:
            return None
        seeds: dict[int, list[float]] = defaultdict(list)
        for win in every:
            seeds[win.seed].append(win.share)
        shares = [win.share for win in every]
        return cls(
            mean=fmean(shares),
            most=fmean(win.most for win in every),
            points=fmean(win.best - win.greedy for win in every),
            by_seed={seed: fmean(values) for seed, values in seeds.items()},
            smallest=min(shares),
            largest=max(shares),
            count=len(every),
        )


def wins_over(greedy: str, rows: Iterable[Row], standing: Mapping[Problem, Standing]) -> list[Win]:
    """Wins over a greedy method, one for each instance on which it placed something and a bound is known.

    Instances on which nothing but greedy heuristics ended with a placement say nothing of the optimum: they are left
    out.
    """
    every = list(rows)
    searched = {row.problem for row in every if row.verified and not row.method.startswith("greedy")}
    return [
        Win(row.problem, row.objective, known.best, known.bound)
        for row in every
        if row.method == greedy and row.verified and row.objective > 0 and row.problem in searched
        for known in [standing[row.problem]]
        if isfinite(known.bound)
    ]
