"""What VMs pay to rules, and what limits earn, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from vmopt import VM, Ban, Gather, Host, Instance, Pieces, Quota, Spread
from vmopt.bounds import RulePrices
from vmopt.bounds.tolls import Tolls
from vmopt.errors import PlacementError

RACKS = [{"rack": "r"}, {"rack": "r"}, {"rack": "s"}, {}]
EVERY = np.arange(3)


def cluster(*rules: Quota | Ban | Gather | Spread) -> Instance:
    """Return three VMs that ask for 4, 2 and 2, and two equal hosts in a rack, one in another, and one in none."""
    capacity = [[8], [8], [9], [7]]
    return Instance.from_arrays([[4], [2], [2]], capacity, resources=["cpu"], host_labels=RACKS, rules=list(rules))


def tolls(instance: Instance, *rows: tuple[int, int, int, float]) -> Tolls | None:
    """Return the tolls at prices of limits: rule, group, domain and price."""
    columns = np.array(rows).reshape(-1, 4).T
    return Tolls.of(instance, RulePrices(*columns[:3].astype(np.int64), columns[3]))


def on_hosts(instance: Instance, found: Tolls | None) -> list[list[float]]:
    """What each VM pays on each host."""
    assert found is not None
    return found.on(EVERY, np.arange(len(instance.host_classes)))[:, instance.host_classes.of].tolist()


def test_without_rules_that_forbid_or_have_a_price_there_are_none() -> None:
    """Tests no rules, a limit without a price, and prices of nothing."""
    assert Tolls.of(cluster()) is None
    assert Tolls.of(cluster(Quota(3))) is None
    assert tolls(cluster(Quota(3))) is None


def test_who_counts_pays_by_weight() -> None:
    """Tests a quota of 3 units of the first and last VM at 0.5 a unit, which the second does not pay."""
    instance = cluster(Quota(3, resource="cpu", of=["vm-0", "vm-2"]))
    found = tolls(instance, (0, 0, 0, 0.5))
    assert found is not None
    assert on_hosts(instance, found) == [[2.0] * 4, [0.0] * 4, [1.0] * 4]
    assert (found.earned.tolist(), found.n_terms) == ([1.5], 1)
    assert found.alike.tolist() == [0] * len(instance.host_classes)


def test_each_domain_has_a_price() -> None:
    """Tests a limit of one in each rack, at 3 in one and 5 in the other, of which two prices in one rack add up."""
    instance = cluster(Spread("vm-*", "rack", 1))
    names = instance.rules_in_force[0].domain.names
    r, s = names.index("r"), names.index("s")
    found = tolls(instance, (0, 0, r, 3.0), (0, 0, s, 4.0), (0, 0, s, 1.0))
    assert found is not None
    paid = np.array(on_hosts(instance, found))
    assert paid[:, :3].tolist() == [[3.0, 3.0, 5.0]] * 3
    assert found.earned.tolist() == [3.0, 4.0, 1.0]
    assert len(set(found.alike[instance.host_classes.of[:3]].tolist())) == 2


def test_every_host_of_a_class_earns() -> None:
    """Tests a limit of two on every host: the two equal hosts earn 2 x 2 x 0.5, the third 2 x 3."""
    instance = cluster(Spread("vm-*", "host", 2))
    pair, single = instance.host_classes.of[[0, 2]].tolist()
    found = tolls(instance, (0, 0, pair, 0.5), (0, 0, single, 3.0))
    assert found is not None
    assert found.earned.tolist() == [2.0, 6.0]
    assert on_hosts(instance, found) == [[0.5, 0.5, 3.0, 0.0]] * 3


def test_tolls_of_rules_add_up_and_forbidden_is_forbidden() -> None:
    """Tests two quotas of which one counts all and one the second VM, and a ban of that VM from a host."""
    instance = cluster(Quota(2, resource=None), Quota(1, resource=None, of=["vm-1"]), Ban("vm-1", "host-2"))
    found = tolls(instance, (1, 0, 0, 0.25), (0, 0, 0, 1.0))
    assert found is not None
    assert on_hosts(instance, found) == [[1.0] * 4, [1.25, 1.25, np.inf, 1.25], [1.0] * 4]
    assert (found.earned.tolist(), found.n_terms) == ([0.25, 2.0], 2)
    assert found.alike[instance.host_classes.of[0]] != found.alike[instance.host_classes.of[2]]


def test_groups_of_a_rule_pay_their_own_price() -> None:
    """Tests two groups, of which only the second has a price; the third VM is in neither."""
    instance = cluster(Spread([["vm-0"], ["vm-1"]], "rack", 1))
    here = instance.rules_in_force[0]
    group, domain = int(here.group.of[1]), here.domain.names.index("s")
    assert np.array(on_hosts(instance, tolls(instance, (0, group, domain, 2.0))))[:, :3].tolist() == [
        [0.0, 0.0, 0.0],
        [0.0, 0.0, 2.0],
        [0.0, 0.0, 0.0],
    ]


def test_hosts_in_no_domain_are_a_kind_of_their_own() -> None:
    """Tests racks, alike without a price, and a host in none: a gathering forbids it, a quota has no price there."""
    gather = cluster(Gather("vm-*", "rack"))
    found = Tolls.of(gather)
    assert found is not None
    r, _, s, nowhere = found.alike[gather.host_classes.of].tolist()
    assert r == s != nowhere
    assert found.earned.tolist() == []
    quota = cluster(Quota(1, "rack", None, "vm-*"))
    names = quota.rules_in_force[0].domain.names
    rows = on_hosts(quota, tolls(quota, *((0, 0, names.index(name), 2.0) for name in "rs")))
    assert rows == [[2.0, 2.0, 2.0, 0.0]] * 3


def test_prices_of_other_instances_are_refused() -> None:
    """Tests a price of a rule that is not there."""
    with pytest.raises(PlacementError, match="no such rule"):
        tolls(cluster(), (0, 0, 0, 1.0))


def test_limits_of_hosts_that_differ_earn_what_each_has() -> None:
    """Tests pieces of GPUs, at a price each: one host has one of them, two that are alike have three each."""
    card = {"milli": 1000}
    hosts = [
        Host(name, {"cpu": 64}, parts={"gpu": [card] * n} if n else {})
        for name, n in (("a", 1), ("b", 3), ("c", 3), ("d", 0))
    ]
    pieces = [Pieces("gpu", 1, {"milli": 600})]
    vms = [VM("x", {"cpu": 1}, pieces=pieces), VM("y", {"cpu": 1}, pieces=pieces), VM("z", {"cpu": 1})]
    instance = Instance.from_rows(hosts, vms)
    limit = next(
        r
        for r, here in enumerate(instance.limits_in_force)
        if here.most_at(np.zeros(2, int), np.arange(2)).tolist() == [1, 3]
    )
    one, three = (int(instance.host_classes.of[host]) for host in (0, 1))
    found = tolls(instance, (limit, 0, one, 0.5), (limit, 0, three, 0.25))
    assert found is not None
    assert found.earned.tolist() == [0.5, 2 * 3 * 0.25]
    assert on_hosts(instance, found) == [[0.5, 0.25, 0.25, np.inf]] * 2 + [[0.0] * 4]
