"""What soft rules measure, against what they mean, placement by placement."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from tests.rules.brute import placements, worth
from tests.rules.draws import MAKERS, instance, softened
from tests.rules.violations import violation
from vmopt.metrics import objective_of

SEEDS = range(40)


@pytest.mark.parametrize("name", MAKERS)
def test_a_violation_is_what_it_means(name: str) -> None:
    """Tests that the measure is the meaning, above 0 exactly where a hard rule is broken, and never a breach."""
    measured = set()
    for seed in SEEDS:
        cluster = instance(seed, name)
        soft = cluster.replace(rules=[softened(cluster.rules[0], 2.0)])
        hard_rule, soft_rule = cluster.rules_in_force[0], soft.rules_in_force[0]
        for at in placements(cluster):
            host_index = np.array(at)
            found = soft_rule.violation(host_index)
            assert found == pytest.approx(violation(cluster.rules[0], cluster, at), abs=1e-12), (seed, at)
            assert (found > 0) == bool(hard_rule.breaches(host_index))
            assert not soft_rule.breaches(host_index)
            measured.add(found)
    assert len(measured) > 2


@pytest.mark.parametrize("name", MAKERS)
def test_an_objective_loses_penalties(name: str) -> None:
    """Tests that each unit of violation costs the penalty."""
    for seed in range(8):
        cluster = instance(seed, name, soft=1.0)
        for at in placements(cluster):
            host_index = np.array(at)
            if not vmopt.verify(cluster, host_index):
                assert objective_of(cluster, host_index) == pytest.approx(worth(cluster, at), abs=1e-9)


def test_soft_rules_are_no_demands() -> None:
    """Tests that what other code reads of demands is empty for soft rules."""
    soft = [vmopt.MustRun("vm-0", penalty=1), vmopt.Whole("vm-*", penalty=1), vmopt.Spread("vm-*", penalty=1)]
    cluster = vmopt.Instance.from_arrays([[9], [1]], [[4]], rules=soft)
    for rule in cluster.rules_in_force:
        assert rule.urgent is None
        assert rule.wanted is None
        assert rule.most_alike is None
    assert cluster.vm_classes.most is None
    assert vmopt.contradictions(cluster) == ()
    assert cluster.worth is None
    assert cluster.replace(rules=[vmopt.Spread("vm-*", penalty=0)]).worth is not None
