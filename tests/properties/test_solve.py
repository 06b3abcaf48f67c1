"""What must hold of any instance, on random ones."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import vmopt
from benchmarks.claims import bound_holds
from tests.strategies import instances
from tests.thorough import few

SMALL = instances(max_vms=8, max_hosts=4)


def exact(instance: vmopt.Instance, backend: str = "cp-sat") -> vmopt.Solution:
    return vmopt.solve(instance, method="exact", backend=backend, gap=0, threads=1)


def check_truth(instance: vmopt.Instance, solution: vmopt.Solution) -> None:
    """What every solution must satisfy, recomputed with plain Python."""
    load = [[0] * len(instance.resources) for _ in range(instance.n_hosts)]
    worth = 0.0
    for vm, host in enumerate(solution.host_index.tolist()):
        if host >= 0:
            worth += float(instance.value[vm])
            load[host] = [a + int(b) for a, b in zip(load[host], instance.demand[vm], strict=True)]
    capacity = instance.capacity.tolist()
    assert all(a <= c for row, limits in zip(load, capacity, strict=True) for a, c in zip(row, limits, strict=True))
    assert np.isclose(solution.objective, worth, rtol=1e-9, atol=0)
    assert solution.bound >= solution.objective
    assert len(solution.placement) + len(solution.unplaced) == instance.n_vms
    if solution.bound_by == "prices":
        assert bound_holds(instance, solution)


@settings(max_examples=few(500), deadline=None)
@given(instances(max_vms=12, max_hosts=5))
def test_every_method_tells_the_truth(instance: vmopt.Instance) -> None:
    """Tests that every method's solution is verified, that exact is best, and that no bound lies below the optimum."""
    best = exact(instance)
    check_truth(instance, best)
    assert best.status is vmopt.Status.OPTIMAL
    for method in ("greedy-priority", "greedy-demand:best-fit", "auto"):
        solution = vmopt.solve(instance, method=method, threads=1)
        check_truth(instance, solution)
        assert solution.objective <= best.objective * (1 + 1e-9)
        assert solution.bound >= best.objective * (1 - 1e-9)


@settings(max_examples=few(60), deadline=None)
@given(SMALL, st.sampled_from(["highs", "scip", "cbc"]))
def test_backends_agree(instance: vmopt.Instance, backend: str) -> None:
    """Tests that all exact backends find the same optimum."""
    assert np.isclose(exact(instance, backend).objective, exact(instance).objective, rtol=1e-9, atol=1e-15)


@settings(max_examples=few(60), deadline=None)
@given(SMALL)
def test_relaxation_is_a_bound(instance: vmopt.Instance) -> None:
    """Tests that the relaxation is at least the optimum, and is what its prices prove."""
    relaxation = vmopt.relax(instance)
    assert relaxation.bound >= exact(instance).objective * (1 - 1e-12)
    assert vmopt.verify_bound(instance, relaxation.prices) == relaxation.bound


@settings(max_examples=few(60), deadline=None)
@given(SMALL, st.data())
def test_a_host_more_never_hurts(instance: vmopt.Instance, data: st.DataObject) -> None:
    """Tests that with explicit values the optimum does not fall when a host is added."""
    instance = instance.replace(value=np.asarray(instance.value))
    copied = data.draw(st.integers(0, instance.n_hosts - 1))
    columns = instance.as_columns()
    larger = instance.replace(
        capacity=np.vstack([columns["capacity"], columns["capacity"][copied]]), host_names=None, host_labels=None
    )
    assert exact(larger).objective >= exact(instance).objective * (1 - 1e-9)


@settings(max_examples=few(60), deadline=None)
@given(SMALL, st.randoms(use_true_random=False))
def test_order_and_names_change_nothing(instance: vmopt.Instance, random) -> None:
    """Tests that the optimum and the bound do not depend on the order or the names of VMs and hosts."""
    vms, hosts = list(range(instance.n_vms)), list(range(instance.n_hosts))
    random.shuffle(vms)
    random.shuffle(hosts)
    columns = instance.as_columns()
    shuffled = vmopt.Instance.from_arrays(
        columns["demand"][vms],
        columns["capacity"][hosts],
        priority=columns["priority"][vms],
        value=None if columns["value"] is None else columns["value"][vms],
        resources=instance.resources,
        objective=instance.objective,
        vm_names=[f"other-{i}" for i in vms],
    )
    assert np.isclose(exact(shuffled).objective, exact(instance).objective, rtol=1e-9, atol=1e-15)
    assert np.isclose(vmopt.relax(shuffled).bound, vmopt.relax(instance).bound, rtol=1e-6, atol=1e-15)
