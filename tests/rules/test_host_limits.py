"""Limits of single hosts as resources: what they leave is what the rules leave, and their prices are those of rules."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from tests.rules.brute import fits, placements
from tests.rules.draws import instance
from tests.rules.meaning import holds
from vmopt.methods.ruled.limit_prices import split
from vmopt.rules.host_limits import MOST_LIMITS, host_limits
from vmopt.rules.lowered import lowered

SEEDS = range(150)


@pytest.mark.parametrize("name", ["quota", "spread"])
def test_a_limit_is_kept_where_its_resource_is_not_exceeded(name: str) -> None:
    """Tests that with every limit of a rule said as a resource, placements fit just where they keep the rule."""
    asked = {True: 0, False: 0}
    for seed in SEEDS:
        cluster = instance(seed, name)
        limits, rule = host_limits(cluster), cluster.rules_in_force[0]
        if not len(limits) or cluster.elastic:
            continue
        of_some = np.isin(rule.group.of, limits.group)
        plain = limits.on(cluster.without_rules)
        assert np.array_equal(plain.value, cluster.value)
        for at in placements(cluster):
            if fits(cluster, at):
                kept = holds(cluster.rules[0], cluster, np.where(of_some, at, -1))
                assert fits(plain, at) == kept, (seed, at)
                asked[kept] += 1
    assert min(asked.values()) > 20


def test_prices_of_limits_prove_what_they_prove_as_resources() -> None:
    """Tests that the bound of prices is the same whether limits are resources or rules."""
    asked = 0
    for seed in SEEDS:
        cluster = instance(seed, "quota", "spread")
        plain, dice = lowered(cluster), np.random.default_rng(seed)
        if not len(host_limits(cluster)) or cluster.elastic:
            continue
        limits = host_limits(cluster)
        prices = dice.random((len(plain.host_classes), len(plain.resources))) * plain.value.max()
        kind = plain.host_classes.of[[members[0] for members in cluster.host_classes.members]]
        of_capacity, of_limits = split(cluster, prices[kind])
        proven = vmopt.verify_bound(cluster, of_capacity, of_limits)
        as_resources = vmopt.verify_bound(plain.without_rules, prices)
        assert proven >= as_resources * (1 - 1e-9)
        if (limits.weight <= limits.most).all():  # else resources say of VMs that they fit nowhere
            assert proven == pytest.approx(as_resources, rel=1e-9)
            asked += 1
    assert asked > 10


def test_what_is_lowered_stays_as_it_is() -> None:
    """Tests that an instance in which limits are resources has none left to be made into some."""
    for seed in SEEDS:
        plain = lowered(instance(seed, "quota", "spread", "gather"))
        again = lowered(plain)
        assert again.resources == plain.resources
        assert np.array_equal(again.vm_classes.of, plain.vm_classes.of)


def test_the_limits_that_most_is_asked_of() -> None:
    """Tests that of many limits few are resources, and of those that hosts have plenty of, none."""
    size = np.arange(1, 25)[:, None] % 3 + 1
    group, most = np.arange(24) // 3, np.arange(1, 9)
    spread = vmopt.Spread(group, most=np.minimum(most, 2))
    cluster = vmopt.Instance.from_arrays(size, [[9], [9]], rules=[spread])
    assert len(host_limits(cluster)) == MOST_LIMITS
    assert 0 in host_limits(cluster).group.tolist(), "one on each of two hosts, and three VMs ask"
    roomy = vmopt.Instance.from_arrays(size, [[9]] * 40, rules=[spread, vmopt.Quota(20, over="host")])
    assert not len(host_limits(roomy))


def test_many_sizes_under_one_limit_are_proven_at_once() -> None:
    """Tests that a limit on what hosts run of VMs of many sizes is proven without a search by programs."""
    cluster = vmopt.generate("flavor", hosts=60, seed=2, load=1.2)
    of = np.where(np.arange(cluster.n_vms) % 2 == 0, 0, -1)
    quota = vmopt.Quota(8, over="host", of=of)
    found = vmopt.solve(cluster.replace(rules=[quota]), method="column-generation", gap=2e-3, time_limit=60, threads=1)
    assert found.gap <= 2e-3
    assert vmopt.verify(cluster.replace(rules=[quota]), found) == ()
