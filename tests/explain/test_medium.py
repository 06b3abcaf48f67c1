"""Explanations of instances too large for brute force: every change is tried, and kinds are solved for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import vmopt
from tests.explain.referee import tried
from vmopt.explain import Reason


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("method", ["greedy-priority", "auto"])
def test_changes_help_where_they_are_told(seed: int, method: str) -> None:
    """Tests that after each change the VM runs by `verify`, swaps too, and that less capacity does not do."""
    cluster = vmopt.generate("flavor", hosts=6, load=1.4, seed=seed, rules="spread,zones,fences,gangs")
    solution = vmopt.solve(cluster, method=method, gap=0.01, time_limit=5, threads=1)
    waiting = np.flatnonzero(solution.host_index < 0)[:12].tolist()
    assert waiting
    kinds = set()
    for vm in waiting:
        told = vmopt.explain(solution, vm, time_limit=0)
        kinds.add(told.kind)
        for step in told.steps:
            assert tried(solution, vm, step), (seed, vm, step)
            if step.kind == "capacity":
                less = replace(step, amount=step.amount - 1)
                assert not tried(solution, vm, less), (seed, vm, step)
        for reason in told.hosts:
            free = replace(told.steps[0], kind="place", host=reason.example) if told.steps else None
            if free is not None:
                assert tried(solution, vm, free) == (reason.why == "free"), (seed, vm, reason)
    assert kinds <= set(Reason) - {Reason.RUNS}


def test_who_is_outbid_by_prices_is_outbid() -> None:
    """Tests that VMs that prices prove to be outbid cannot be in a placement as good, by solving."""
    cluster = vmopt.generate("flavor", hosts=4, load=1.6, seed=2)
    solution = vmopt.solve(cluster, gap=0, time_limit=20)
    outbid = 0
    for vm in np.flatnonzero(solution.host_index < 0).tolist():
        if vmopt.explain(solution, vm, time_limit=0).kind is Reason.OUTBID:
            forced = cluster.replace(rules=[vmopt.MustRun(np.arange(cluster.n_vms) == vm)])
            assert vmopt.solve(forced, gap=1e-4, time_limit=5).objective < solution.objective
            outbid += 1
    assert outbid > 2
