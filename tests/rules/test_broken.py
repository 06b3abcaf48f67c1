"""What is broken is told in the words of rule files."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from vmopt.rules import parse_rule


@pytest.mark.parametrize(
    "text", ["spread(vm-*)", "gather([vm-0, vm-2])", "must-run([vm-3])", "ban([vm-0], host-*)", "spread(vm-*, most=1)"]
)
def test_rules_are_told_as_they_are_written(text: str) -> None:
    """Tests that the rule of a breach can be read again, and is the one that was asked for."""
    rule = parse_rule(text)
    cluster = vmopt.Instance.from_arrays([[1]] * 4, [[4]] * 2, rules=[rule])
    breaches = vmopt.verify(cluster, [0, 0, 1, -1])
    assert breaches
    for breach in breaches:
        assert isinstance(breach, vmopt.rules.Breach)
        assert breach.rule == repr(rule)
        assert parse_rule(breach.said) == rule
        assert breach.said.startswith(type(rule).__name__)
        assert str(breach).startswith(f"{breach.said} is broken")


def test_columns_are_told_by_how_many_they_hold() -> None:
    """Tests that a column, which has no text, is not printed number by number."""
    cluster = vmopt.Instance.from_arrays([[1]] * 50, [[50]], rules=[vmopt.Spread(np.arange(50) // 25)])
    assert "Spread(50 of 50 in 2 groups) is broken" in str(vmopt.verify(cluster, [0] * 50)[0])
