"""Ties beside soft rules."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt


@pytest.mark.parametrize("ties", ["spread", "pack"])
def test_vms_that_a_soft_rule_has_nowhere_stay(ties: str) -> None:
    """Tests that a soft Skew, some of whose VMs are on hosts in no domain, neither fails nor costs more by moves."""
    rules = [vmopt.Skew(["vm-1", "vm-2"], over="zone", most=2, penalty=0.1)]
    labels = [{"zone": "a"}, {}, {}]
    cluster = vmopt.Instance.from_arrays(
        [[1], [2], [2]], [[1], [4], [9]], value=[1] * 3, host_labels=labels, rules=rules
    )
    solution = vmopt.solve(cluster, gap=0, threads=1, ties=ties)
    assert solution.objective == pytest.approx(2.8)
    assert (np.asarray(solution.host_index) >= 0).all()
