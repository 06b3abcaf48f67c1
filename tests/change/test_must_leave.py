"""How many VMs cannot stay is known before any search, where rules say how many may move."""

import numpy as np
import pytest

import vmopt
from tests.change.test_moves import draw, lawful
from vmopt.methods.change import must_leave
from vmopt.methods.search import Search
from vmopt.metrics import objective_of
from vmopt.options import Options


def looked_at(instance):
    """A search that nothing but this has looked at."""
    search = Search(instance, Options())
    must_leave.run(search)
    return search


CLUSTER = vmopt.Instance.from_arrays([[2], [2], [3], [1]], [[4], [9], [9]], current=[0, 0, 0, 1])
MUST = vmopt.MustRun("vm-*")


@pytest.mark.parametrize(
    ("rules", "possible"),
    [
        ([MUST, vmopt.MostMoves(0)], False),  # 7 of 4 on host-0
        ([MUST, vmopt.MostMoves(1)], True),
        ([MUST, vmopt.MostMoves(most_out=0)], False),
        ([MUST, vmopt.MostMoves(2), vmopt.Empty("host-0")], False),
        ([MUST, vmopt.MostMoves(3), vmopt.Empty("host-0")], True),
        ([MUST, vmopt.MostMoves(most_out=2), vmopt.Empty("host-0")], False),
        ([MUST, vmopt.MostMoves(1), vmopt.Spread(["vm-0", "vm-1", "vm-2"])], False),
        ([vmopt.MustRun("vm-2"), vmopt.MostMoves(0)], True),  # others stop
        ([MUST, vmopt.MostMoves(0, penalty=1)], True),
    ],
)
def test_more_have_to_move_than_may(rules, possible):
    instance = CLUSTER.replace(rules=rules)
    assert (looked_at(instance).infeasible_by is None) is possible
    assert (vmopt.solve(instance).status is not vmopt.Status.INFEASIBLE) is possible


def test_of_those_that_may_not_stay_as_many_run_as_may_move():
    instance = CLUSTER.replace(rules=[vmopt.MostMoves(1), vmopt.Empty("host-0")], value=[5, 4, 3, 2])
    assert looked_at(instance).bound == vmopt.solve(instance).objective == 7


def test_a_drained_host_and_one_move_are_decided_at_once():
    cluster = vmopt.generate("flavor", hosts=200, load=0.7, current="aged", seed=1)
    there = np.flatnonzero(cluster.current == 7)
    one = cluster.replace(rules=[vmopt.Empty("host-7"), vmopt.MostMoves(1)])
    solution = vmopt.solve(one, gap=0)
    assert solution.status is vmopt.Status.OPTIMAL
    assert len(solution.unplaced) == len(there) - 1
    told = vmopt.contradictions(one.replace(rules=[*one.rules, vmopt.MustRun("vm-*")]))
    assert told[0].fatal
    assert f"{len(there)} have to move, 1 may" in told[0].why


def test_nothing_is_claimed_that_is_wrong():
    looked = 0
    for seed in range(600):
        instance = draw(seed)
        if any(isinstance(rule, vmopt.MostMoves) for rule in instance.rules):
            search, looked = looked_at(instance), looked + 1
            placements = lawful(instance)
            assert search.infeasible_by is None or not placements
            best = max((objective_of(instance, placed, None) for placed in placements), default=0)
            assert search.bound >= best - 1e-9
    assert looked > 50
