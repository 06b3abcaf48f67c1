"""What runs now, in instances with other hosts and more VMs."""

import pytest

import vmopt
from vmopt.explain.edits import with_hosts, without_hosts
from vmopt.explain.guests import with_clones, with_vms


@pytest.fixture
def running() -> vmopt.Instance:
    return vmopt.Instance.from_arrays([[1], [1], [1]], [[4], [4], [4]], current=[2, 0, -1], move_cost=[3, 2, 1])


def test_hosts_that_go_take_nobody_elses_place(running: vmopt.Instance) -> None:
    assert without_hosts(running, [0]).current.tolist() == [1, -1, -1]
    assert without_hosts(running, [1]).current.tolist() == [1, 0, -1]


def test_hosts_that_come_run_nobody(running: vmopt.Instance) -> None:
    assert with_hosts(running, [vmopt.Host("new", {"resource-0": 4})]).current.tolist() == [2, 0, -1]


def test_further_vms_run_nowhere_yet(running: vmopt.Instance) -> None:
    for more in (with_vms(running, [vmopt.VM("new", {"resource-0": 1})]), with_clones(running, 0, 1)):
        assert more.current.tolist() == [2, 0, -1, -1]
        assert more.move_cost.tolist() == [3, 2, 1, 1]
        assert more.moved_cost.tolist() == [3, 2, 0, 0]


def test_nobody_moves_when_another_host_goes(running: vmopt.Instance) -> None:
    solution = vmopt.solve(running.replace(rules=[vmopt.Keep("vm-0")]), gap=0)
    change = vmopt.what_if(solution).remove_hosts("host-0").solve()
    assert change.solution.placement["vm-0"] == "host-2"


def test_more_vms_where_some_run(running: vmopt.Instance) -> None:
    solution = vmopt.solve(running, gap=0)
    assert vmopt.how_many_more(solution, "vm-0").fit == 9
    assert "new" in vmopt.what_if(solution).add_vms([vmopt.VM("new", {"resource-0": 1})]).solve().solution.placement
