"""Empty lists: no VMs are nothing to speak of, no hosts are nowhere to run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import vmopt
from vmopt.rules import BaseRule, parse_rule, rule_text

LABELS = [{"rack": "a"}, {"rack": "b"}]
NOBODY = [
    vmopt.Spread([]),
    vmopt.Skew([], "rack"),
    vmopt.Reach([], "rack", 1),
    vmopt.Gather([]),
    vmopt.Whole([]),
    vmopt.Whole([], least=2),
    vmopt.Apart([], []),
    vmopt.Apart([], "vm-0"),
    vmopt.Alone([]),
    vmopt.Near([], "vm-0", "rack"),
    vmopt.Fence([], "host-0"),
    vmopt.Fence([], []),
    vmopt.Ban([], "host-0"),
    vmopt.Ban("vm-0", []),
    vmopt.Quota(0, of=[]),
    vmopt.Empty([]),
    vmopt.MustRun([]),
]


def cluster(*rules: BaseRule) -> vmopt.Instance:
    return vmopt.Instance.from_arrays([[1]] * 3, [[2]] * 2, host_labels=LABELS, rules=rules)


@pytest.mark.parametrize("rule", NOBODY, ids=str)
@pytest.mark.parametrize("method", ["auto", "exact", "greedy-priority"])
def test_rules_of_nobody_are_harmless(rule: BaseRule, method: str) -> None:
    """Tests that all VMs run, and that the rule is said in text."""
    solution = vmopt.solve(cluster(rule), method=method, threads=1)
    assert len(solution.placement) == 3
    assert not vmopt.contradictions(cluster(rule))
    assert parse_rule(rule_text(rule)) == rule


def test_a_column_without_groups_is_harmless() -> None:
    """Tests that nobody is in a group."""
    assert len(vmopt.solve(cluster(vmopt.Gather(np.full(3, -1))), threads=1).placement) == 3


@pytest.mark.parametrize("rule", [vmopt.Fence("vm-0", []), vmopt.Near("vm-0", [], "rack")], ids=str)
def test_nowhere_to_run(rule: Any) -> None:
    """Tests that whom no host, or no partner, is left runs nowhere, and that this is said."""
    solution = vmopt.solve(cluster(rule), threads=1)
    assert solution.unplaced == ("vm-0",)
    assert "never runs" in solution.summary()
    assert vmopt.solve(cluster(rule, vmopt.MustRun("vm-0")), threads=1).status is vmopt.Status.INFEASIBLE
