"""The checkers against what the rules mean, placement by placement, and what a breach says of itself."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

import vmopt
from tests.rules.brute import placements
from tests.rules.draws import MAKERS, instance
from tests.rules.meaning import holds
from vmopt.rules.breach import Breach

SEEDS = range(40)
ONES = range(0, 40, 3)
GROUPS = range(100, 130)


@pytest.mark.parametrize("name", MAKERS)
def test_a_rule_is_broken_where_its_meaning_is(name: str) -> None:
    """Tests that there is a breach exactly where the meaning does not hold, for every placement."""
    kept = 0
    for seed in SEEDS:
        cluster = instance(seed, name)
        for at in placements(cluster):
            expected = holds(cluster.rules[0], cluster, at)
            kept += expected
            assert (not cluster.rules_in_force[0].breaches(np.array(at))) == expected, (seed, at)
    assert kept


@pytest.mark.parametrize("name", MAKERS)
def test_taking_off_the_excess_mends_a_breach(name: str) -> None:
    """Tests that whichever `excess` of its VMs are taken off, the breach of that group and domain is gone."""
    for seed in ONES:
        cluster = instance(seed, name)
        rule = cluster.rules_in_force[0]
        for at in placements(cluster):
            for breach in rule.breaches(np.array(at)):
                assert np.array_equal(np.unique(breach.vms), np.sort(breach.vms))
                assert 0 <= breach.excess <= len(breach.vms)
                assert (breach.excess == 0) == (name == "must-run")
                for gone in combinations(breach.vms.tolist(), breach.excess) if breach.excess else ():
                    assert _place(breach) not in map(_place, rule.breaches(_without(at, gone))), (seed, at, gone)


def test_taking_off_until_nothing_is_broken_keeps_all_but_must_run() -> None:
    """Tests that taking off each breach's excess of least valuable VMs ends, with all rules but MustRun kept."""
    dice = np.random.default_rng(0)
    names = list(MAKERS)
    for seed in GROUPS:
        cluster = instance(seed, *dice.choice(names, size=4).tolist())
        for at in list(placements(cluster))[::3]:
            left = mended(cluster, np.array(at))
            others = [rule for rule in cluster.rules if rule.name != "must-run"]
            assert all(holds(rule, cluster, left) for rule in others), (seed, at)


def test_a_vm_that_asks_for_nothing_is_not_taken_off_for_a_quota() -> None:
    """Tests that a breach of a quota is of those who ask for something."""
    quota = vmopt.Quota(2, resource="cpu")
    cluster = vmopt.Instance.from_arrays([[0], [3], [0]], [[9]], resources=["cpu"], rules=[quota])
    (breach,) = cluster.rules_in_force[0].breaches(np.array([0, 0, 0]))
    assert breach.vms.tolist() == [1]
    assert breach.excess == 1


@pytest.mark.parametrize(
    ("most", "demand", "kept"),
    [
        (5 * 10**12, 5 * 10**12, True),
        (5 * 10**12, 5 * 10**12 + 1, False),
        (2.0**45, 2**45 + 1, False),
        (5e12 + 0.5, 5 * 10**12 + 1, False),
        (0.3, 0.3, True),
        (0.1 + 0.2, 0.3, True),
        (1 - 0.9 + 0.2, 0.3, True),
        (0.29, 0.3, False),
        (1e300, 5, True),
        pytest.param(10**400, 5, True, id="very large"),
    ],
)
def test_a_quota_is_exact(most: float, demand: float, kept: bool) -> None:
    """Tests that large limits are not rounded up, and that limits in floats are the decimals that are meant."""
    rule = vmopt.Quota(most, resource="cpu")
    cluster = vmopt.Instance.from_arrays([[demand]], [[10.0**13]], resources=["cpu"], rules=[rule])
    assert (not cluster.rules_in_force[0].breaches(np.array([0]))) == kept


def mended(cluster: Any, host_index: Any) -> Any:
    """Take off what breaks a rule, the least valuable first."""
    host_index = host_index.copy()
    while True:
        breaches = [b for rule in cluster.rules_in_force for b in rule.breaches(host_index) if b.excess]
        if not breaches:
            return host_index
        vms = breaches[0].vms
        host_index[vms[np.argsort(cluster.value[vms], kind="stable")][: breaches[0].excess]] = -1


def _place(breach: Breach) -> tuple[str | None, str | None]:
    return breach.group, breach.domain


def _without(at: tuple[int, ...], gone: tuple[int, ...]) -> Any:
    left = np.array(at)
    left[list(gone)] = -1
    return left
