"""Tiny instances end by themselves: few hosts filled anew are soon all of them, and nothing is left to try."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import vmopt
from tests.patience import PATIENCE
from vmopt import Fence, Keep, MostMoves, Quota, Whole
from vmopt.backends.small import Effort, SmallProgram
from vmopt.formulation.goals import whole_program
from vmopt.model.goal_level import GoalLevel
from vmopt.problem import compile


def quotas() -> vmopt.Instance:
    """Quotas beside limits on moves: what is best without the rules gains for long before all hosts are looked at."""
    return vmopt.Instance.from_arrays(
        [[1, 2], [0, 2], [0, 2], [0, 2]],
        [[0, 0], [0, 0], [6, 3]],
        value=[5, 1, 2, 5],
        resources=["cpu", "memory"],
        current=[2, 1, -1, 2],
        rules=[MostMoves(2, 1, 0), Quota(3, None, "memory"), Keep("vm-1"), Quota(3)],
    )


def stretched() -> vmopt.Instance:
    """Elastic VMs that fit only with less than they ask for."""
    return vmopt.Instance.from_arrays(
        [[3, 1]] * 4,
        [[4, 8], [0, 0]],
        reservation=[[0, 1], [3, 1], [0, 1], [0, 1]],
        current=[1, -1, -1, 1],
        rules=[Whole("vm-*", 2), Fence(["vm-0", "vm-2", "vm-3"], "host-0"), MostMoves(1, 1)],
    )


@pytest.mark.parametrize("made", [quotas, stretched])
def test_neighbourhood_ends(made: Callable[[], vmopt.Instance]) -> None:
    """Tests that a search without a limit to speak of ends, with the optimum that all placements show."""
    cluster = made()
    solution = vmopt.solve(cluster, method="neighbourhood", threads=1, gap=0, time_limit=PATIENCE)
    assert solution.limit is None
    assert vmopt.verify(cluster, solution.host_index) == ()
    best = vmopt.solve(cluster, method="exact", threads=1, gap=0, time_limit=PATIENCE)
    assert solution.objective <= best.objective + 1e-9 <= solution.bound + 2e-9


def test_moves_of_elastic_vms_are_one_program() -> None:
    """Tests that a level of moves is written for elastic VMs too, whatever these get beyond their least."""
    cluster = vmopt.Instance.from_arrays([[3], [2]], [[9], [9]], reservation=[[0], [2]], current=[-1, 1])
    model = whole_program(compile(cluster), GoalLevel.of(vmopt.FewestMoves()), ())
    assert model.columns.vm_class.tolist() == [0, 0, 1, 1]
    assert model.program.matrix.shape[1] >= 4


def test_what_cannot_be_is_proven() -> None:
    """Tests that a small program without a point says so, which is not that it found none in time."""
    program = SmallProgram()
    column = program.column(3)
    program.between([column], [2], 5, 5)
    found = program.solve([column], Effort(seed=0, seconds=10.0, work=1.0))
    assert (found.values, found.proven) == (None, True)
    assert np.isfinite(found.work)
