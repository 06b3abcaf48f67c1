"""Tiny instances with goals, and all of their placements."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

import vmopt
from vmopt import Balance, Fence, FewestHosts, MustRun, Objective, Utilisation
from vmopt.arrays import IntArray
from vmopt.goals.holds import Hold, holds_of
from vmopt.model.goal_level import GoalLevel


@dataclass(frozen=True, eq=False)
class Case:
    """A level of an instance, what the levels above hold, and the best that any placement has then."""

    seed: int
    instance: vmopt.Instance
    level: GoalLevel
    holds: tuple[Hold, ...]
    best: Fraction
    worst: Fraction

    def is_beyond(self, bound: Fraction) -> bool:
        """Whether a bound says more than is true."""
        return bound < self.best if self.level.maximised else bound > self.best


def cases(seeds: range) -> Iterator[Case]:
    """Draw instances, and a placement of each whose values the levels hold one after the other."""
    for seed in seeds:
        rng = random.Random(seed)
        instance = draw(rng)
        placements = every_placement(instance)
        levels, slack = instance.objective.goal_levels, instance.objective.slack_of_levels
        for k, level in enumerate(levels if placements else ()):
            if level.maximised and instance.tiers is not None:
                continue
            holds = holds_of(instance, levels[:k], slack[:k], rng.choice(placements))
            kept = [p for p in placements if all(hold.keeps(instance, p) for hold in holds)]
            values = sorted(level.value(instance, p) for p in kept)
            ends = (values[-1], values[0]) if level.maximised else (values[0], values[-1])
            yield Case(seed, instance, level, holds, *ends)


def every_placement(instance: vmopt.Instance) -> list[IntArray]:
    """All placements that capacity and rules allow."""
    found = product(range(-1, instance.n_hosts), repeat=instance.n_vms)
    return [p for p in (np.array(hosts, dtype=np.int64) for hosts in found) if not vmopt.verify(instance, p)]


def draw(rng: random.Random) -> vmopt.Instance:
    """Draw up to four VMs and three hosts, some without a resource, with one to three levels."""
    n, h, k = rng.randint(1, 4), rng.randint(1, 3), rng.randint(1, 2)
    goals = _goals(rng, h, k)
    rng.shuffle(goals)
    levels: list[Any] = goals[: rng.randint(1, 3)]
    levels = [goal for i, goal in enumerate(levels) if str(goal) not in map(str, levels[:i])]
    levels.sort(key=lambda goal: getattr(goal, "weighting", None) != "tiers")
    if rng.random() < 0.3 and len(levels) > 1 and getattr(levels[0], "weighting", None) != "tiers":
        levels = [levels[0] + rng.choice([0.5, 2]) * levels[1], *levels[2:]]
    rules: list[Any] = [MustRun(f"vm-{rng.randrange(n)}")] if rng.random() < 0.6 else []
    rules += [Fence("vm-0", "host-0")] if rng.random() < 0.2 else []
    return vmopt.Instance.from_arrays(
        [[rng.randint(0, 6) for _ in range(k)] for _ in range(n)],
        [[rng.choice([0, 5, 8, 8, 10]) for _ in range(k)] for _ in range(h)],
        resources=["cpu", "memory"][:k],
        priority=[rng.randint(1, 3) for _ in range(n)],
        rules=rules,
        objective=Objective(levels=levels, slack=[rng.choice([0, 0, 0.25]) for _ in levels]),
    )


def _goals(rng: random.Random, h: int, k: int) -> list[Any]:
    table = [[rng.choice([0, 1, 2.5, 4]) for _ in range(k)] for _ in range(h)]
    goals: list[Any] = [
        Utilisation(rng.choice(["priority", "demand", "tiers"])),  # type: ignore[arg-type]
        FewestHosts(),
        FewestHosts(cost=[rng.choice([0, 1, 2.5, 0.1]) for _ in range(h)]),
        Balance(kind="max"),
        Balance(kind="spread"),
        Balance(kind="above", level=rng.choice([0.5, 0.8])),
        Balance(kind="above", level=table),
        Balance("cpu", "fragments", size=rng.choice([1, 2, 3])),
    ]
    if k == 2:
        goals.append(Balance(["cpu", "memory"], "ratio", target=rng.choice([1, 2, 0.5])))
        goals.append(Balance({"cpu": 1, "memory": 2.5}, "above", level=0.4))
    return goals
