"""Units: placements counted in whole numbers, with what elastic VMs fall short of."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import vmopt
from vmopt.problem.units import units_of


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
