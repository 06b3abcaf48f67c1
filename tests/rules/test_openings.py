"""Many fences and bans in one table: they mean what they meant."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from vmopt.rules.eligible import eligible
from vmopt.rules.joined import FEW_BARS, joined
from vmopt.rules.openings import Openings

N_VMS, N_HOSTS = 9, 6


def drawn(seed: int, n_bars: int) -> vmopt.Instance:
    """Draw fences and bans, a few soft, of some VMs and hosts each, and rules of other kinds."""
    rng = np.random.default_rng(seed)
    rules: list[vmopt.Rule] = [vmopt.Skew([["vm-0", "vm-1"], ["vm-2"]], over="rack"), vmopt.Empty("host-5")]
    for _ in range(n_bars):
        sort, share = (vmopt.Fence, 0.9) if rng.random() < 0.5 else (vmopt.Ban, 0.1)
        hosts = rng.random(N_HOSTS) < share
        penalty = 0.5 if rng.random() < 0.1 else None
        rules.append(sort(rng.random(N_VMS) < rng.choice([0.1, 0.4, 0]), hosts, penalty=penalty))
    labels = [{"rack": str(h % 3)} for h in range(N_HOSTS)]
    return vmopt.Instance.from_arrays([[1]] * N_VMS, [[4]] * N_HOSTS, host_labels=labels, rules=rules)


@pytest.mark.parametrize("seed", range(6))
def test_a_table_allows_what_each_of_the_rules_allows(seed: int) -> None:
    """Tests who may go where, what is broken, and that soft rules, and rules of other kinds, stay as they are."""
    cluster = drawn(seed, n_bars=2 * FEW_BARS)
    few = joined(cluster)
    soft = [here for here in cluster.rules_in_force if here.penalty is not None]
    assert len(few) == 3 + len(soft)
    table = few[-1]
    assert isinstance(table.rule, Openings)
    bars = [here for here in cluster.rules_in_force[2:] if here.penalty is None]
    nothing = table.counting(np.full(N_VMS, -1))
    for vm in range(N_VMS):
        allowed = np.logical_and.reduce([here.allows(vm, nothing) for here in bars])
        assert table.allows(vm, nothing).tolist() == allowed.tolist()
        assert bool(table.concerns[vm]) == any(here.concerns[vm] for here in bars)
    rng = np.random.default_rng(seed)
    for host_index in rng.integers(-1, N_HOSTS, (50, N_VMS)):
        wrong = {int(vm) for here in bars for breach in here.breaches(host_index) for vm in breach.vms}
        assert {int(vm) for breach in table.breaches(host_index) for vm in breach.vms} == wrong
        assert table.violation(host_index) == len(wrong)


@pytest.mark.parametrize("seed", range(6))
def test_eligible_by_a_table(seed: int) -> None:
    """Tests that the classes may run where a placement of one of their VMs breaks none of the fences."""
    cluster = drawn(seed, n_bars=2 * FEW_BARS)
    allowed = eligible(cluster)
    assert allowed is not None
    for vm in range(N_VMS):
        for host in range(N_HOSTS):
            host_index = np.full(N_VMS, -1)
            host_index[vm] = host
            fits = not [one for one in vmopt.verify(cluster, host_index) if "skew" not in str(one).lower()]
            assert bool(allowed[cluster.vm_classes.of[vm], cluster.host_classes.of[host]]) == fits


def test_few_stay() -> None:
    """Tests that a few fences stay rules of their own."""
    assert not any(isinstance(here.rule, Openings) for here in joined(drawn(0, n_bars=FEW_BARS // 2)))


@pytest.mark.parametrize("seed", range(3))
def test_solved_with_a_table(seed: int) -> None:
    """Tests that the optimum with many fences is that with one that says the same of each VM."""
    cluster = drawn(seed, n_bars=2 * FEW_BARS)
    hard = cluster.replace(rules=[rule for rule in cluster.rules if rule.penalty is None])
    found = vmopt.solve(hard, time_limit=20, threads=1, gap=0)
    assert vmopt.verify(hard, found) == ()
    allowed = eligible(hard)
    assert allowed is not None
    hosts = allowed[hard.vm_classes.of][:, hard.host_classes.of]
    single = [vmopt.Fence(np.arange(N_VMS) == vm, hosts[vm]) for vm in range(N_VMS)]
    plain = hard.replace(rules=[*hard.rules[:2], *single])
    assert vmopt.solve(plain, time_limit=20, threads=1, gap=0).objective == pytest.approx(found.objective)
