"""Goals against what their docstrings say, and their programs against both, for random placements."""

from __future__ import annotations

import random

import numpy as np
import pytest

import vmopt
from tests.goals.draws import goals, instance
from tests.goals.meaning import measured
from tests.goals.programs import program_faults
from tests.rules.brute import fits, placements
from vmopt.rules.counted import counted


@pytest.mark.parametrize("seed", range(60))
def test_a_goal_measures_what_it_says(seed: int) -> None:
    """Tests that every goal has the value of its docstring, to the last digit; but latency, which is in doubles."""
    cluster, dice = instance(seed), random.Random(seed)
    of_all = goals(dice, cluster.resources, cluster.n_hosts)
    others = [goal for goal in of_all if goal.name not in ("utilisation", "penalties")]
    named = [goal for level in cluster.objective.goal_levels for goal in level.goals]
    possible = [at for at in placements(cluster) if fits(cluster, at)]
    for at in dice.choices(possible, k=2):
        for goal in others + named:
            said, meant = goal.value(cluster, np.array(at)), measured(goal, cluster, at)
            assert said == (pytest.approx(float(meant)) if goal.name == "latency" else meant), (str(goal), at)


def test_programs_say_what_goals_do() -> None:
    """Tests that a program of some hosts has, at each placement, the value of its level, and keeps its holds."""
    seeds = [seed for seed in range(300) if _in_rows(instance(seed).objective)]
    assert not [fault for seed in seeds for fault in program_faults(instance(seed), seed)]


def test_what_soft_rules_outside_cost_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the programs are found to be wrong where what VMs outside break is left out."""
    from vmopt.rules.counted import Counted

    monkeypatch.setattr(Counted, "broken", lambda self, _: 0)
    drawn = ((seed, instance(seed)) for seed in range(400))
    able = [(seed, one) for seed, one in drawn if counted(one) and _in_rows(one.objective)]
    seeds = [seed for seed, one in able if one.objective.names("penalties")]
    with pytest.raises(AssertionError):
        assert not [fault for seed in seeds for fault in program_faults(instance(seed), seed)]


def _in_rows(objective: vmopt.Objective) -> bool:
    """Whether there are levels, and programs can speak of all of them."""
    return bool(objective.goal_levels) and not objective.names("latency")
