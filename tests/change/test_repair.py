"""Overloaded and rule-breaking clusters: who has to leave, and that little else moves."""

from itertools import product

import numpy as np
import pytest

import vmopt
from vmopt.bounds import Leavers
from vmopt.goals import FewestMoves
from vmopt.goals.leavers import Crowd, cheapest_leavers
from vmopt.goals.leaving import leaving_cost
from vmopt.io import read_solution, write_solution
from vmopt.methods.change.squeeze import squeezed
from vmopt.problem import compile as compiled

MOVES = vmopt.Objective(levels=[FewestMoves()])


@pytest.mark.parametrize("seed", range(150))
def test_the_cheapest_leavers_are_those_of_brute_force(seed):
    rng = np.random.default_rng(seed)
    n, rows = int(rng.integers(1, 9)), int(rng.integers(1, 4))
    relief = rng.integers(0, 6, (n, rows))
    excess = np.minimum(rng.integers(1, 12, rows), relief.sum(axis=0))
    relief, excess = relief[:, excess > 0], excess[excess > 0]
    cost = rng.integers(0 if seed % 2 else 1, 5, n)
    least = min(
        int(cost[list(chosen)].sum())
        for picks in product([False, True], repeat=n)
        for chosen in [np.flatnonzero(picks)]
        if (relief[chosen].sum(axis=0) >= excess).all()
    )
    if not excess.size:
        return
    found, leavers = cheapest_leavers(Crowd(np.arange(n), relief, excess), cost)
    assert found == least == cost[list(leavers)].sum()
    assert (relief[list(leavers)].sum(axis=0) >= excess).all()


def random_cluster(rng):
    """Few VMs and hosts, of which some are overloaded, or run two that may not share a host."""
    n, hosts = int(rng.integers(2, 7)), int(rng.integers(2, 4))
    rules = [vmopt.MustRun("vm-*")] if rng.random() < 0.5 else []
    if rng.random() < 0.6:
        rules.append(vmopt.Spread(rng.integers(-1, 2, n)))
    if rng.random() < 0.3:
        rules.append(vmopt.Quota(3, over="host"))
    return vmopt.Instance.from_arrays(
        rng.integers(1, 5, (n, 2)),
        rng.integers(4, 9, (hosts, 2)),
        current=rng.integers(-1, hosts, n),
        move_cost=rng.integers(1, 4, n),
        rules=rules,
        objective=MOVES,
    )


def fewest_of_all(cluster):
    """By trying every placement; infinite where none is lawful."""
    values = [np.inf]
    for placement in product(range(-1, cluster.n_hosts), repeat=cluster.n_vms):
        host_index = np.array(placement)
        moved = (cluster.current >= 0) & (host_index != cluster.current)
        value = cluster.move_cost[moved].sum()
        if value < min(values) and not vmopt.verify(cluster, host_index):
            values.append(value)
    return min(values)


@pytest.mark.parametrize("seed", range(40))
def test_leaving_is_a_bound_and_what_is_found_is_the_best(seed):
    cluster = random_cluster(np.random.default_rng(seed))
    least = fewest_of_all(cluster)
    assert leaving_cost(cluster, FewestMoves()) <= least
    solution = vmopt.solve(cluster, time_limit=20)
    if np.isinf(least):
        assert solution.status is vmopt.Status.INFEASIBLE
    else:
        assert (solution.levels[0].value, solution.levels[0].bound) == (least, least)


def test_a_host_that_breaks_a_spread_lets_one_go():
    cluster = vmopt.Instance.from_arrays(
        [[1]] * 3, [[9]] * 3, current=[0, 0, 1], rules=[vmopt.Spread(["vm-*"])], objective=MOVES
    )
    assert leaving_cost(cluster, FewestMoves()) == 1


def test_others_make_room_where_there_is_none():
    cluster = vmopt.Instance.from_arrays([[4], [3], [3], [5]], [[7], [6], [5]], current=[0, 0, 1, 0], objective=MOVES)
    # vm-3 fits host-2 alone, or host-1 once vm-2 has left it.
    placed = squeezed(compiled(cluster), np.array([0, 0, 1, -1]), np.array([3]))
    assert (placed >= 0).all()
    assert not vmopt.verify(cluster, placed)


def test_tight_overloaded_clusters_move_little():
    cluster = vmopt.generate("flavor", hosts=40, current="aged", load=0.85, seed=3)
    running = cluster.current >= 0
    grows = running & (np.random.default_rng(0).random(cluster.n_vms) < 0.2)
    demand = np.where(grows[:, None], cluster.demand * 3 // 2, cluster.demand)
    overloaded = vmopt.Instance.from_arrays(
        demand[running],
        cluster.capacity,
        current=cluster.current[running],
        rules=[vmopt.MustRun("vm-*")],
        objective=MOVES,
    )
    row = vmopt.solve(overloaded, time_limit=5).levels[0]
    assert 0 < row.bound <= row.value <= 1.1 * row.bound


def test_the_proof_is_written_read_and_rechecked(tmp_path):
    cluster = vmopt.Instance.from_arrays(
        [[3], [4], [4]], [[6], [6], [6]], current=[0, 0, 1], rules=[vmopt.MustRun("vm-*")], objective=MOVES
    )
    solution = vmopt.solve(cluster)
    assert solution.levels[0].certificate.proof == Leavers()
    write_solution(solution, tmp_path / "solution.json")
    read = read_solution(cluster, tmp_path / "solution.json")
    assert vmopt.verify_goal_bound(cluster, read, 0) == 1
