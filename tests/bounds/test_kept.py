"""Bounds by prices where rules keep each VM on the host that it runs on."""

from __future__ import annotations

import pytest

import vmopt


@pytest.mark.parametrize("rule", [vmopt.Keep(["vm-0", "vm-1"]), vmopt.Quarantine(["host-0", "host-1"])])
def test_hosts_that_keep_different_vms_are_told_apart(rule: vmopt.Keep | vmopt.Quarantine) -> None:
    """Tests that a VM pays the prices of its own host, not of another that is no home of its."""
    cluster = vmopt.Instance.from_arrays([[4], [4]], [[4], [4]], value=[3, 3], current=[0, 1], rules=[rule])
    relaxation = vmopt.relax(cluster)
    assert relaxation.bound == pytest.approx(6)
    assert vmopt.verify_bound(cluster, relaxation.prices) >= 6
    assert vmopt.solve(cluster, gap=0).objective == 6
