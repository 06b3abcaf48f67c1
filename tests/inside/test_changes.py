"""What-ifs, room, elastic VMs, headroom and purchases where hosts have parts."""

import pytest

import vmopt
from vmopt import VM, Host, Pieces
from vmopt.errors import InstanceError

SHARE = [Pieces("gpu", 1, {"milli": 600})]


def two_hosts(n_pods: int, current: int = 0, **named: object) -> vmopt.Instance:
    hosts = [Host(f"h{n}", {"cpu": 8}, parts={"gpu": [{"milli": 1000}] * 2}) for n in range(2)]
    vms = [
        VM(f"v{n}", {"cpu": 2}, value=1, pieces=SHARE, current="h0" if n < current else None, **named)
        for n in range(n_pods)
    ]
    return vmopt.Instance.from_rows(hosts, vms)


@pytest.mark.parametrize("current", [0, 2])
@pytest.mark.parametrize(("gpus", "placed"), [(0, 4), (1, 5), (2, 6), (3, 6)])
def test_hosts_with_parts_can_be_added(gpus: int, placed: int, current: int) -> None:
    solution = vmopt.solve(two_hosts(6, current), gap=0)
    parts = {"gpu": [{"milli": 1000}] * gpus} if gpus else {}
    change = vmopt.what_if(solution).add_hosts([Host("new", {"cpu": 8}, parts=parts)]).solve()
    found = change.solution
    assert (found.n_placed, found.status) == (placed, vmopt.Status.OPTIMAL)
    assert vmopt.check_landings(found.instance, found.host_index, found.parts) == ()


def test_hosts_with_parts_can_go() -> None:
    change = vmopt.what_if(vmopt.solve(two_hosts(6), gap=0)).remove_hosts("h0").solve()
    assert change.solution.n_placed == 2


@pytest.mark.parametrize("pieces", [(), SHARE, [Pieces("gpu", 2, {"milli": 300})]])
@pytest.mark.parametrize("n_pods", [3, 4])
def test_vms_can_be_added_with_their_pieces(n_pods: int, pieces: list[Pieces]) -> None:
    """Pods of 0.6 on four GPUs leave no room for one more such, and for one of two shares of 0.3 always."""
    solution = vmopt.solve(two_hosts(n_pods), gap=0)
    found = vmopt.what_if(solution).add_vms([VM("new", {"cpu": 1}, pieces=pieces)]).solve().solution
    assert found.n_placed == n_pods + (n_pods < 4 or pieces != SHARE)
    assert vmopt.check_landings(found.instance, found.host_index, found.parts) == ()
    assert ("new" in found.parts) == (bool(pieces) and "new" in found.placement)


def test_added_vms_ask_for_what_there_is() -> None:
    asking = vmopt.what_if(vmopt.solve(two_hosts(1), gap=0))
    with pytest.raises(InstanceError, match="'pieces of new' asks for parts of kind 'numa'"):
        asking.add_vms([VM("new", {"cpu": 1}, pieces=[Pieces("numa")])])
    plain = vmopt.what_if(vmopt.solve(vmopt.Instance.from_arrays([[1]], [[4]], resources=["cpu"])))
    with pytest.raises(InstanceError, match="'new' asks for pieces"):
        plain.add_vms([VM("new", {"cpu": 1}, pieces=SHARE)])


@pytest.mark.parametrize(("n_pods", "fit"), [(1, 3), (2, 2), (4, 0)])
def test_how_many_more_counts_parts(n_pods: int, fit: int) -> None:
    room = vmopt.how_many_more(vmopt.solve(two_hosts(n_pods), gap=0), "v0")
    assert (room.fit, room.bound) == (fit, fit)


@pytest.mark.parametrize(("n_pods", "survives"), [(2, True), (3, False)])
def test_headroom_counts_parts(n_pods: int, survives: bool) -> None:
    assert vmopt.headroom(vmopt.solve(two_hosts(n_pods), gap=0)).holds is survives


def test_elastic_vms_keep_to_parts() -> None:
    solution = vmopt.solve(two_hosts(6, reservation={"cpu": 1}), gap=0)
    assert solution.n_placed == 4
    assert vmopt.verify(solution.instance, solution) == ()


def test_one_more_host_brings_its_parts() -> None:
    [bought] = vmopt.sensitivity(vmopt.solve(two_hosts(8), gap=0)).purchases
    assert bought.gain == pytest.approx(2.0)
