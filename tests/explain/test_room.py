"""How many more fit, and where the next one should go, against brute force."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import vmopt
from tests.explain.fuzz import METHODS, solved
from tests.explain.referee import runs, with_at
from tests.explain.room_referee import FEW, room_faults, truth
from tests.patience import PATIENCE
from tests.rules.brute import worth
from tests.thorough import met

CLOSE = 1e-9


@pytest.mark.parametrize("start", [0, 100])
def test_what_fits_is_between(start: int) -> None:
    """Tests on random instances that the number that fits lies between what is placed and the bound."""
    asked = proven = 0
    for seed in range(start, start + met(100)):
        solution = solved(seed, 0.2, METHODS[seed % 2])
        for vm in range(0 if solution is None else solution.instance.n_vms):
            assert solution is not None
            found = vmopt.how_many_more(solution, vm, time_limit=PATIENCE)
            assert 0 <= found.fit <= found.bound
            if found.bound <= FEW:
                exact = truth(solution, vm, found.bound + 1)
                assert found.fit <= exact <= found.bound, (seed, vm, found, solution.instance.rules)
                asked, proven = asked + 1, proven + found.proven
    assert asked > met(100)
    assert proven > 0.9 * asked


def test_without_solving_the_bound_holds() -> None:
    """Tests that the bound by domains, and what is placed one by one, are right by themselves."""
    for seed in range(met(150)):
        solution = solved(seed, 0.0, METHODS[seed % 2])
        for vm in range(0 if solution is None else solution.instance.n_vms):
            assert solution is not None
            found = vmopt.how_many_more(solution, vm, time_limit=0)
            if found.bound <= FEW:
                assert found.fit <= truth(solution, vm, found.bound + 1) <= found.bound, (seed, vm, found)


def test_new_kinds_and_large_numbers() -> None:
    """Tests a VM that is not there, one that asks for nothing, and one that nobody has room for."""
    cluster = vmopt.Instance.from_arrays([[3, 1]], [[8, 8], [500, 900]], resources=["cpu", "memory"])
    solution = vmopt.solve(cluster, method="greedy-priority")
    found = vmopt.how_many_more(solution, vmopt.VM("db", {"cpu": 2.5, "memory": 1}))
    assert (found.fit, found.proven, found.hosts) == (167, True, (("host-1", 166), ("host-0", 1)))
    assert vmopt.how_many_more(solution, {"cpu": 0}).fit == 1_000_000
    assert str(vmopt.how_many_more(solution, {"cpu": 501})) == "No more like new fits."


def test_rules_that_ask_not_who_runs_leave_the_number_exact() -> None:
    """Tests that beside a fence more VMs are counted than are placed one by one."""
    cluster = vmopt.Instance.from_arrays([[1]], [[30_000], [20_000], [7]], rules=[vmopt.Ban("vm-*", "host-1")])
    room = vmopt.how_many_more(vmopt.solve(cluster), "vm-0")
    assert (room.fit, room.bound, room.n_hosts) == (30_006, 30_006, 2)


def test_ranks_are_those_of_brute_force() -> None:
    """Tests that hosts in a ranking are all that take the VM, with the right gains, in the order that is stated."""
    ranked = 0
    for seed in range(met(200)):
        solution = solved(seed, 0.4, METHODS[seed % 2])
        for vm in [] if solution is None else np.flatnonzero(solution.host_index < 0).tolist():
            assert solution is not None
            cluster, now = solution.instance, solution.host_index.tolist()
            found = vmopt.rank_hosts(solution, vm, top=10)
            take = [h for h in range(cluster.n_hosts) if runs(cluster, with_at(now, vm, h))]
            whole = {rule.name for rule in cluster.rules} & {"whole"}
            assert {row.host for row in found.hosts} == {cluster.host_names[h] for h in take}, (seed, vm, whole)
            for row in found.hosts:
                at = with_at(now, vm, cluster.host_names.index_of[row.host])
                gain = worth(cluster, tuple(at)) - worth(cluster, tuple(now))
                assert row.gain == pytest.approx(gain, abs=CLOSE)
            assert [row.gain for row in found.hosts] == sorted((row.gain for row in found.hosts), reverse=True)
            ranked += len(take)
    assert ranked > met(30)


def test_ranks_fill_hosts_first() -> None:
    """Tests that of equal gains the host with least left comes first, and that a VM that runs is refused."""
    cluster = vmopt.Instance.from_arrays([[4]], [[9], [5], [4]], resources=["cpu"], vm_names=["web"])
    solution = vmopt.solve(cluster, method="greedy-priority")
    found = vmopt.rank_hosts(solution, {"cpu": 4}, top=1)
    assert (found.hosts[0].host, found.n_hosts) == ("host-2", 3)
    with pytest.raises(vmopt.OptionError, match="runs on 'host-0' already"):
        vmopt.rank_hosts(solution, "web")
    assert "No host takes the VM new" in str(vmopt.rank_hosts(solution, {"cpu": 10}))


@pytest.mark.parametrize("wrong", [vmopt.VM("web", {"cpu": 1}), {"gpu": 1}, {"cpu": -1}, {"cpu": "x"}, "nobody"])
def test_wrong_guests_are_refused(wrong: Any) -> None:
    """Tests that a name that is taken, or demands that cannot be, give one clear error."""
    cluster = vmopt.Instance.from_arrays([[4]], [[9]], resources=["cpu"], vm_names=["web"])
    with pytest.raises(vmopt.VmoptError):
        vmopt.rank_hosts(vmopt.solve(cluster, method="greedy-priority"), wrong)


def test_pinning_what_runs_opens_no_domain_and_closes_none() -> None:
    """Tests that a Skew counts the domains it counts, though what runs may not move and others may not start."""
    cluster = vmopt.Instance.from_arrays(
        [[1], [1]], [[4], [9]], rules=[vmopt.Skew("vm-*", "host"), vmopt.Ban("vm-1", "host-0")]
    )
    solution = replace(vmopt.solve(cluster), host_index=np.array([-1, 1]))
    assert list(room_faults(solution, 1)) == []
    assert vmopt.how_many_more(solution, 1, time_limit=PATIENCE).bound == 0
