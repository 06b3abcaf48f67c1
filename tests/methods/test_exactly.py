"""A gap of 0 means 0 where rules may be broken at a price, where VMs are elastic, and under levels."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest

import vmopt
from vmopt import Ban, MustRun, Objective, Quota, Skew, Spread
from vmopt.bounds import Bound, Prices
from vmopt.bounds.recheck import proven
from vmopt.elastic.allocation import best_allocation
from vmopt.errors import PlacementError
from vmopt.formulation.assignment import assignment
from vmopt.formulation.column_units import column_units
from vmopt.problem import compile
from vmopt.problem.units import units_of

WIDE = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 1.0, 1e9]

A = vmopt.Instance.from_arrays
CLUSTERS = {
    "a host that costs little": lambda: A(
        [[2], [3], [4]], [[4], [4]], value=[0.3, 0.2, 1e9], rules=[Ban(["vm-2"], ["host-0"], penalty=0.05)]
    ),
    "one that should run": lambda: A(
        [[3], [3], [4]], [[4], [4]], value=[0.3, 0.8, 1e9], rules=[MustRun(["vm-0"], penalty=0.6)]
    ),
    "elastic": lambda: A([[3], [6], [4]], [[8], [4]], value=[0, 0.5, 1e9], reservation=[[3], [5], [4]]),
    "elastic tiers": lambda: A(
        [[9], [5]], [[4]], priority=[2, 1], reservation=[[4], [0]], objective=Objective("tiers")
    ),
    "nothing is worth it": lambda: A(
        [[6, 2], [6, 9], [6, 9], [8, 1], [8, 1]],
        [[8, 3]],
        value=[np.nan, 1e6, 0, 0, 0],
        host_labels=[{"rack": "b"}],
        rules=[
            Spread(["vm-0", "vm-4", "vm-2", "vm-3"], over="rack", most=0),
            Quota(0, of=["vm-1"], penalty=0.25),
        ],
    ),
    "proven but for rounding": lambda: A(
        [[7], [3], [4], [4]],
        [[11], [3]],
        priority=[2, 10**9, 1, 2],
        rules=[Skew(["vm-1"], over="host", most=2, least_domains=2, penalty=2)],
    ),
}


def worth(instance: vmopt.Instance, vm: int) -> Fraction:
    """What a VM is worth when it gets all it asks for, of one resource."""
    own = np.nan if instance.own_value is None else float(instance.own_value[vm])
    if not np.isnan(own):
        return Fraction(repr(own))
    share = sum(Fraction(int(d), int(c)) for d, c in zip(instance.demand[vm], instance.total, strict=True))
    return Fraction(repr(float(instance.priority[vm]))) * share / len(instance.total)


def objective(instance: vmopt.Instance, host_index: Any) -> Fraction:
    """What a placement has, without any rounding."""
    placed = np.flatnonzero(host_index >= 0).tolist()
    got = best_allocation(instance, host_index)
    part = {vm: Fraction(int(got[vm, 0]), int(instance.demand[vm, 0])) for vm in placed}
    broken = [Fraction(repr(rule.penalty)) * int(rule.violation(host_index)) for rule in instance.soft_rules]
    return sum((worth(instance, vm) * part[vm] for vm in placed), Fraction(0)) - sum(broken)


def lawful(instance: vmopt.Instance) -> Iterator[Any]:
    """All placements that fit and break no hard rule."""
    for chosen in product(range(-1, instance.n_hosts), repeat=instance.n_vms):
        host_index = np.array(chosen)
        load = np.zeros_like(instance.capacity)
        placed = np.flatnonzero(host_index >= 0)
        np.add.at(load, host_index[placed], instance.reserved[placed])
        if (load > instance.capacity).any():
            continue
        if not vmopt.verify(instance, host_index, best_allocation(instance, host_index) if instance.elastic else None):
            yield host_index


def drawn(seed: int, *, elastic: bool, soft: bool, levels: bool) -> vmopt.Instance:
    """A tiny instance of values that are far apart."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 5))
    demand, capacity = rng.integers(1, 9, (n, 1)), rng.integers(2, 11, (int(rng.integers(1, 3)), 1))
    given: dict[str, Any] = {"value": rng.choice(WIDE, n)}
    if elastic:
        given["reservation"] = np.minimum(demand, rng.integers(0, 9, (n, 1)))
    if levels:
        given["objective"] = Objective(levels=[vmopt.Utilisation(), vmopt.FewestHosts()])
    return A(demand, capacity, rules=list(soft_rules(rng, n)) if soft else [], **given)


def soft_rules(rng: np.random.Generator, n: int) -> Iterator[Any]:
    """Some rules that cost something to break."""
    for _ in range(int(rng.integers(1, 4))):
        some = [f"vm-{i}" for i in range(n) if rng.random() < 0.6] or ["vm-0"]
        penalty, most = float(rng.choice([0.05, 0.1, 0.25, 0.6, 2.0, 1e9])), int(rng.integers(0, 2))
        kinds = [
            Ban(some, ["host-0"], penalty=penalty),
            MustRun(some, penalty=penalty),
            Spread(some, over="host", most=most, penalty=penalty),
            Quota(most, of=some, penalty=penalty),
            Skew(some, over="host", most=1, penalty=penalty),
        ]
        yield kinds[int(rng.integers(len(kinds)))]


def best(instance: vmopt.Instance) -> Fraction:
    """The optimum, by trying everything."""
    return max(objective(instance, host_index) for host_index in lawful(instance))


@pytest.mark.parametrize("method", ["auto", "exact"])
@pytest.mark.parametrize("name", CLUSTERS)
def test_a_gap_of_zero_is_zero(name: str, method: str) -> None:
    """Tests that what is called optimal is, and that its gap says so."""
    instance = CLUSTERS[name]()
    solution = vmopt.solve(instance, method=method, gap=0, threads=1)
    assert solution.status is vmopt.Status.OPTIMAL
    assert solution.gap == 0
    if instance.tiers is not None:
        assert solution.objective == 1
    elif instance.demand.shape[1] == 1:
        assert objective(instance, solution.host_index) == best(instance)
    else:
        assert solution.objective == 0


@pytest.mark.parametrize("kind", [(False, True, False), (True, False, False), (True, True, False), (False, True, True)])
@pytest.mark.parametrize("seed", range(12))
def test_tiny_instances_of_wide_values(seed: int, kind: tuple[bool, bool, bool]) -> None:
    """Tests optima of tiny instances against all placements there are."""
    elastic, soft, levels = kind
    instance = drawn(seed, elastic=elastic, soft=soft, levels=levels)
    solution = vmopt.solve(instance, gap=0, threads=1)
    assert solution.status is vmopt.Status.OPTIMAL
    assert solution.gap == 0
    assert objective(instance, solution.host_index) == best(instance)


@pytest.mark.parametrize("elastic", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_units_count_what_placements_have(seed: int, elastic: bool) -> None:
    """Tests that whole units add up to the objective of every placement."""
    instance = drawn(seed, elastic=elastic, soft=True, levels=False)
    units = units_of(instance)
    if units is None:
        assert not instance.value.any()
        return
    for host_index in lawful(instance):
        counted = units.count(instance, host_index, best_allocation(instance, host_index))
        assert counted * units.unit == objective(instance, host_index)


@pytest.mark.parametrize("elastic", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_columns_count_the_same(seed: int, elastic: bool) -> None:
    """Tests that the units of the columns are the objective of the program, which is in doubles."""
    instance = drawn(seed, elastic=elastic, soft=True, levels=False)
    model, units = assignment(compile(instance)), units_of(instance)
    if units is not None:
        number = [float(n * units.unit) for n in column_units(model, units)]
        assert np.allclose(number, model.program.objective * model.unit, rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("backend", ["cp-sat", "highs", "scip"])
def test_every_backend(backend: str) -> None:
    """Tests that what backends leave open that compute in doubles, and amounts that are no integers, is decided."""
    instance = CLUSTERS["elastic"]()
    solution = vmopt.solve(instance, method="exact", backend=backend, gap=0, threads=1)
    assert solution.status is vmopt.Status.OPTIMAL
    assert objective(instance, solution.host_index) == best(instance)


def test_steps_of_penalties_are_rechecked() -> None:
    """Tests that a bound lowered to the last step is proven anew, where penalties make the steps finer."""
    instance = A([[2], [2]], [[3]], value=[3, 2], rules=[Ban(["vm-0"], ["host-0"], penalty=0.25)])
    prices = Prices(np.array([[0.94]]))
    assert proven(instance, Bound(4.0, prices, step=0.25)) == 4.0 < proven(instance, Bound(4.06, prices))
    with pytest.raises(PlacementError, match="do not come in steps of 1"):
        proven(instance, Bound(4.0, prices, step=1.0))
