"""Eligibility, and what groups may add up to, against what the rules mean."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import vmopt
from tests.rules.brute import placements
from tests.rules.draws import instance
from tests.rules.meaning import holds
from vmopt.rules import RULES
from vmopt.rules.eligible import eligible, must_run

FORBIDDING = ("fence", "ban", "empty")
AWAY_FROM_NO_DOMAIN = ("skew", "gather")


@pytest.mark.parametrize("name", FORBIDDING)
def test_who_may_run_where_is_what_the_rule_means(name: str) -> None:
    """Tests every pair of VM and host: eligible if and only if the VM alone on the host keeps the rule."""
    for seed in range(60):
        check_pairs(instance(seed, name), exactly=True)


@pytest.mark.parametrize("name", RULES)
def test_nobody_is_kept_away_who_may_come(name: str) -> None:
    """Tests that a pair is forbidden only if no placement with it keeps the rules, two of them at once."""
    for seed in range(40):
        dice = random.Random(seed)
        cluster = instance(seed, name, dice.choice([*FORBIDDING, *AWAY_FROM_NO_DOMAIN]), vms=3)
        check_pairs(cluster, exactly=False)


def check_pairs(cluster: vmopt.Instance, *, exactly: bool) -> None:
    """Compare the matrix with the pairs of all placements that keep the rules."""
    kept = [at for at in placements(cluster) if all(holds(rule, cluster, at) for rule in cluster.rules)]
    if not kept:
        return
    found = eligible(cluster)
    allowed = np.ones((cluster.n_vms, cluster.n_hosts), dtype=bool)
    if found is not None:
        allowed = found[np.ix_(cluster.vm_classes.of, cluster.host_classes.of)]
    met = {(vm, host) for at in kept for vm, host in enumerate(at) if host >= 0}
    for vm, host in np.ndindex(allowed.shape):
        assert allowed[vm, host] or (vm, host) not in met, (cluster.rules, vm, host)
        assert not exactly or allowed[vm, host] == ((vm, host) in met), (cluster.rules, vm, host)


@pytest.mark.parametrize("name", RULES)
def test_groups_never_add_up_to_more(name: str) -> None:
    """Tests that in no placement that keeps a rule a group has more in a domain than the limit that bounds believe."""
    for seed in range(40):
        cluster = instance(seed, name)
        if cluster.rules_in_force[0].most_in_domain is None:
            assert name not in ("spread", "quota", "skew")
            return
        for at in placements(cluster):
            if holds(cluster.rules[0], cluster, at):
                check_limits(cluster, at)


def check_limits(cluster: Any, at: tuple[int, ...]) -> None:
    """Compare the weight of each group in each domain with the limit of the first rule."""
    here = cluster.rules_in_force[0]
    for g, most in enumerate(here.most_in_domain.tolist()):
        for d in range(len(here.domain)):
            inside = [v for v, h in enumerate(at) if here.group.of[v] == g and h >= 0 and here.domain.of[h] == d]
            assert sum(here.weight[v] for v in inside) <= most, (here.rule, at)


def test_nothing_is_forbidden_where_no_rule_is_met() -> None:
    """Tests that there is no matrix without rules that forbid, or where they forbid nobody anything."""
    cluster = vmopt.Instance.from_arrays([[1], [2]], [[4]], rules=[vmopt.Quota(1), vmopt.Fence("vm-0", "host-0")])
    assert eligible(cluster) is None
    assert eligible(cluster.without_rules) is None


def test_who_must_run() -> None:
    """Tests that rules together say who must run."""
    rules = [vmopt.MustRun("vm-0"), vmopt.MustRun("vm-2")]
    cluster = vmopt.Instance.from_arrays([[1], [1], [1]], [[4]], rules=rules)
    found = must_run(cluster)
    assert found is not None
    assert found.tolist() == [True, False, True]
    assert must_run(cluster.without_rules) is None
