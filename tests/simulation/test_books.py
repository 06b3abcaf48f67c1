"""Tests that the books are checked: a simulation that loses count stops."""

from __future__ import annotations

import pytest

from tests.simulation.builders import hosts, requests
from vmopt.errors import SolverError
from vmopt.simulation.cluster import Cluster
from vmopt.simulation.kinds import VMState
from vmopt.simulation.workload import Workload


@pytest.fixture
def cluster():
    """Two hosts of 10, on the first of which a VM of 6 runs; one of 5 waits."""
    made = Cluster(Workload.of(hosts(10, 10), requests([0, 0], [6, 5], [9, 9])))
    made.enqueue(0)
    made.enqueue(1)
    made.place(0, 0)
    return made


def test_true_books(cluster):
    """Tests that the load comes back where all is well."""
    assert cluster.check().tolist() == [6]
    assert cluster.release(0, VMState.DONE) == 0
    assert cluster.check().tolist() == [0]


def test_no_room(cluster):
    """Tests that nobody starts where there is no room, nor on a closed host, nor twice."""
    for vm, host, problem in ((1, 0, "no room"), (0, 1, "does not wait")):
        with pytest.raises(SolverError, match=problem):
            cluster.place(vm, host)
    cluster.set_open(1, False)
    with pytest.raises(SolverError, match="no room"):
        cluster.place(1, 1)


def test_too_much_given(cluster):
    """Tests that a host that gives more than it has is found."""
    cluster.free[0] = -1
    with pytest.raises(SolverError, match="more than it has"):
        cluster.check()


def test_lost_count(cluster):
    """Tests that capacity that has vanished is found."""
    cluster.free[1] = 9
    with pytest.raises(SolverError, match="lost count"):
        cluster.check()
