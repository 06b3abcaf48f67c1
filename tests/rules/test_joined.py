"""Many rules of one pair each, joined: they mean what they meant."""

from __future__ import annotations

import random
from itertools import islice

import numpy as np
import pytest

import vmopt
from tests.rules.brute import best, placements
from vmopt.problem import compile
from vmopt.rules.joined import FEW, MOST_JOINED, joined


def drawn(seed: int, n_vms: int = 5, n_rules: int = FEW + 4) -> vmopt.Instance:
    """Draw many pairs of small groups, some over racks, some soft, and a rule of another kind."""
    dice = random.Random(seed)
    rules: list[vmopt.Rule] = [vmopt.Spread(["vm-0", "vm-1"], over="rack")]
    for _ in range(n_rules):
        cut = dice.sample(range(n_vms), dice.choice([2, 2, 3]))
        at = dice.randint(1, len(cut) - 1)
        a, b = ([f"vm-{vm}" for vm in part] for part in (cut[:at], cut[at:]))
        over, penalty = dice.choice(["host", "host", "rack"]), dice.choice([None, None, None, 0.1])
        rules.append(vmopt.Apart(a, b, over=over, most=dice.choice([0, 0, 1]), penalty=penalty))
    return vmopt.Instance.from_arrays(
        [[dice.randint(1, 3)] for _ in range(n_vms)],
        [[4], [4], [5]],
        rules=rules,
        host_labels=[{"rack": "r"}, {"rack": "r"}, {"rack": "s"}],
    )


@pytest.mark.parametrize("seed", range(4))
def test_joined_rules_are_broken_where_one_of_them_is(seed: int) -> None:
    """Tests that fewer rules are broken by the same placements, and by as much; of all placements every fourth."""
    cluster = drawn(seed, n_rules=3 * FEW)
    few = joined(cluster)
    assert len(few) < len(cluster.rules_in_force)
    for at in islice(placements(cluster), seed, None, 4):
        host_index = np.array(at)
        told = sum(len(rule.breaches(host_index)) for rule in cluster.rules_in_force)
        assert sum(len(rule.breaches(host_index)) for rule in few) == told
        cost = sum(rule.violation(host_index) for rule in cluster.rules_in_force)
        assert sum(rule.violation(host_index) for rule in few) == cost


@pytest.mark.parametrize("seed", range(4))
def test_solved_with_joined_rules(seed: int) -> None:
    """Tests that the optimum is that of all placements which keep each of the rules."""
    cluster = drawn(seed, n_rules=3 * FEW)
    found = vmopt.solve(cluster, time_limit=20, threads=1, gap=0)
    assert vmopt.verify(cluster, found) == ()
    assert found.objective == pytest.approx(best(cluster))


def test_few_rules_and_pairs_that_fit_into_none_stay() -> None:
    """Tests that a few rules stay as they are, and that pairs which all share a VM make no endless list of columns."""
    few = [vmopt.Apart("vm-0", f"vm-{n + 1}") for n in range(FEW)]
    cluster = vmopt.Instance.from_arrays([[1]] * 99, [[9]] * 20, rules=few)
    assert joined(cluster) is cluster.rules_in_force
    star = cluster.replace(rules=[vmopt.Apart("vm-0", f"vm-{n + 1}") for n in range(MOST_JOINED + 9)])
    assert len(joined(star)) == MOST_JOINED + 9
    assert sum(len(rule.group) == 1 for rule in joined(star)) == MOST_JOINED + 9


def test_thousands_of_rules_by_label_are_few_in_a_problem() -> None:
    """Tests that pairs said by label, one object each, are asked together, and that messages name the rule itself."""
    n_apps = 200
    labels = [{"app": f"a{vm % n_apps}"} for vm in range(2 * n_apps)]
    groups = [vmopt.Groups.labelled("app", f"a{n}") for n in range(n_apps)]
    rules = [vmopt.Apart(groups[n], groups[(n + 1) % n_apps]) for n in range(n_apps)]
    cluster = vmopt.Instance.from_arrays([[1]] * len(labels), [[40]] * 20, rules=rules, vm_labels=labels)
    assert len(compile(cluster).rules) == 1
    everybody = np.zeros(cluster.n_vms, dtype=np.int64)
    told = [breach for rule in cluster.rules_in_force for breach in rule.breaches(everybody)]
    assert len(told) == n_apps
    assert "app=a0" in str(told[0])
