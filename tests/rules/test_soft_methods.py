"""Soft rules in every method: against brute force, with objectives of either sign, and in files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vmopt
from tests.patience import PATIENCE
from tests.rules import fuzz
from tests.rules.brute import best, feasible, worth
from tests.rules.claims import faults
from tests.rules.draws import MAKERS, instance
from tests.rules.points import Points, counted
from tests.thorough import met
from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.formulation.assignment import assignment
from vmopt.formulation.core import core
from vmopt.formulation.export import ExportedModel
from vmopt.formulation.symmetry import in_order
from vmopt.methods import neighbourhood
from vmopt.methods.search import Search
from vmopt.metrics import objective_of
from vmopt.options import Options
from vmopt.problem import compile
from vmopt.summary import instance_text

SOUND = ["greedy-priority", "greedy-demand", "column-generation", "neighbourhood"]
TINY = vmopt.Instance.from_arrays([[3], [3], [3]], [[4]], value=[1, 2, 1])
MUST_RUN = TINY.replace(rules=[vmopt.MustRun("vm-*", penalty=5)])


@pytest.mark.parametrize("backend", ["cp-sat", "highs"])
@pytest.mark.parametrize("name", MAKERS)
def test_exact_reaches_the_best(name: str, backend: str) -> None:
    """Tests that the best placement at these penalties is found and proven, for every rule."""
    for seed in range(met(4 if backend == "highs" else 10)):
        check(instance(seed, name, soft=1.0), "exact", backend)


@pytest.mark.parametrize("name", MAKERS)
def test_auto_reaches_the_best(name: str) -> None:
    """Tests the same of `auto`, with a hard rule beside the soft one."""
    for seed in range(2):
        check(instance(seed, name, "quota", soft=0.7), "auto", None)


def check(cluster: vmopt.Instance, method: str, backend: str | None) -> None:
    solution = vmopt.solve(cluster, method=method, backend=backend, gap=0, threads=1, time_limit=PATIENCE)
    assert not list(faults(solution, best(cluster), optimal=True)), cluster.rules


def test_random_programs_with_soft_rules() -> None:
    """Tests that the program of several rules, some of them soft, has the best placement as its optimum."""
    assert not list(fuzz.fuzz(range(met(100)), [fuzz.PROGRAM], soft=0.6))


def test_methods_make_no_wrong_claim() -> None:
    """Tests that bounds hold, and that objectives are what placements are worth."""
    assert not list(fuzz.fuzz(range(met(20)), SOUND, soft=0.6))


def test_a_core_holds_every_better_placement() -> None:
    """Tests that fixing by reduced costs leaves what is better, although a part of the gap may be penalties."""
    compared = 0
    for seed in range(met(25)):
        cluster = instance(seed, *np.random.default_rng(seed).choice(list(MAKERS), 2), elastic=False, vms=3, soft=1.0)
        problem, search = compile(cluster), Search(cluster, Options(gap=0))
        model = assignment(problem)
        if np.prod(model.program.upper[len(model.columns) :] + 1) > 1 << 12:
            continue
        known = float(np.median([worth(cluster, at) for at in feasible(cluster)]))
        narrow = core(model, search.prices, search.price_bound - known)
        points = Points(narrow, model.columns.n_pairs, model.n_own)
        for at in feasible(cluster):
            if worth(cluster, at) > known + 1e-9:
                counts = counted(model.columns, model.vms.of, in_order(problem, np.array(at)))
                assert counts is not None
                assert counts in points, (seed, at)
                compared += 1
    assert compared > met(30)


def test_the_neighbourhood_search_counts_what_it_gains() -> None:
    """Tests that steps which break rules more or less add up to the objective of the placement."""
    labels = [{"app": f"a{i % 5}"} for i in range(30)]
    rules = [vmopt.Spread.by_label("app", penalty=0.4), vmopt.Gather("vm-1*", penalty=0.3), vmopt.Quota(4, penalty=0.1)]
    demand = np.random.default_rng(3).integers(1, 6, (30, 2))
    cluster = vmopt.Instance.from_arrays(demand, [[9, 9]] * 6, value=[1] * 30, vm_labels=labels, rules=rules)
    search = Search(cluster, Options(gap=0, threads=1, time_limit=PATIENCE))
    search.offer(np.full(30, -1), "nothing")
    walk = neighbourhood._Walk(search)
    walk.go(None, 0, 40)
    placement = walk.occupancy.placement(walk.best)
    assert walk.value == pytest.approx(objective_of(cluster, placement))
    assert walk.value > 0


def test_objectives_below_zero_are_proven_and_read_back(tmp_path: Path) -> None:
    """Tests that VMs that cannot run cost their penalty, with a bound as low, also where the best is worth nothing."""
    empty = TINY.replace(rules=[vmopt.Empty("host-0", penalty=3)])
    full = vmopt.Instance.from_arrays([[3]], [[1]], value=[1], rules=[vmopt.MustRun("vm-0", penalty=7)])
    for cluster, expected in ((MUST_RUN, -8.0), (full, -7.0), (empty, 0.0)):
        for method in ("auto", "exact"):
            solution = vmopt.solve(cluster, method=method, gap=0, threads=1, time_limit=PATIENCE)
            assert solution.status is vmopt.Status.OPTIMAL
            assert (solution.objective, solution.bound) == (expected, pytest.approx(expected))
            vmopt.io.write_solution(solution, tmp_path / "s.json")
            assert vmopt.io.read_solution(cluster, tmp_path / "s.json").objective == expected


def test_summaries_say_what_broken_rules_cost() -> None:
    """Tests the line of a solution, and that of an instance."""
    solution = vmopt.solve(MUST_RUN, method="exact", gap=0, threads=1)
    assert "broken at a cost of 10: must-run by 2 (10)" in solution.summary()
    assert "1 must-run; 1 of them soft" in instance_text(MUST_RUN)


def test_greedy_breaks_soft_rules_where_that_pays() -> None:
    """Tests that a VM is placed whose value exceeds the penalty, and one that must run whatever it costs."""
    spread = vmopt.Spread("vm-*", penalty=1.5)
    assert greedy(spread) == [1]
    assert greedy(vmopt.Spread("vm-*", penalty=0.5)) == [0, 1, 2]
    assert greedy(spread, vmopt.MustRun(["vm-0", "vm-1"])) == [0, 1]


def greedy(*rules: Any) -> list[int]:
    cluster = vmopt.Instance.from_arrays([[1], [1], [1]], [[4]], value=[1, 2, 1], rules=rules)
    return np.flatnonzero(vmopt.solve(cluster, method="greedy-priority").host_index >= 0).tolist()


def test_ties_are_not_settled_at_a_cost() -> None:
    """Tests that a placement which keeps a soft rule is not spread over hosts."""
    together = vmopt.Gather("vm-*", penalty=0.1)
    cluster = vmopt.Instance.from_arrays([[1], [1]], [[4], [4]], value=[1, 1], rules=[together])
    solution = vmopt.solve(cluster, gap=0, ties="spread", threads=1)
    assert solution.objective == pytest.approx(objective_of(cluster, solution.host_index)) == 2.0


@pytest.mark.parametrize("penalty", [-1, float("nan"), float("inf"), 1e101, "2", True])
def test_what_is_no_penalty(penalty: Any) -> None:
    """Tests that a penalty is a number from 0 on that can be added up."""
    with pytest.raises(vmopt.InstanceError, match=r"penalty of Gather is .*: give a number from 0"):
        vmopt.Gather("vm-*", penalty=penalty)


@pytest.mark.parametrize("seed", [5052, 5078])
def test_a_refill_without_anything_to_gain(seed: int) -> None:
    """Tests sub-problems in which no value is at stake, and no penalty can be."""
    assert not list(fuzz.fuzz([seed], ["neighbourhood"], soft=0.6))


@pytest.mark.parametrize("backend", ["cp-sat", "highs"])
def test_quotas_in_bytes(backend: str) -> None:
    """Tests that what is above a quota of huge numbers costs its part."""
    gib = 2**30
    quota = vmopt.Quota(10 * gib + 1, resource="memory", penalty=0.5 / gib)
    demand = [[(3 + i) * gib + i] for i in range(4)]
    cluster = vmopt.Instance.from_arrays(
        demand, [[32 * gib]], value=[1.6, 1.9, 2.6, 2.9], resources=["memory"], rules=[quota]
    )
    check(cluster, "exact", backend)


@pytest.mark.parametrize("name", MAKERS)
def test_exported_models_count_penalties(name: str) -> None:
    """Tests that the optimum of the model that is written is what the best placement is worth."""
    for seed in range(3):
        cluster = instance(seed, name, soft=1.0, elastic=False)
        if not assignment(compile(cluster)).columns.n_pairs:
            continue
        program = ExportedModel.of(cluster).program
        result = registry.get("cp-sat").solve(program, LPOptions(time_limit=PATIENCE, gap=0.0))
        assert program.objective @ result.x == pytest.approx(best(cluster), abs=1e-6)
