"""Transient: moves need room at both ends; brute force over small clusters, on every backend."""

from itertools import product

import numpy as np
import pytest

import vmopt
from vmopt.goals import FewestMoves
from vmopt.rules import Transient


def random_cluster(seed, **more):
    rng = np.random.default_rng(seed)
    return vmopt.Instance.from_arrays(
        rng.integers(1, 4, (5, 2)),
        rng.integers(3, 8, (3, 2)),
        resources=("cpu", "disk"),
        value=rng.integers(1, 9, 5),
        current=rng.integers(-1, 3, 5),
        transient="disk",
        rules=[Transient(), vmopt.Empty(f"host-{rng.integers(3)}")],
        **more,
    )


def taken_twice(cluster, host_index):
    """Host by host, what is taken there by those who run there now, and by those who come."""
    for host in range(cluster.n_hosts):
        now = sum(cluster.demand[i, 1] for i in range(5) if cluster.current[i] == host)
        come = sum(cluster.demand[i, 1] for i in range(5) if host_index[i] == host != cluster.current[i])
        if come and now + come > cluster.capacity[host, 1]:
            return True
    return False


def lawful(cluster):
    plain = cluster.replace(rules=[cluster.rules[1]])
    for placement in product(range(-1, 3), repeat=5):
        host_index = np.array(placement)
        if not vmopt.verify(plain, host_index) and not taken_twice(cluster, host_index):
            yield host_index


@pytest.mark.parametrize("seed", range(6))
def test_the_checker_is_right_about_every_placement(seed):
    cluster = random_cluster(seed)
    allowed = {tuple(each) for each in lawful(cluster)}
    for placement in product(range(-1, 3), repeat=5):
        assert (not vmopt.verify(cluster, np.array(placement))) == (placement in allowed), placement


@pytest.mark.parametrize("backend", ["cp-sat", "highs", "scip", "cbc"])
@pytest.mark.parametrize("seed", range(4))
def test_the_most_valuable_placement_is_found(seed, backend):
    cluster = random_cluster(seed)
    best = max(cluster.value[host_index >= 0].sum() for host_index in lawful(cluster))
    solution = vmopt.solve(cluster, method="exact", backend=backend, threads=1, gap=0)
    assert solution.objective == pytest.approx(best)


@pytest.mark.parametrize("method", ["auto", "greedy-priority", "neighbourhood"])
@pytest.mark.parametrize("seed", range(4))
def test_methods_keep_it(seed, method):
    cluster = random_cluster(seed, objective=vmopt.Objective(levels=[vmopt.Utilisation(), FewestMoves()]))
    solution = vmopt.solve(cluster, method=method, time_limit=2, threads=1)
    assert not vmopt.verify(cluster, solution.host_index)
    assert not taken_twice(cluster, solution.host_index)


def test_two_that_exchange_hosts_need_room_beside_each_other():
    arrays = {"demand": [[2], [2]], "current": [0, 1], "resources": ["disk"], "transient": "disk"}
    fences = [vmopt.Fence("vm-0", "host-1"), vmopt.Fence("vm-1", "host-0")]
    for room, placed in ((3, 0), (4, 2)):
        cluster = vmopt.Instance.from_arrays(capacity=[[room], [room]], **arrays, rules=[Transient(), *fences])
        assert vmopt.solve(cluster).n_placed == placed


@pytest.mark.parametrize(
    ("given", "says"),
    [({"transient": ()}, "transient="), ({"current": None}, "current=")],
)
def test_what_is_missing_is_asked_for(given, says):
    arrays = {"demand": [[2]], "capacity": [[4]], "current": [0], "resources": ["disk"], "transient": "disk"} | given
    with pytest.raises(vmopt.InstanceError, match=says):
        vmopt.verify(vmopt.Instance.from_arrays(**arrays, rules=[Transient()]), [0])


def test_where_it_is_soft_each_unit_too_much_is_paid():
    arrays = {"demand": [[3]], "capacity": [[4], [2]], "current": [0], "resources": ["disk"], "transient": "disk"}
    arrays |= {"demand": [[2], [2]], "current": [0, 1], "value": [3, 3]}
    fences = [vmopt.Fence("vm-0", "host-1"), vmopt.Fence("vm-1", "host-0")]
    for penalty, best in ((1.0, 4.0), (2.0, 3.0)):
        cluster = vmopt.Instance.from_arrays(**arrays, rules=[Transient(penalty=penalty), *fences])
        # vm-1 finds room on host-0, vm-0 lacks two units on host-1.
        assert vmopt.solve(cluster).objective == best
