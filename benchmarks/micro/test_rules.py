"""Rules: hundreds of them, each an object of its own, found, merged and checked."""

from __future__ import annotations

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import vmopt
from benchmarks.micro.clusters import of_deployments
from vmopt.problem import compile


@pytest.fixture(scope="module")
def deployments() -> vmopt.Instance:
    """10,000 VMs on 600 hosts under 496 rules."""
    return of_deployments()


def test_finding(benchmark: BenchmarkFixture, deployments: vmopt.Instance) -> None:
    """Finds whom the rules speak of, and merges what is alike to all of them."""
    given = {**deployments.as_columns(), "vm_labels": [dict(row) for row in deployments.vm_labels or ()]}
    problem = benchmark(lambda: compile(vmopt.Instance.from_arrays(**given)))
    assert len(problem.instance.rules_in_force) == len(deployments.rules)


def test_checking(benchmark: BenchmarkFixture, deployments: vmopt.Instance) -> None:
    """Checks a placement against rules that nobody has looked at yet."""
    host_index = np.arange(deployments.n_vms) % deployments.n_hosts
    found = benchmark.pedantic(
        lambda copy: vmopt.verify(copy, host_index), setup=lambda: ((deployments.replace(),), {}), rounds=3
    )
    assert found
