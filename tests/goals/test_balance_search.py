"""Exchanges of VMs lower a level of balance, and keep what the levels above have reached, and rules."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import vmopt
from vmopt import Balance, FewestHosts, MustRun, Objective, Utilisation
from vmopt.goals.holds import holds_of
from vmopt.methods.goals.balance.costs import band, cost_of, held_costs
from vmopt.methods.goals.balance.ground import Ground
from vmopt.methods.goals.balance.parameters import WalkParameters
from vmopt.methods.goals.balance.rounds import make_round
from vmopt.methods.goals.balance.walk import Walk
from vmopt.model.goal_level import GoalLevel
from vmopt.model.shapes import Fullest
from vmopt.problem import compile

KINDS: dict[str, Any] = {
    "above": Balance(kind="above", level=0.5),
    "table": Balance("cpu", "above", level=[[10], [50]] * 6),
    "ratio": Balance(["cpu", "memory"], "ratio", target=5),
    "fragments": Balance("cpu", "fragments", size=16),
    "hosts": FewestHosts() + 0.5 * Balance("cpu", "fragments", size=8),
}


def _cluster(rules: str | None = None, levels: Any = (), load: float = 0.5) -> vmopt.Instance:
    drawn = vmopt.generate("flavor", hosts=12, load=load, seed=3, rules=rules)
    return replace(drawn, objective=Objective(levels=levels))


def _filled(instance: vmopt.Instance, method: str = "greedy-demand") -> Any:
    return vmopt.solve(replace(instance, objective=Objective()), method=method, time_limit=10).host_index


@pytest.mark.parametrize("kind", KINDS)
def test_costs_of_hosts_add_up_to_the_level(kind: str) -> None:
    """Tests what each host costs against the exact value of the level, before and after rounds of exchanges."""
    instance, level = _cluster(), GoalLevel.of(KINDS[kind])
    cost = cost_of(instance, level)
    assert cost is not None
    walk = Walk(Ground(instance, (), _filled(instance, "greedy-spread")), cost, [], np.random.default_rng(1))
    before = walk.costs.sum()
    for _ in range(20):
        make_round(walk, 0.0)
        value = float(level.value(instance, walk.ground.placement()))
        assert walk.costs.sum() == pytest.approx(value)
    assert value < before
    assert not vmopt.verify(instance, walk.ground.placement())


@pytest.mark.parametrize("rules", ["spread", "spread,zones", "fences", "gangs", "spread,zones,fences,gangs"])
def test_rules_are_kept_in_rounds_and_steps(rules: str) -> None:
    """Tests hot rounds, and steps at single hosts, against what verify says."""
    instance = _cluster(rules)
    ground = Ground(instance, (), _filled(instance))
    walk = Walk(ground, band(instance, (0, 1, 2), 0.4, 0.5), [], np.random.default_rng(0))
    made = sum(make_round(walk, 0.1) for _ in range(10))
    made += sum(walk.step(host) is not None for host in range(instance.n_hosts))
    assert made > 10
    assert not vmopt.verify(instance, ground.placement())


@pytest.mark.parametrize(
    "above",
    [FewestHosts(), Balance(), Balance(kind="spread"), KINDS["fragments"], KINDS["ratio"], KINDS["above"]],
    ids=str,
)
@pytest.mark.parametrize("slack", [0.0, 0.1])
def test_levels_above_are_held(above: Any, slack: float) -> None:
    """Tests that exchanges for another level leave what a level above has reached, but for its slack."""
    instance = _cluster(levels=[Utilisation(), above])
    levels, placed = instance.objective.goal_levels, _filled(instance)
    holds = holds_of(instance, levels, [0.0, slack], placed)
    cost = band(instance, (0, 1), 0.3, 0.4)
    walk = Walk(
        Ground(instance, holds, placed),
        cost,
        held_costs(instance, holds),
        np.random.default_rng(2),
        WalkParameters(drawn=500),
    )
    for host in np.tile(np.arange(instance.n_hosts), 3).tolist():
        walk.step(host)
        make_round(walk, 0.05)
    for hold in holds:
        less = 1e-9 * abs(hold.limit)
        have = hold.value(instance, walk.ground.placement())
        assert have >= hold.limit - less if hold.level.maximised else have <= hold.limit + less


@pytest.mark.parametrize("kind", ["max", "spread"])
def test_equal_vms_are_dealt_evenly(kind: str) -> None:
    """Tests a cluster whose best balance is known, and proven."""
    levels = [Utilisation(), Balance(kind=kind)]
    cluster = vmopt.Instance.from_arrays([[2]] * 90, [[8]] * 30, objective=Objective(levels=levels))
    solution = vmopt.solve(cluster, gap=0, time_limit=30)
    assert solution.levels[1].value == solution.levels[1].bound == {"max": 0.75, "spread": 0.0}[kind]


def test_the_fullest_host_is_certified_below_fewest_hosts() -> None:
    """Tests that hosts in use are chosen anew where that balances better, at no greater cost."""
    levels = [FewestHosts(), Balance()]
    cluster = vmopt.Instance.from_arrays(
        [[3]] * 40, [[12]] * 6 + [[30]] * 6, rules=[MustRun("vm-*")], objective=Objective(levels=levels, slack=[0.5, 0])
    )
    solution = vmopt.solve(cluster, gap=0, time_limit=30)
    hosts, fullest = solution.levels
    assert hosts.value <= 6
    assert fullest.value == fullest.bound == pytest.approx(0.7)


def test_a_seed_says_what_comes_of_it() -> None:
    """Tests that the same seed leads to the same placement where the search comes to its end."""
    cluster = _cluster(levels=[Utilisation(), Balance(kind="above", level=0.7)])
    first, again = (vmopt.solve(cluster, time_limit=60, threads=1, seed=5) for _ in range(2))
    assert first.levels[1].value == again.levels[1].value == 0.0
    assert first.host_index.tolist() == again.host_index.tolist()


def test_greedy_that_spreads_balances_better_than_greedy_that_packs() -> None:
    """Tests the baseline: as many VMs run, on hosts that are less full; and it knows a bound of that."""
    cluster = _cluster("spread", [Utilisation(), Balance()])
    spread, packed = (vmopt.solve(cluster, method=m, time_limit=10) for m in ("greedy-spread", "greedy-priority"))
    assert spread.levels[0].value == packed.levels[0].value
    assert 0 < spread.levels[1].bound <= spread.levels[1].value < packed.levels[1].value


def test_hosts_of_a_part_have_room_for_all() -> None:
    """Tests that placing everybody on hosts that are cut finds what exchanges of two VMs do not need to."""
    from vmopt.methods.goals.balance import cut
    from vmopt.methods.goals.stage import Stage
    from vmopt.options import Options

    sizes = [[7], [6], [5], [4], [4], [4]]
    cluster = vmopt.Instance.from_arrays(sizes, [[20]] * 2, objective=Objective(levels=[Utilisation(), Balance()]))
    placed = np.array([0, 0, 0, 1, 1, 1])
    levels = cluster.objective.goal_levels
    holds = holds_of(cluster, levels[:1], [0.0], placed)
    stage = Stage(compile(cluster).instance, Options(None, 20.0, 0.0, 0, 1, None), levels[1], holds, placed)
    cut.run(stage, Fullest((0,)), np.ones(2, dtype=bool))
    assert stage.value == Fraction(15, 20)
