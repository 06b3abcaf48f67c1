"""Which groups are set against which, where a rule has two sides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import vmopt
from vmopt import Groups

LABELS = [{"needs": "db"}, {"needs": "cache"}, {"app": "db"}, {"app": "web"}]
MAKERS = [vmopt.Apart, lambda a, b: vmopt.Near(a, b, over="host")]


def cluster(rule: Any, labels: list[dict[str, str]] = LABELS) -> vmopt.Instance:
    return vmopt.Instance.from_arrays([[1]] * 4, [[9]] * 2, vm_labels=labels, rules=[rule])


@pytest.mark.parametrize("make", MAKERS)
def test_groups_by_value_need_the_same_values(make: Any) -> None:
    """Tests that cache is not set against db because both come first."""
    with pytest.raises(vmopt.InstanceError, match="sets group 'cache' against 'db'"):
        cluster(make(Groups.labelled("needs"), Groups.labelled("app")))
    with pytest.raises(vmopt.InstanceError, match="sets group '0' against '1'"):
        cluster(make(np.array([0, -1, -1, -1]), np.array([-1, 1, 1, -1])))


@pytest.mark.parametrize("make", MAKERS)
def test_one_group_against_one_needs_no_equal_names(make: Any) -> None:
    """Tests that single values, names and columns may be mixed, as long as there are as many groups."""
    cluster(make(Groups.labelled("needs", "db"), Groups.labelled("app", "web")))
    cluster(make("vm-0", Groups.labelled("app", "web")))
    cluster(make(["vm-0"], np.array([-1, -1, 7, 7])))
    with pytest.raises(vmopt.InstanceError, match="1 groups on one side and 2 on the other"):
        cluster(make("vm-0", Groups.labelled("app")))


def test_equal_values_are_pairs() -> None:
    """Tests that each value of a label is set against the same value of another."""
    labels = [{"needs": "db"}, {"needs": "web"}, {"app": "web"}, {"app": "db"}]
    rule = cluster(vmopt.Near(Groups.labelled("needs"), Groups.labelled("app"), over="host"), labels).rules_in_force[0]
    assert not rule.breaches(np.array([0, 1, 1, 0]))
    (breach, other) = rule.breaches(np.array([0, 1, 0, 1]))
    assert (breach.group, breach.domain, other.group, other.domain) == ("db", "host-0", "web", "host-1")
