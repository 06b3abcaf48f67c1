"""Where one more VM may go, and what domains have taken while VMs are placed one after the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import vmopt
from tests.rules.brute import placements
from tests.rules.draws import MAKERS, instance
from tests.rules.meaning import holds
from vmopt.rules import RULES
from vmopt.rules.taken import Taken

SEEDS = range(30)
AT_THE_END = {"whole", "must-run"}
"""Rules that are broken while VMs are placed, and kept, if at all, by the last of them."""


@pytest.mark.parametrize("name", [name for name in MAKERS if name not in AT_THE_END])
def test_a_host_is_allowed_where_the_rule_stays_kept(name: str) -> None:
    """Tests that one more VM keeps the rule on every host that is allowed, and breaks it on every other."""
    asked = 0
    for seed in SEEDS:
        cluster = instance(seed, name)
        for at in placements(cluster):
            if holds(cluster.rules[0], cluster, at):
                asked += sum(check_allowed(cluster, np.array(at), vm) for vm, host in enumerate(at) if host < 0)
    assert asked > 100


def check_allowed(cluster: Any, at: Any, vm: int) -> bool:
    rule = cluster.rules_in_force[0]
    allowed = rule.allows(vm, rule.counting(at))
    kept = []
    for host in range(cluster.n_hosts):
        more = at.copy()
        more[vm] = host
        kept.append(holds(cluster.rules[0], cluster, more))
    assert allowed.tolist() == kept, (cluster.rules[0], at, vm)
    assert rule.concerns[vm] or all(kept)
    return bool(rule.concerns[vm])


@pytest.mark.parametrize("name", [name for name in MAKERS if RULES[name].fixed])
def test_fixed_rules_ask_not_who_else_runs(name: str) -> None:
    """Tests that whoever runs, a VM is allowed the hosts that it is allowed where nobody does."""
    asked = 0
    for seed in SEEDS:
        cluster = instance(seed, name)
        rule, nobody = cluster.rules_in_force[0], np.full(cluster.n_vms, -1)
        for at in placements(cluster):
            for vm in np.flatnonzero(np.array(at) < 0).tolist():
                allowed = rule.allows(vm, rule.counting(np.array(at)))
                assert allowed.tolist() == rule.allows(vm, rule.counting(nobody)).tolist()
                asked += not allowed.all()
    assert asked > 100


def test_fences_are_fixed() -> None:
    """Tests that all rules that tell VMs their hosts say so, and that those that count VMs do not."""
    assert {name for name, rule in RULES.items() if rule.fixed} == {
        "fence",
        "ban",
        "empty",
        "keep",
        "quarantine",
        "resident",
    }


def test_rooms_that_say_all_say_what_is_allowed() -> None:
    """Tests that where `room` is said to say all, a VM may go where it is at least 1, and to hosts in no domain."""
    asked: dict[str, int] = {}
    for name in MAKERS:
        for seed in SEEDS:
            cluster = instance(seed, name)
            rule = cluster.rules_in_force[0]
            for at in placements(cluster) if rule.room_says_all else ():
                for vm in [vm for vm, host in enumerate(at) if host < 0 and rule.concerns[vm]]:
                    counting = rule.counting(np.array(at))
                    room = np.append(rule.room(vm, counting), 1)[rule.domain.of]
                    assert rule.allows(vm, counting).tolist() == (room > 0).tolist(), (cluster.rules[0], at, vm)
                    asked[name] = asked.get(name, 0) + 1
    assert {"spread", "quota"} <= set(asked)
    assert min(asked.values()) > 100


@pytest.mark.parametrize("name", sorted(AT_THE_END))
def test_rules_of_the_end_allow_everything(name: str) -> None:
    """Tests that Whole and MustRun keep no VM from any host."""
    cluster = instance(1, name)
    rule = cluster.rules_in_force[0]
    counting = rule.counting(np.full(cluster.n_vms, -1))
    assert all(rule.allows(vm, counting).all() for vm in range(cluster.n_vms))
    assert not rule.concerns.any()


@pytest.mark.parametrize("name", MAKERS)
def test_counts_that_grow_are_counts_made_anew(name: str) -> None:
    """Tests that whatever was asked before, after every VM the counts are those of the placement."""
    for seed in SEEDS:
        cluster = instance(seed, name)
        dice = np.random.default_rng(seed)
        rule, at = cluster.rules_in_force[0], np.full(cluster.n_vms, -1)
        growing = rule.counting(at)
        for vm in dice.permutation(cluster.n_vms).tolist():
            if dice.random() < 0.5:
                numbers(rule, growing, dice.integers(0, 1 << 30))
            at[vm] = dice.integers(-1, cluster.n_hosts)
            if at[vm] >= 0:
                growing.add(np.array([vm]))
            asked = int(dice.integers(0, 1 << 30))
            assert numbers(rule, growing, asked) == numbers(rule, rule.counting(at), asked)
        assert numbers(rule, growing, -1) == numbers(rule, rule.counting(at), -1)


def numbers(rule: Any, counting: Taken, which: int) -> list[Any]:
    """Some of the numbers that can be asked for, by the bits of `which`."""
    questions = [lambda: counting.everyone.tolist(), lambda: counting.grouped.tolist()]
    for g in range(len(rule.group)):
        questions += [lambda g=g: counting.of(g).tolist(), lambda g=g: counting.placed(g)]
    for g in range(0 if rule.other is None else len(rule.other)):
        questions.append(lambda g=g: counting.of(g, other=True).tolist())
    return [question() for bit, question in enumerate(questions) if which >> bit & 1]


def test_no_vm_needs_itself_as_a_partner_first() -> None:
    """Tests that where the VMs of a group need one of themselves, the first of them may go anywhere."""
    near = vmopt.Near("vm-*", "vm-*", over="rack")
    labels = [{"rack": "a"}, {}]
    cluster = vmopt.Instance.from_arrays([[1], [1]], [[4], [4]], host_labels=labels, rules=[near])
    rule = cluster.rules_in_force[0]
    assert rule.allows(0, rule.counting(np.array([-1, -1]))).tolist() == [True, False]


def test_counts_of_many_groups_are_dropped_and_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that counts stay right where there is room for those of one group only."""
    monkeypatch.setattr("vmopt.rules.taken.MOST_KEPT", 1)
    spread = vmopt.Spread([["vm-0", "vm-1"], ["vm-2"], []])
    cluster = vmopt.Instance.from_arrays([[1]] * 3, [[4]] * 2, rules=[spread])
    rule, at = cluster.rules_in_force[0], np.array([-1, -1, -1])
    growing = rule.counting(at)
    for vm, host in ((0, 1), (2, 0), (1, 0)):
        at[vm] = host
        growing.add(np.array([vm]))
        assert numbers(rule, growing, -1) == numbers(rule, rule.counting(at), -1)
