"""Headroom against all placements after every failure; evacuation; placements that have headroom."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

import vmopt
from tests.change.brute import most_protected
from vmopt.rules.domains import domains_of


def draw(seed: int) -> vmopt.Instance:
    """A tiny cluster in two racks, some of it ruled."""
    rng = np.random.default_rng(seed)
    n_hosts, n_vms, n_resources = int(rng.integers(3, 5)), int(rng.integers(3, 6)), int(rng.integers(1, 3))
    capacity, demand = rng.integers(4, 12, (n_hosts, n_resources)), rng.integers(1, 6, (n_vms, n_resources))
    current, free = np.full(n_vms, -1), capacity.copy()
    for vm in range(n_vms):
        open_ = np.flatnonzero((free >= demand[vm]).all(axis=1))
        if len(open_):
            current[vm] = rng.choice(open_)
            free[current[vm]] -= demand[vm]
    return vmopt.Instance.from_arrays(
        demand,
        capacity,
        priority=rng.integers(1, 4, n_vms),
        current=current,
        host_labels=[{"rack": str(host % 2)} for host in range(n_hosts)],
        rules=[vmopt.Spread(["vm-0", "vm-1", "vm-2"])] if seed % 3 == 0 else [],
    )


@pytest.mark.filterwarnings("ignore:a bound of fewest-moves")
@pytest.mark.parametrize("block", range(4))
def test_every_failure_is_settled_as_all_placements_say(block: int) -> None:
    """Tests how many stay out after each loss, and that the restarts are a placement, with 200 clusters."""
    for seed in range(block * 50, block * 50 + 50):
        instance = draw(seed)
        if vmopt.verify(instance, instance.current):
            continue
        assert instance.current is not None
        over, of, moving = ("host", "rack")[seed % 2], (None, 2)[seed % 4 // 2], seed % 7 == 0
        failures = 2 if over == "host" and seed % 5 == 0 else 1
        found = vmopt.headroom(instance, failures, over, of, moving=moving)
        protected = (instance.current >= 0) & (instance.priority >= (of or 0))
        domain = domains_of(instance, over).of
        cases = combinations(range(int(domain.max()) + 1), failures)
        for loss, gone in zip(found.losses, cases, strict=True):
            lost = np.isin(domain, gone)
            alive = np.where(protected & ~lost[instance.current], instance.current, -1)
            most = most_protected(instance, alive, protected, lost, moving=moving)
            assert loss.least_out == len(loss.out) == int(protected.sum()) - most, (seed, loss)
            assert loss.fits is not bool(loss.out)
            after = alive.copy()
            after[loss.restarts[:, 0]] = loss.restarts[:, 1]
            assert not loss.fits or not vmopt.verify(instance, after)


def test_tiers_may_be_any_integers() -> None:
    """Tests that tiers of 0 and less are protected as all others: an import from Kubernetes has them."""
    apart = [vmopt.Spread(["vm-0", "vm-1"])]
    goal, running = vmopt.Objective("tiers"), [0, 1, -1]
    instance = vmopt.Instance.from_arrays(
        [[2], [2], [9]], [[4], [4]], priority=[0, -5, 1000], current=running, objective=goal, rules=apart
    )
    found = vmopt.headroom(instance)
    assert [loss.out for loss in found.losses] == [("vm-0",), ("vm-1",)]
    assert [loss.out for loss in vmopt.headroom(instance.replace(rules=[vmopt.Spread(["vm-0"])])).losses] == [(), ()]


def test_headroom_is_found_by_keeping_room() -> None:
    """Tests that the placement survives any host, and is bounded by the best without headroom."""
    cluster = vmopt.generate("flavor", hosts=6, load=1.1, seed=2)
    assert not vmopt.headroom(vmopt.solve(cluster, time_limit=2)).holds
    found = vmopt.with_headroom(cluster, steps=4, time_limit=8)
    assert found.headroom.holds
    assert 0 < found.part < 0.6
    assert vmopt.verify(cluster, found.solution.host_index) == ()
    assert found.solution.objective <= found.solution.bound


def test_racks_and_words() -> None:
    """Tests labels, a label that is not there, too many failures, and the table."""
    hosts = [{"rack": "a"}, {"rack": "a"}, {"rack": "b"}]
    cluster = vmopt.Instance.from_arrays([[4], [4]], [[4], [4], [4]], current=[0, 1], host_labels=hosts)
    found = vmopt.headroom(cluster, over="rack")
    assert (found.holds, [loss.domains for loss in found.broken]) == (False, [("a",)])
    assert "no, proven" in str(found)
    assert vmopt.headroom(cluster).holds
    assert vmopt.headroom(cluster, over="rack", of=2).holds
    with pytest.raises(vmopt.InstanceError, match="label"):
        vmopt.headroom(cluster, over="zone")
    with pytest.raises(vmopt.OptionError, match="one must be left"):
        vmopt.headroom(cluster, 2, "rack")


def test_evacuation_empties_hosts_and_moves_what_it_must() -> None:
    """Tests that nothing runs there, that only those VMs move where others have room, and that the plan is right."""
    cluster = vmopt.generate("flavor", hosts=10, load=0.6, current="aged", seed=3)
    plan = vmopt.evacuate(cluster, ["host-2"], time_limit=5)
    there = np.flatnonzero(cluster.current == 2)
    assert not (plan.target == 2).any()
    assert sorted(action.vm for action in plan.actions) == there.tolist()
    assert vmopt.verify_plan(plan) == ()
    with pytest.raises(vmopt.InstanceError, match="what runs now"):
        vmopt.evacuate(cluster.replace(current=None), "host-2")


def racks(**changes: object) -> vmopt.Instance:
    """Return six hosts in three racks, two VMs that run in r0, one that waits and is worth most."""
    labels = [{"rack": f"r{n // 2}"} for n in range(6)]
    return vmopt.Instance.from_arrays(
        [[3], [3], [3]], [[4]] * 6, current=[0, 1, -1], priority=[1, 1, 9], host_labels=labels, **changes
    )


def test_evacuation_by_label_moves_what_runs_and_starts_nothing() -> None:
    """Tests that hosts may be told by label, and that VMs that wait start only where that is asked for, or a rule."""
    plan = vmopt.evacuate(racks(), "rack=r0", threads=1)
    assert [action.kind for action in plan.actions] == [vmopt.Kind.MOVE] * 2
    assert (plan.target[:2] >= 2).all()
    assert plan.target[2] == -1
    assert vmopt.evacuate(racks(), ["rack=r0"], starts=True, threads=1).count(vmopt.Kind.START) == 1
    must = vmopt.evacuate(racks(rules=[vmopt.MustRun("vm-2")]), "host-0", threads=1)
    assert (must.count(vmopt.Kind.START), must.count(vmopt.Kind.MOVE)) == (1, 1)


def test_nobody_stops_for_one_that_waits() -> None:
    """Tests that a VM that runs keeps its place where one that waits is worth more."""
    plan = vmopt.evacuate(racks(), ["rack=r0", "host-3", "rack=r2"], threads=1)
    assert (plan.count(vmopt.Kind.MOVE), plan.count(vmopt.Kind.STOP), plan.count(vmopt.Kind.START)) == (1, 1, 0)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("Rack=r0", r"no host is called 'Rack=r0', and none has that label: hosts have rack \(did you mean"),
        ("rack=r9", "none has that label: 'rack' is r0, r1, r2"),
        ("hots-1", r"no host is called 'hots-1' \(did you mean 'host-1'"),
    ],
)
def test_hosts_that_nobody_is_called(word: str, said: str) -> None:
    """Tests that evacuations and what-ifs say what hosts are called, and what labels they have."""
    with pytest.raises(vmopt.OptionError, match=said):
        vmopt.evacuate(racks(), ["host-0", word])
    with pytest.raises(vmopt.OptionError, match=said):
        vmopt.what_if(vmopt.solve(racks(), threads=1)).drain(word)


def test_what_if_takes_labels() -> None:
    """Tests that a label names all hosts that have it, none twice."""
    asked = vmopt.what_if(vmopt.solve(racks(), threads=1))
    assert asked.fail("rack=r0", "host-1").instance.capacity.ravel().tolist() == [0, 0, 4, 4, 4, 4]
    assert list(asked.remove_hosts("rack=r1", 5).instance.host_names) == ["host-0", "host-1", "host-4"]


def test_hosts_that_cannot_be_emptied_are_told_with_the_conflict() -> None:
    """Tests that the error names who must run and what has no room for them."""
    cluster = vmopt.Instance.from_arrays([[6], [6]], [[8], [8]], current=[0, 1], rules=[vmopt.MustRun("vm-*")])
    with pytest.raises(vmopt.OptionError, match=r"cannot be emptied: .*vm-0, vm-1 .*must run.*empty.*host-1"):
        vmopt.evacuate(cluster, "host-0")
