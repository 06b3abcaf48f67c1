"""Placements of yesterday, read by name."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from vmopt.carried_over import carry_over

OLD = vmopt.Instance.from_arrays(
    [[4], [5], [3], [2]], [[8], [8]], vm_names=["a", "b", "c", "d"], host_names=["h1", "h2"], resources=["cpu"]
)
YESTERDAY = vmopt.solve(OLD, method="greedy-priority", warm_start=[0, 1, 1, 0], threads=1)


def test_by_name_not_by_position() -> None:
    """Tests that another order of VMs and hosts changes nothing."""
    new = OLD.replace(
        demand=[[2], [3], [5], [4]], vm_names=["d", "c", "b", "a"], host_names=["h2", "h1"], priority=[1] * 4
    )
    host_index, carried = carry_over(new, YESTERDAY)
    assert host_index.tolist() == [1, 0, 0, 1]
    assert (carried.given, carried.kept) == (4, 4)
    assert vmopt.verify(new, YESTERDAY) == ()


def test_what_is_gone_is_dropped() -> None:
    """Tests that VMs and hosts that are gone are left out and counted."""
    new = vmopt.Instance.from_arrays([[4], [3]], [[8]], vm_names=["a", "c"], host_names=["h1"])
    host_index, carried = carry_over(new, YESTERDAY)
    assert host_index.tolist() == [0, -1]
    assert (carried.vms_gone, carried.hosts_gone, carried.kept) == (2, 1, 1)
    assert vmopt.verify(new, YESTERDAY) == ()


def test_verify_sees_yesterdays_overload() -> None:
    """Tests that a placement of yesterday that no longer fits is found out."""
    smaller = OLD.replace(capacity=[[5], [8]])
    assert [violation.host for violation in vmopt.verify(smaller, YESTERDAY)] == ["h1"]


@pytest.mark.parametrize("form", ["solution", "mapping"])
def test_solve_keeps_what_fits(form: str) -> None:
    """Tests that a search starts from what still fits, and tells how much that was."""
    smaller = OLD.replace(capacity=[[5], [8]])
    given = YESTERDAY if form == "solution" else dict(YESTERDAY.placement)
    solution = vmopt.solve(smaller, method="greedy-demand", warm_start=given, threads=1, gap=0)
    assert solution.warm_start is not None
    assert (solution.warm_start.kept, solution.warm_start.no_room) == (3, 1)
    assert "3 of 4 placed VMs kept: 1 without room" in solution.summary()
    assert vmopt.verify(smaller, solution) == ()


def test_nothing_in_common_is_said() -> None:
    """Tests that a start of which nothing could be kept is a warning."""
    other = OLD.replace(vm_names=["e", "f", "g", "h"])
    with pytest.warns(UserWarning, match="0 of 4 placed VMs kept"):
        vmopt.solve(other, method="greedy-demand", warm_start=YESTERDAY, threads=1)


def test_names_made_on_demand_are_compared_by_number() -> None:
    """Tests that a million counted names need no dictionary."""
    large = vmopt.Instance.from_arrays(np.ones((1000, 1), dtype=int), [[600], [600]])
    first = vmopt.solve(large, method="greedy-priority")
    grown = vmopt.Instance.from_arrays(np.ones((1100, 1), dtype=int), [[600], [600]])
    host_index, carried = carry_over(grown, first)
    assert (carried.given, carried.kept) == (1000, 1000)
    assert (host_index[:1000] == first.host_index).all()
    assert "index_of" not in vars(grown.vm_names)


def test_allocation_follows_its_vm() -> None:
    """Tests that what elastic VMs got of old is judged by name, and not at all in other units."""
    elastic = OLD.replace(reservation=[[1]] * 4)
    old = vmopt.solve(elastic, method="greedy-priority", threads=1)
    turned = elastic.replace(
        demand=[[2], [3], [5], [4]], reservation=[[1]] * 4, vm_names=["d", "c", "b", "a"], priority=[1] * 4
    )
    assert vmopt.verify(turned, old) == ()
    assert vmopt.verify(elastic.replace(demand=[[0.4], [0.5], [0.3], [0.2]], reservation=[[0.1]] * 4), old) == ()
