"""Hosts that a level above no longer pays for are given up where few have to move."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

import vmopt
from tests.patience import PATIENCE
from vmopt import FewestHosts, FewestMoves, Instance, Objective, Utilisation
from vmopt.formulation.moves import MoveProgram, move_program
from vmopt.goals.holds import holds_of
from vmopt.methods.change import given_up
from vmopt.methods.goals.stage import Stage
from vmopt.options import Options
from vmopt.problem import compile

LEVELS = (Utilisation(), FewestHosts(), FewestMoves())


def crowded(*more: object) -> Instance:
    """Three hosts: the first holds four small VMs, the others one of half their size each; two hosts are enough."""
    return Instance.from_arrays(
        [[2]] * 4 + [[5], [5]],
        [[10]] * 3,
        current=[0, 0, 0, 0, 1, 2],
        rules=list(more),
        objective=Objective(levels=LEVELS),
    )


def staged(cluster: Instance, packed: list[int], slack: float = 0.0) -> tuple[Stage, MoveProgram]:
    levels = cluster.objective.goal_levels
    holds = holds_of(cluster, levels[:2], [0.0, slack], np.array(packed))
    stage = Stage(cluster, Options(None, PATIENCE, 0.0, 0, 1, None), levels[2], holds, np.array(packed))
    return stage, move_program(compile(cluster), FewestMoves(), holds)


def test_the_host_with_fewest_vms_is_given_up() -> None:
    """Tests that a packing from nothing, which moves five, is replaced by one that moves one."""
    stage, model = staged(crowded(), [1, 1, 1, 1, 2, 2])
    assert stage.value == 5
    given_up.run(stage, model)
    assert stage.value == 1
    assert stage.host_index[:4].tolist() == [0] * 4
    assert stage.host_index[4] == stage.host_index[5] > 0


def test_rules_are_kept() -> None:
    """Tests two VMs that may not share a host: of the four others, two make room."""
    apart = vmopt.Spread(["vm-4", "vm-5"])
    cluster = crowded(apart).replace(capacity=[[10], [9], [9]])
    stage, model = staged(cluster, [0, 0, 1, 1, 0, 1])
    assert stage.value == 4
    given_up.run(stage, model)
    assert stage.value == 3
    assert not vmopt.verify(cluster, stage.host_index)
    assert all(hold.keeps(cluster, stage.host_index) for hold in stage.holds)


def test_nothing_is_given_up_where_hosts_are_not_counted() -> None:
    """Tests a level of moves below the utilisation alone."""
    cluster = crowded()
    holds = holds_of(cluster, cluster.objective.goal_levels[:1], [0.0], np.array([1, 1, 1, 1, 2, 2]))
    options = Options(None, PATIENCE, 0.0, 0, 1, None)
    stage = Stage(cluster, options, cluster.objective.goal_levels[2], holds, np.array([1, 1, 1, 1, 2, 2]))
    given_up.run(stage, move_program(compile(cluster), FewestMoves(), holds))
    assert stage.value == 5


def test_what_is_left_free_is_no_less_than_what_is_free_now() -> None:
    """Tests the program in whole hosts: half of each host left free, but for those that are fuller now."""
    stage, model = staged(crowded(), [1, 1, 1, 1, 2, 2], slack=0.5)
    load = stage.problem.loads(stage.instance.current)
    program = model.eased(load, 0.5)
    hosts = program.n_columns - 3
    offered = [-program.matrix[[h], [hosts + h]].item() for h in range(3)]
    assert offered == [8, 5, 5]
    assert program.integer[hosts:].all()
    assert not program.integer[:hosts].any()


def test_fewest_moves_are_proven_where_hosts_come_first() -> None:
    """Tests the three levels together."""
    solution = vmopt.solve(crowded(), threads=1, time_limit=PATIENCE, gap=0)
    assert [row.value for row in solution.levels[1:]] == [2, 1]
    assert all(row.status == "optimal" for row in solution.levels)
    assert Fraction(solution.levels[2].bound) == 1
