"""What an instance becomes when it is compiled."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vmopt.generate import generate
from vmopt.model import Instance
from vmopt.problem import compile
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
