"""Units: placements counted in whole numbers, with what elastic VMs fall short of."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import vmopt
from vmopt.problem.units import Units, units_of


def elastic(seed: int) -> tuple[vmopt.Instance, np.ndarray, np.ndarray]:
    """A cluster with a placement, and what its VMs get; some fall short of what they ask for, and some are alike."""
    rng = np.random.default_rng(seed)
    demand = rng.integers(1, 4, (12, 2))
    reservation = demand - rng.integers(0, 2, demand.shape)
    cluster = vmopt.Instance.from_arrays(
        demand, [[99, 99]] * 2, reservation=reservation, priority=rng.integers(1, 3, 12).tolist()
    )
    return cluster, rng.integers(-1, 2, 12), rng.integers(reservation, demand + 1)


@pytest.mark.parametrize("seed", range(10))
def test_what_is_missing_is_taken_off(seed: int) -> None:
    """Tests units against shares that are added up VM by VM, as fractions."""
    cluster, host_index, allocation = elastic(seed)
    units = units_of(cluster)
    assert units is not None
    total = cluster.capacity.sum(axis=0)
    worth = sum(
        Fraction(int(cluster.priority[i])) * Fraction(int(allocation[i, k]), 2 * int(total[k]))
        for i in np.flatnonzero(host_index >= 0)
        for k in range(2)
    )
    assert units.count(cluster, host_index, allocation) * units.unit == worth


def test_only_what_is_missing_is_looked_at() -> None:
    """Tests that what a VM asks for beyond its least costs nothing to count where it gets all of it."""
    looked: list[int] = []

    class Noted(tuple[tuple[int, ...], ...]):
        def __getitem__(self, j):  # type: ignore[no-untyped-def]
            looked.append(j)
            return super().__getitem__(j)

        def __iter__(self):  # type: ignore[no-untyped-def]
            looked.extend(range(len(self)))
            return super().__iter__()

    cluster, _, _ = elastic(0)
    units = units_of(cluster)
    assert units is not None
    object.__setattr__(units, "amount", Noted(units.amount))
    everywhere = np.zeros(12, dtype=np.int64)
    units.count(cluster, everywhere, cluster.demand)
    assert looked == []
    short = cluster.demand.copy()
    vm = int(np.flatnonzero((cluster.reservation < cluster.demand).any(axis=1))[0])
    short[vm] = cluster.reservation[vm]
    units.count(cluster, everywhere, short)
    assert set(looked) == {int(cluster.vm_classes.of[vm])}


def test_one_that_falls_short_of_its_second_resource() -> None:
    """Tests that a single VM may fall short of any of its resources, and of nothing where no amounts are told."""
    cluster = vmopt.Instance.from_arrays([[4, 2]], [[8, 8]], reservation=[[4, 0]], value=[1.5])
    units = units_of(cluster)
    assert units is not None
    everything, short = np.array([[4, 2]]), np.array([[4, 1]])
    assert units.count(cluster, np.array([0]), everything) * units.unit == Fraction(3, 2)
    assert units.count(cluster, np.array([0]), short) * units.unit == Fraction(3, 2) - Fraction(1, 2) * Fraction(1, 2)
    assert units.count(cluster, np.array([0])) == units.count(cluster, np.array([0]), everything)
    assert units.count(cluster, np.array([-1])) == 0


@pytest.mark.parametrize("reservation", [None, [[1], [1], [1]]])
def test_what_is_broken_is_taken_off(reservation: list[list[int]] | None) -> None:
    """Tests values in halves less three quarters for each VM that should not be there, with amounts only if asked."""
    apart = vmopt.Spread("vm-*", penalty=0.75)
    cluster = vmopt.Instance.from_arrays(
        [[2]] * 3, [[9]], value=[1.5, 1.5, 3], reservation=reservation, rules=[apart, vmopt.MustRun("vm-0")]
    )
    units = units_of(cluster)
    assert units is not None
    assert units.unit == Fraction(3, 4), "the largest of which all are multiples"
    worth = [units.vm[vm_class] * units.unit for vm_class in cluster.vm_classes.of]
    assert worth == [Fraction(3, 2), Fraction(3, 2), 3]
    assert [each * units.unit for each in units.penalty] == [Fraction(3, 4)]
    assert bool(units.amount) == (reservation is not None)
    assert units.total * units.unit == 6
    assert units.count(cluster, np.array([0, 0, 0])) * units.unit == 6 - 2 * Fraction(3, 4)


def test_without_elastic_vms_and_penalties_units_are_those_of_worth() -> None:
    """Tests that hard rules, and soft ones that a level of its own counts, take nothing off."""
    hard = vmopt.Instance.from_arrays([[1], [1]], [[2]], value=[3, 6], rules=[vmopt.Spread("vm-*")])
    units = units_of(hard)
    assert units is not None
    assert (units.vm, units.unit, units.total, units.amount, units.penalty) == ((2, 1), 3, 3, (), ())
    assert units.count(hard, np.array([0, 0])) == 3
    apart = vmopt.Objective(levels=[vmopt.Utilisation(), vmopt.Penalties()])
    soft = vmopt.Spread("vm-*", penalty=1)
    elsewhere = vmopt.Instance.from_arrays([[1], [1]], [[2]], value=[3, 6], rules=[soft], objective=apart)
    counted = units_of(elsewhere)
    assert counted is not None
    assert counted.count(elsewhere, np.array([0, 0])) == 3
    assert counted.penalty == ()


@pytest.mark.parametrize(
    "columns",
    [
        {"value": [0.0, 0.0]},
        {"value": [0.0, 0.0], "reservation": [[1], [2]]},
        {"reservation": [[1], [2]], "objective": vmopt.Objective("tiers")},
    ],
    ids=["nothing is worth anything", "elastic or not", "tiers"],
)
def test_where_there_are_no_units(columns: dict[str, Any]) -> None:
    """Tests that no unit is made up where nothing is worth anything, or levels have values of their own."""
    priority = [1, 2] if "objective" in columns else None
    assert units_of(vmopt.Instance.from_arrays([[2], [2]], [[4]], priority=priority, **columns)) is None


@pytest.mark.parametrize(
    ("bound", "amount", "penalty", "total", "most"),
    [
        (1.5, (), (), 2**30, 3),
        (1.5 - 2**-40, (), (), 2**30, 2),
        (1.5 - 2**-48, (), (), 2**30, 3),
        (1.5 - 2**-40, ((1,),), (), 2**30, 3),
        (1.5 - 2**-40, (), (1,), 2**30, 3),
        (1.5 - 2**-16, ((1,),), (), 2**30, 2),
        (-1.5, (), (), 2**30, -3),
    ],
)
def test_a_bound_in_doubles_is_what_rounding_may_hide(
    bound: float, amount: Any, penalty: Any, total: int, most: int
) -> None:
    """Tests that halves are told apart as finely as doubles can, and less so where much is added and taken off."""
    assert Units(Fraction(1, 2), (1,), amount, penalty, total).at_most(bound) == most
