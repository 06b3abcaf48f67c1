"""By how much one more VM breaks a rule on each host, against placements that are measured whole."""

from __future__ import annotations

import numpy as np
import pytest

from tests.rules.brute import placements
from tests.rules.draws import MAKERS, MOVES, instance, softened
from vmopt.rules.base import BaseRule

SEEDS = range(40)


@pytest.mark.parametrize("name", [*MAKERS, *MOVES])
def test_what_is_added_is_the_difference_of_two_violations(name: str) -> None:
    """Tests every unplaced VM of every placement on every host, with counts that grow; some numbers must be met."""
    met = set()
    for seed in SEEDS:
        cluster = instance(seed, name)
        cluster = cluster.replace(rules=[softened(cluster.rules[0], 2.0)])
        rule = cluster.rules_in_force[0]
        for at in placements(cluster):
            host_index = np.array(at)
            before, taken = rule.violation(host_index), rule.counting(host_index.copy())
            for vm in np.flatnonzero(host_index < 0).tolist():
                there = [
                    rule.violation(np.where(np.arange(len(at)) == vm, h, host_index)) for h in range(cluster.n_hosts)
                ]
                found = rule.added(vm, taken)
                assert found.tolist() == pytest.approx([one - before for one in there], abs=1e-12), (seed, at, vm)
                met |= set(found.tolist())
    assert len(met) > 1


def test_a_rule_that_says_nothing_is_measured_host_by_host() -> None:
    """Tests the measure that rules have by themselves."""
    cluster = instance(3, "spread")
    rule = cluster.replace(rules=[softened(cluster.rules[0], 1.0)]).rules_in_force[0]
    for at in placements(cluster):
        taken = rule.counting(np.array(at))
        for vm in np.flatnonzero(np.array(at) < 0).tolist():
            assert BaseRule.added(rule.rule, rule, vm, taken).tolist() == rule.added(vm, taken).tolist()
