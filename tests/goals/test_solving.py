"""Levels in a call of solve: time, Ctrl-C, progress, warm starts, and what does not go together with them."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import vmopt
from vmopt import (
    Balance,
    FewestHosts,
    InstanceError,
    Limit,
    MustRun,
    OptionError,
    Penalties,
    Quota,
    Spread,
    Status,
    Utilisation,
    metrics,
)
from vmopt.methods.goals import plan
from vmopt.methods.goals.parameters import LevelParameters
from vmopt.network import Latency, Traffic, localise, star

LEVELS = (Utilisation(), FewestHosts(cost=[1, 0.5, 2]), Balance("cpu", "above", level=[[1], [2], [3]]))
OBJECTIVE = vmopt.Objective(levels=LEVELS, slack=[0, 0.1])


def cluster(objective: vmopt.Objective = OBJECTIVE, **named: Any) -> vmopt.Instance:
    """Six VMs, three hosts."""
    demand = [[4], [3], [2], [1], [2], [2]]
    return vmopt.Instance.from_arrays(demand, [[8]] * 3, resources=["cpu"], objective=objective, **named)


def test_objectives_with_levels_are_values() -> None:
    """Tests that they can be pickled, compared, hashed, shown, and exchanged for others."""
    again = pickle.loads(pickle.dumps(OBJECTIVE))
    assert again == OBJECTIVE
    assert hash(again) == hash(OBJECTIVE)
    assert vmopt.Objective(levels=LEVELS) != OBJECTIVE
    assert "fewest-hosts" in str([str(level) for level in OBJECTIVE.goal_levels])
    assert pickle.loads(pickle.dumps(cluster())) == cluster()
    assert vmopt.solve(cluster().replace(objective=vmopt.Objective()), gap=0).levels == ()


def test_without_time_every_level_is_measured() -> None:
    """Tests that a solution has all its levels where there was no time for any of them."""
    solution = vmopt.solve(cluster(), time_limit=0, threads=1)
    values = [level.value(solution.instance, solution.host_index) for level in OBJECTIVE.goal_levels]
    assert [row.value for row in solution.levels] == pytest.approx([float(value) for value in values])


@pytest.mark.parametrize("raised", [KeyboardInterrupt, ZeroDivisionError])
def test_progress_may_end_the_search_in_any_level(raised: type[BaseException]) -> None:
    """Tests that what progress raises ends levels too: Ctrl-C keeps what there is, anything else is raised."""
    told: list[str] = []

    def progress(seconds: float, value: float, bound: float, method: str) -> None:
        told.append(method)
        if method == "nobody":
            raise raised

    def begun(*_: Any) -> None:
        stage: Any = _[0]
        stage.tell(0.0, 0.0, "nobody")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "run", begun)
        if raised is KeyboardInterrupt:
            solution = vmopt.solve(cluster(), progress=progress, threads=1)
            assert solution.limit is Limit.INTERRUPTED
            assert len(solution.levels) == len(LEVELS)
        else:
            with pytest.raises(raised):
                vmopt.solve(cluster(), progress=progress, threads=1)
    assert "nobody" in told


def test_a_warm_start_is_a_candidate_in_every_level() -> None:
    """Tests that a placement that is given is taken by the level in which it is best, whoever else searches."""
    goals = vmopt.Objective(levels=[FewestHosts(), Utilisation()])
    instance = cluster(goals, rules=[MustRun("vm-0")])
    given = vmopt.solve(instance, method="greedy-priority", warm_start=[2, -1, -1, -1, -1, -1])
    assert given.levels[0].value == 1.0
    assert vmopt.solve(instance, method="greedy-priority").levels[0].value > 1.0


def test_the_same_seed_has_the_same_levels() -> None:
    """Tests that a search that ends by itself depends on the seed alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "run", partial(plan.run, parameters=LevelParameters(small=0)))
        one, other = (vmopt.solve(cluster(), seed=3, threads=1) for _ in range(2))
    assert np.array_equal(one.host_index, other.host_index)


def test_several_parts_at_a_time_keep_rules_across_hosts() -> None:
    """Tests that hosts filled anew side by side break no rule together."""
    rules = [Quota(14), Spread("vm-*", over="rack", most=5), MustRun(["vm-0", "vm-1"])]
    goals = vmopt.Objective(levels=[Balance("cpu", "fragments", size=3), Utilisation()])
    labels = [{"rack": str(host % 4)} for host in range(12)]
    demand = [[1 + vm % 4] for vm in range(40)]
    many = vmopt.Instance.from_arrays(
        demand, [[8]] * 12, resources=["cpu"], rules=rules, host_labels=labels, objective=goals
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "run", partial(plan.run, parameters=LevelParameters(small=0)))
        solution = vmopt.solve(many, threads=4)
    assert not vmopt.verify(many, solution.placement)
    assert solution.levels[0].value < 12 * 2


def test_tiers_trade_nothing_for_soft_rules() -> None:
    """Tests that soft rules decide after tiers, as a level where one is asked for."""
    soft = [Spread("vm-*", most=1, penalty=1000)]
    instance = cluster(vmopt.Objective("tiers"), rules=soft, priority=[1, 1, 1, 2, 2, 2])
    solution = vmopt.solve(instance, gap=0)
    assert [row.priority for row in solution.levels] == [2, 1]
    assert solution.instance is instance
    assert solution.n_placed == 6
    assert metrics.penalty_of(instance, solution.host_index) == 3000.0
    named = vmopt.Objective(levels=[Utilisation("tiers"), Penalties()])
    solution = vmopt.solve(instance.replace(objective=named), gap=0)
    assert [(row.goal, row.value) for row in solution.levels][2:] == [("penalties", 3000.0)]
    assert solution.status is Status.OPTIMAL


def test_tiers_that_are_not_found_are_not() -> None:
    """Tests that a search of tiers that fails says so, soft rules or not."""
    rules = [MustRun(["vm-0", "vm-1"]), Spread("vm-*", penalty=1)]
    objective = vmopt.Objective(levels=[Utilisation("tiers"), Balance()])
    instance = vmopt.Instance.from_arrays([[5], [5]], [[9]], priority=[1, 2], rules=rules, objective=objective)
    for method in ("column-generation", "greedy-priority", "exact"):
        solution = vmopt.solve(instance, method=method, threads=1)
        assert solution.status in (Status.INFEASIBLE, Status.NOT_FOUND)


def _elastic() -> Any:
    return cluster(reservation=[[1]] * 6)


def _exported() -> Any:
    from vmopt.formulation.export import ExportedModel

    return ExportedModel.of(cluster())


def _localised() -> Any:
    solution = vmopt.solve(cluster(), threads=1)
    return localise(solution, star(cluster()), Traffic.from_edges(cluster(), [("vm-0", "vm-1", 1e9)]))


def _requests() -> Any:
    return vmopt.Requests.from_arrays([0], [[1]], resources=["cpu"], objective=OBJECTIVE)


@pytest.mark.parametrize("asked", [_elastic, _exported, _localised, _requests])
def test_what_does_not_go_together_is_refused(asked: Callable[[], Any]) -> None:
    """Tests that whoever knows no levels says so, instead of leaving them out."""
    with pytest.raises((InstanceError, OptionError), match="levels"):
        asked()


def _goal() -> Latency:
    return Latency(star(cluster(), latency=1.0), Traffic.from_edges(cluster(), [("vm-0", "vm-1", 1e9)]))


def test_latency_is_the_last_level() -> None:
    """Tests that latency as a level is lowered among placements that are equally good, and is a level of its own."""
    objective = vmopt.Objective(levels=[Utilisation(), Penalties(), _goal()])
    solution = vmopt.solve(cluster(objective), gap=0)
    assert [(row.goal, row.value, row.status) for row in solution.levels][1:] == [
        ("penalties", 0.0, Status.OPTIMAL),
        ("latency", 0.0, Status.OPTIMAL),
    ]
    assert solution.n_placed == 6
    by_option = vmopt.solve(
        cluster(vmopt.Objective(levels=[Utilisation(), Penalties()])), network=_goal().network, traffic=_goal().traffic
    )
    assert by_option.levels[-1].goal == "latency"


def test_latency_in_a_sum_has_a_price() -> None:
    """Tests that a sum of utilisation and latency is the latency weight that it always was."""
    objective = vmopt.Objective(levels=[2 * Utilisation("demand") + 0.5 * _goal()])
    assert objective.levels == ()
    assert objective.weighting == "demand"
    assert objective.latency is not None
    assert objective.latency.weight == 0.25


@pytest.mark.parametrize(
    "levels",
    [
        lambda: [_goal()],
        lambda: [_goal(), Utilisation()],
        lambda: [Utilisation(), FewestHosts(), _goal()],
        lambda: [Utilisation() + _goal(), FewestHosts()],
        lambda: [FewestHosts() + _goal()],
    ],
)
def test_latency_anywhere_else_is_refused(levels: Callable[[], list[Any]]) -> None:
    """Tests that latency is refused where moves may lose something of the levels above, or below."""
    with pytest.raises(InstanceError, match="latency"):
        vmopt.Objective(levels=levels())


@pytest.mark.parametrize("levels", [[Utilisation(), FewestHosts()], [FewestHosts()], [Balance()]], ids=str)
def test_levels_refuse_vms_that_may_get_less(levels: list[Any]) -> None:
    """Tests that an elastic instance says why it has no levels and how to mend that, before anything is solved."""
    cluster = vmopt.Instance.from_arrays([[4], [4]], [[6]], reservation=[[2], [4]])
    with pytest.raises(InstanceError, match="some VMs may get less") as found:
        cluster.replace(objective=vmopt.Objective(levels=levels))
    assert "no reservations" in str(found.value)
    assert "no levels" in str(found.value)
    assert vmopt.solve(cluster, gap=0, threads=1).status is vmopt.Status.OPTIMAL
