"""What an instance becomes when it is compiled."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vmopt.generate import generate
from vmopt.goals import Penalties, Utilisation
from vmopt.model import Instance, Objective
from vmopt.problem import compile
from vmopt.rules import Ban
from vmopt.verify import verify


def test_what_is_alike_is_one_class() -> None:
    """Tests that equal VMs and equal hosts are merged, and every class says what its members do."""
    instance = Instance.from_arrays([[4], [3], [4]], [[8], [6], [8]], priority=[2, 1, 2])
    problem = compile(instance)
    assert problem.vms.count.tolist() == [2, 1]
    assert problem.hosts.count.tolist() == [2, 1]
    np.testing.assert_array_equal(problem.vms.demand[problem.vms.of], instance.demand)
    np.testing.assert_array_equal(problem.vms.value[problem.vms.of], instance.value)
    np.testing.assert_array_equal(problem.hosts.capacity[problem.hosts.of], instance.capacity)


def test_least_is_the_demand_where_nothing_is_elastic() -> None:
    """Tests that inelastic VMs need no case of their own: the least that they take is all they ask for."""
    rigid = compile(Instance.from_arrays([[4], [3]], [[8]]))
    assert not rigid.elastic
    assert rigid.least is rigid.demand
    assert rigid.vms.least is rigid.vms.demand
    elastic = compile(Instance.from_arrays([[4], [3]], [[8]], reservation=[[1], [3]]))
    assert elastic.elastic
    assert elastic.vms.least[elastic.vms.of].ravel().tolist() == [1, 3]


@given(seed=st.integers(0, 1000), elastic=st.booleans())
def test_loads_are_within_capacity_where_verify_finds_nothing(seed: int, elastic: bool) -> None:
    """Tests that the problem and the check, which share no code, agree on what fits."""
    rng = np.random.default_rng(seed)
    instance = generate("flavor", hosts=3, seed=seed)
    if elastic:
        instance = instance.replace(reservation=instance.as_columns()["demand"] // 2)
    host_index = rng.integers(-1, 3, instance.n_vms)
    fits = bool((compile(instance).loads(host_index) <= instance.capacity).all())
    assert fits == (verify(instance, host_index) == ())


def test_it_counts_vms_hosts_and_resources() -> None:
    """Tests the sizes of three VMs, two hosts and one resource, and of one host with two resources."""
    for n_vms, n_hosts, n_resources in ((3, 2, 1), (1, 1, 2)):
        problem = compile(Instance.from_arrays([[1] * n_resources] * n_vms, [[4] * n_resources] * n_hosts))
        assert (problem.n_vms, problem.n_hosts, problem.n_resources) == (n_vms, n_hosts, n_resources)
        assert problem.total.tolist() == [4 * n_hosts] * n_resources


def test_each_class_has_a_member() -> None:
    """Tests that the member of a class is the first VM in it, not the number of the class."""
    problem = compile(Instance.from_arrays([[4], [4], [3]], [[8]]))
    assert problem.members.tolist() == [0, 2]


def test_soft_rules_count_where_their_penalty_does() -> None:
    """Tests that a hard rule always counts, and a soft one only where penalties are in the objective."""
    hard, soft = Ban("vm-2", "host-0"), Ban("vm-0", "host-0", penalty=1)
    instance = Instance.from_arrays([[4], [4], [3]], [[8]], rules=[hard, soft])
    apart = instance.replace(objective=Objective(levels=[Penalties(), Utilisation()]))
    assert [rule.rule for rule in compile(instance).counted_rules] == [hard, soft]
    counted = compile(instance).counted_classes[:, instance.vm_classes.of]
    assert counted.tolist() == [[False, False, True], [True, False, False]]
    assert [rule.rule for rule in compile(apart).counted_rules] == [hard]


def test_who_runs_already_stays() -> None:
    """Tests that of two VMs that are alike the one on the host stays there, and that nothing moves without a plan."""
    instance = Instance.from_arrays([[4], [4]], [[5], [5]])
    swapped = np.array([1, 0])
    assert compile(instance).stay(swapped).tolist() == [1, 0]
    assert compile(instance.replace(current=[0, 1])).stay(swapped).tolist() == [0, 1]


def test_who_was_there_before_stays_unless_it_is_said_who_runs() -> None:
    """Tests that of VMs that are alike the one on the host stays: by what runs now, else by what was there before."""
    columns = {"demand": [[2], [2]], "capacity": [[2], [2]]}
    wanted, before, now = np.array([-1, 0]), np.array([0, -1]), np.array([-1, 0])
    unknown = compile(Instance.from_arrays(**columns))
    assert unknown.stay(wanted).tolist() == wanted.tolist()
    assert unknown.stay(wanted, before).tolist() == before.tolist()
    running = compile(Instance.from_arrays(**columns, current=now))
    assert running.stay(before, before).tolist() == now.tolist()
