"""Planner: what it remembers is used, and never believed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import vmopt


def with_some_changed(cluster: Any, seed: int, part: float = 0.05) -> Any:
    """Replace demand and priority of some VMs by those of others."""
    rng = np.random.default_rng(seed)
    some = rng.choice(cluster.n_vms, max(1, int(part * cluster.n_vms)), replace=False)
    like = rng.integers(cluster.n_vms, size=len(some))
    demand, priority = np.array(cluster.demand), np.array(cluster.priority)
    demand[some], priority[some] = demand[like], priority[like]
    return cluster.replace(demand=demand / cluster.scale, priority=priority)


def test_small_changes_start_from_what_is_known() -> None:
    """Tests that the same gap is reached with most VMs where they were, and that bounds are those of the new data."""
    cluster = vmopt.generate("flavor", hosts=60)
    planner = vmopt.Planner(cluster, gap=1e-3, threads=1, time_limit=20)
    before = planner.solve()
    for seed in range(3):
        changed = with_some_changed(planner.instance, seed)
        found = planner.update(changed).solve()
        assert found.instance is changed
        assert vmopt.verify(changed, found.host_index) == ()
        assert found.gap <= 1e-3 * 1.001
        assert found.bound >= vmopt.solve(changed, gap=1e-3, threads=1).objective * (1 - 1e-9)
        assert (found.host_index == before.host_index).mean() > 0.3
        before = found


@pytest.mark.parametrize("seed", range(8))
def test_the_optimum_is_that_of_a_first_time(seed: int) -> None:
    """Tests tiny instances with other VMs and hosts each time: the optimum does not depend on what is remembered."""
    rng = np.random.default_rng(seed)
    planner = None
    for _ in range(3):
        cluster = _tiny(rng)
        planner = vmopt.Planner(cluster, gap=0, threads=1) if planner is None else planner.update(cluster)
        fresh = vmopt.solve(cluster, gap=0, threads=1)
        found = planner.solve()
        assert found.status is vmopt.Status.OPTIMAL
        assert found.objective == pytest.approx(fresh.objective)


def _tiny(rng: np.random.Generator) -> Any:
    n_vms, n_hosts = int(rng.integers(2, 7)), int(rng.integers(1, 4))
    return vmopt.Instance.from_arrays(
        rng.integers(1, 6, (n_vms, 2)),
        rng.integers(3, 9, (n_hosts, 2)),
        priority=rng.integers(1, 6, n_vms),
        rules=[vmopt.Spread("vm-*", most=2)] if rng.random() < 0.4 else (),
    )


def test_what_cannot_be_had_is_not_remembered() -> None:
    """Tests that an infeasible instance leaves what was known, and that forgetting leaves nothing."""
    cluster = vmopt.Instance.from_arrays([[4], [3]], [[8]])
    planner = vmopt.Planner(cluster, gap=0)
    first = planner.solve()
    assert planner.update(cluster.replace(rules=[vmopt.MustRun("vm-0"), vmopt.Empty("host-0")])).solve().status == (
        vmopt.Status.INFEASIBLE
    )
    assert planner.solution is first
    assert planner.forget().solution is None
    assert "nothing solved yet" in repr(planner)


def test_options_are_checked() -> None:
    """Tests that a warm start is no option of all calls."""
    with pytest.raises(vmopt.OptionError, match="warm_start"):
        vmopt.Planner(vmopt.Instance.from_arrays([[4]], [[8]]), warm_start={})


def test_others_of_their_kind_take_the_places() -> None:
    """Tests that patterns are kept when VMs exchange what they ask for, and that nobody else moves."""
    cluster = vmopt.generate("flavor", hosts=40)
    planner = vmopt.Planner(cluster, gap=1e-3, threads=1, time_limit=20)
    before = planner.solve()
    one, other = np.flatnonzero(before.host_index >= 0)[[0, -1]].tolist()
    order = np.arange(cluster.n_vms)
    order[[one, other]] = other, one
    changed = cluster.replace(demand=cluster.demand[order] / cluster.scale, priority=cluster.priority[order])
    found = planner.update(changed).solve()
    assert found.objective >= before.objective * (1 - 1e-9)
    ran = before.host_index >= 0
    assert set(np.flatnonzero(ran & (found.host_index != before.host_index)).tolist()) <= {one, other}
