"""Sums of hosts in use and something else: hosts first, then the rest, and the sum takes what is better."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

import vmopt
from vmopt import Balance, FewestHosts, FewestMoves, Objective, Utilisation
from vmopt.goals.holds import holds_of
from vmopt.methods.goals import by_terms, plan
from vmopt.methods.goals.packing.packing_problem import PackingProblem
from vmopt.methods.goals.stage import Stage
from vmopt.options import Options


def stage_of(level: Any) -> Stage:
    """Twenty VMs on eight hosts, half of which would do, held to run."""
    n_vms = [2, 3] * 4
    current = np.repeat(np.arange(8), n_vms)
    objective = Objective(levels=[Utilisation(), level])
    instance = vmopt.Instance.from_arrays([[1]] * 20, [[5]] * 8, current=current, objective=objective)
    levels = objective.goal_levels
    holds = holds_of(instance, levels[:1], (0.0,), current)
    return Stage(instance, Options(None, 300.0, 0.0, 0, 1), levels[1], holds, current)


@pytest.mark.parametrize(
    ("level", "best"),
    [
        (10 * FewestHosts() + Balance(), 41.0),
        (FewestHosts() + 2 * Balance() + 0.5 * Balance("resource-0", "spread"), 6.5),
        (FewestHosts() + 100 * Balance(), 68.0),  # to empty a host costs more than it saves
    ],
    ids=str,
)
def test_the_sum_takes_what_is_better(level: Any, best: float) -> None:
    """Tests that few hosts are found where they pay, and that what was there stays where they do not."""
    stage = stage_of(level)
    ground = PackingProblem.of(stage)
    assert ground is not None
    before = float(stage.value)
    by_terms.run(stage, ground, partial(plan.run, levels="searched"))
    assert float(stage.value) == pytest.approx(min(best, before))
    assert all(hold.keeps(stage.instance, stage.host_index) for hold in stage.holds)


def test_moves_are_no_part_of_it() -> None:
    """Tests that sums with moves are left to searches that begin from what runs now."""
    assert by_terms.serves(stage_of(FewestHosts() + Balance()))
    assert not by_terms.serves(stage_of(FewestHosts() + FewestMoves()))


def test_no_time_is_taken_where_there_is_none() -> None:
    """Tests that a stage without time is left as it is."""
    stage = stage_of(FewestHosts() + Balance())
    stage.leave(0.0)
    before = stage.value
    by_terms.run(stage, PackingProblem.of(stage), partial(plan.run, levels="searched"))
    assert stage.value == before
