"""Bounds by prices of capacity and rules, against brute force, and whatever the prices are."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import vmopt
from tests.rules.brute import best
from tests.rules.draws import MAKERS, instance
from tests.thorough import few
from vmopt import verify_bound
from vmopt.bounds import RulePrices
from vmopt.errors import PlacementError

PRICED = ("spread", "quota", "skew")
SEEDS = range(few(60))


def limits(cluster: vmopt.Instance) -> list[tuple[int, int, int]]:
    """All limits of rules: rule, group, and domain or host class."""
    found = []
    for number, here in enumerate(cluster.rules_in_force):
        if here.most_in_domain is not None:
            n_domains = len(cluster.host_classes) if here.by_host else len(here.domain)
            found += [(number, g, d) for g in range(len(here.group)) for d in range(n_domains)]
    return found


def drawn(cluster: vmopt.Instance, rng: np.random.Generator) -> tuple[Any, RulePrices]:
    """Draw prices of capacity and of some limits, many of them absurd."""
    rows = [row for row in limits(cluster) if rng.random() < 0.5]
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    price = rng.choice([0.0, 0.05, 0.3, 1.0, 7.0], len(rows))
    return rng.choice([0.0, 0.05, 0.2, 1.0], cluster.host_classes.capacity.shape), RulePrices(*columns, price)


@pytest.mark.parametrize("name", MAKERS)
def test_no_placement_is_worth_more(name: str) -> None:
    """Tests that neither the prices of the relaxation nor random ones prove less than brute force finds."""
    for seed in SEEDS:
        dice = random.Random(seed)
        cluster = instance(seed, name, dice.choice(PRICED))
        most, rng = best(cluster), np.random.default_rng(seed)
        if most is None:
            continue
        assert vmopt.relax(cluster, threads=1).bound >= most * (1 - 1e-12), cluster.rules
        for _ in range(4):
            prices, of_rules = drawn(cluster, rng)
            assert verify_bound(cluster, prices, of_rules) >= most * (1 - 1e-12), (cluster.rules, prices, of_rules)


def test_prices_of_the_relaxation_prove_its_value() -> None:
    """Tests duality: what its prices prove is what fractions of VMs reach; and that some rule has a price."""
    priced = 0
    for seed in range(120):
        cluster = instance(seed, "spread", "quota", "fence", vms=6)
        relaxation = vmopt.relax(cluster, threads=1)
        assert verify_bound(cluster, relaxation.prices, relaxation.rule_prices) == relaxation.bound
        assert relaxation.bound == pytest.approx(relaxation.objective, rel=1e-9, abs=1e-9)
        priced += relaxation.rule_prices is not None
    assert priced > 20


def test_rules_only_lower_the_bound() -> None:
    """Tests that the relaxation with rules is never above the one without, and below it in many cases."""
    lower = 0
    for seed in range(80):
        cluster = instance(seed, "quota", "fence", vms=6)
        bound, without = (vmopt.relax(c, threads=1).bound for c in (cluster, cluster.without_rules))
        assert bound <= without * (1 + 1e-9)
        lower += bound < without * (1 - 1e-6)
    assert lower > 20


@pytest.mark.parametrize(
    ("rule", "grows"),
    [
        (lambda n: vmopt.Quota(3 + n, resource="cpu", of=["vm-0", "vm-1", "vm-2"]), 1),
        (lambda n: vmopt.Quota(0.5 + n, "rack", None, "vm-*"), 1),
        (lambda n: vmopt.Quota(0.5 + n, "host", None, "vm-*"), 2),
        (lambda n: vmopt.Spread("vm-*", "rack", n), 1),
        (lambda n: vmopt.Spread("vm-*", "host", n), 2),
    ],
)
def test_a_price_is_what_one_more_adds(rule: Any, grows: int) -> None:
    """Tests prices by solving with one more: it adds no more than the prices say, and no less than those after it."""

    def relaxed(limit: int) -> vmopt.Relaxation:
        labels = [{"rack": "r"}, {"rack": "s"}]
        named = {"resources": ["cpu"], "value": [9, 8, 7, 6, 5, 4], "host_labels": labels, "rules": [rule(limit)]}
        return vmopt.relax(vmopt.Instance.from_arrays([[3]] * 6, [[40], [40]], **named), threads=1)

    for limit in (1, 2):
        one, other = relaxed(limit), relaxed(limit + 1)
        most, least = (grows * sum(row.price for row in relaxation.rule_table) for relaxation in (one, other))
        assert 0 < other.bound - one.bound <= most * (1 + 1e-9)
        assert other.bound - one.bound >= least * (1 - 1e-9)


def test_prices_are_told_in_the_users_units() -> None:
    """Tests by hand a limit of two on each of two equal hosts and on a third, of which the last price alone is kept."""
    cluster = vmopt.Instance.from_arrays([[4]] * 3, [[8], [8], [9]], rules=[vmopt.Spread("vm-*", "host", 2)])
    pair, single = cluster.host_classes.of[[0, 2]].tolist()
    none = np.zeros(2, dtype=np.int64)
    prices = RulePrices(none, none, np.array([pair, single]), np.array([0.5, 3.0]))
    assert len(prices) == 2
    assert [row[2:] for row in prices.table(cluster)] == [("2 hosts like host-0", 4.0, 0.5), ("host-2", 2.0, 3.0)]
    [last] = prices.kept(np.array([False, True])).table(cluster)
    assert (last.domain, last.price) == ("host-2", 3.0)
    with pytest.raises(PlacementError, match="no such rule"):
        prices.table(cluster.without_rules)


def test_domains_are_classes_of_hosts_or_places() -> None:
    """Tests two host classes of three hosts: a limit on each host has two prices, one of all hosts has one."""
    spread, quota = vmopt.Spread("vm-*", "host", 2), vmopt.Quota(1, resource=None)
    cluster = vmopt.Instance.from_arrays([[4]], [[8], [8], [9]], rules=[spread, quota])
    for rule, n_domains in ((0, 2), (1, 1)):
        columns = np.array([rule]), np.array([0])
        nothing = RulePrices(*columns, np.array([n_domains - 1]), np.array([0.0]))
        assert nothing.table(cluster)[0].price == 0
        with pytest.raises(PlacementError, match="that is not there"):
            RulePrices(*columns, np.array([n_domains]), np.array([1.0])).table(cluster)
        with pytest.raises(PlacementError, match="whole numbers"):
            RulePrices(*columns, np.array([0.5]), np.array([1.0])).table(cluster)


def test_one_wrong_price_is_enough() -> None:
    """Tests that a right price does not hide a wrong one, or a group and domain that are not there."""
    cluster = vmopt.Instance.from_arrays([[4]], [[8]], rules=[vmopt.Quota(1)])
    for group, domain, price in ((0, 0, -1.0), (0, 0, np.inf), (-1, 0, 1.0), (0, -1, 1.0), (1, 0, 1.0), (0, 1, 1.0)):
        columns = np.array([0, 0]), np.array([0, group]), np.array([0, domain])
        with pytest.raises(PlacementError):
            verify_bound(cluster, [[0.0]], RulePrices(*columns, np.array([1.0, price])))
    table = np.zeros((1, 1), dtype=np.int64)
    with pytest.raises(PlacementError, match="different lengths"):
        verify_bound(cluster, [[0.0]], RulePrices(table, table, table, np.ones((1, 1))))


def test_who_must_run_does_so_at_a_loss() -> None:
    """Tests that a VM of little worth that must run takes room from the bound."""
    cluster = vmopt.Instance.from_arrays([[6], [5]], [[8]], value=[1, 10], rules=[vmopt.MustRun("vm-0")])
    assert vmopt.relax(cluster, threads=1).bound == pytest.approx(1 + 10 * 2 / 5)
    assert vmopt.relax(cluster.without_rules, threads=1).bound == pytest.approx(10 + 1 * 3 / 6)
    assert verify_bound(cluster, [[2.0]]) == pytest.approx(16 + (1 - 12) + 0)


@pytest.mark.parametrize(("penalty", "bound"), [(None, 0.0), (1.0, 4.0)])
def test_soft_rules_count_for_nothing(penalty: float | None, bound: float) -> None:
    """Tests that a rule that may be broken, at a price, lowers no bound."""
    rules = [vmopt.Ban("vm-0", "host-0", penalty=penalty), vmopt.Quota(0, penalty=penalty)]
    cluster = vmopt.Instance.from_arrays([[4]], [[8]], value=[4], rules=rules)
    assert vmopt.relax(cluster, threads=1).bound == pytest.approx(bound)


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ((2, 0, 0, 1.0), "no such rule"),
        ((-1, 0, 0, 1.0), "no such rule"),
        ((1, 0, 0, 1.0), "sets no limit"),
        ((0, 1, 0, 1.0), "a group of rule number 0 that is not there"),
        ((0, 0, 1, 1.0), "a domain of rule number 0 that is not there"),
        ((0, 0, 0, -1.0), "at least 0"),
        ((0, 0, 0, np.nan), "at least 0"),
        ((0.5, 0, 0, 1.0), "whole numbers"),
    ],
)
def test_prices_of_nothing_are_refused(columns: tuple[float, ...], why: str) -> None:
    """Tests that prices of rules, groups and domains that are not there are no proof."""
    cluster = vmopt.Instance.from_arrays([[4]], [[8]], rules=[vmopt.Quota(1), vmopt.Empty("host-0")])
    with pytest.raises(PlacementError, match=why):
        verify_bound(cluster, [[0.0]], RulePrices(*(np.array([number]) for number in columns)))
    with pytest.raises(PlacementError, match="give RulePrices"):
        verify_bound(cluster, [[0.0]], [1.0])  # type: ignore[arg-type]
    nothing = np.zeros(0, dtype=np.int64)
    with pytest.raises(PlacementError, match="different lengths"):
        verify_bound(cluster, [[0.0]], RulePrices(nothing, nothing, nothing, np.ones(1)))


def test_limits_are_told_in_the_units_of_the_resource() -> None:
    """Tests a quota of 1.5 where amounts are counted in parts of a unit: limit and price are of whole units."""
    quota = vmopt.Quota(1.5, resource="cpu")
    cluster = vmopt.Instance.from_arrays([[0.5]], [[2.5]], resources=["cpu"], rules=[quota])
    units = quota.units_per(cluster)
    one = np.zeros(1, dtype=np.int64)
    [row] = RulePrices(one, one, one, np.array([2.0])).table(cluster)
    assert units > 1
    assert (row.limit, row.price) == (1.5, 2.0 * units)
