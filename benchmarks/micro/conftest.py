"""The clusters that steps are measured on."""

from __future__ import annotations

import pytest

import vmopt

SIZES = {"flavor": 1_000, "distinct": 200}
"""Hosts: about 23,000 VMs in few classes, and about 6,000 that all differ."""


@pytest.fixture(params=SIZES, scope="session")
def cluster(request: pytest.FixtureRequest) -> vmopt.Instance:
    """A generated cluster of either kind."""
    return vmopt.generate(request.param, hosts=SIZES[request.param], seed=0)


@pytest.fixture(scope="session")
def greedy(cluster: vmopt.Instance) -> vmopt.Solution:
    """A placement of it."""
    return vmopt.solve(cluster, method="greedy-priority")
