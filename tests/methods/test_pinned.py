"""VMs that have one host each: placed there first, all others beside them."""

from __future__ import annotations

import numpy as np

import vmopt
from vmopt.methods import greedy
from vmopt.methods.ruled import pinned
from vmopt.methods.ruled.parameters import DEFAULT
from vmopt.methods.search import Search
from vmopt.options import Options
from vmopt.problem import compile


def test_who_must_run_is_seated_first_and_who_does_not_pay_is_left_out() -> None:
    """Tests the order in which a crowded host is filled."""
    fence, must = vmopt.Fence("*", "host-0"), vmopt.MustRun("vm-3")
    arrays = {"demand": [[2], [2], [2], [3]], "capacity": [[5], [9]], "value": [1, 4, 3, 1]}
    problem = compile(vmopt.Instance.from_arrays(**arrays, rules=[fence, must]))
    host = pinned.only_host(problem)
    assert host.tolist() == [0, 0, 0, 0]
    assert pinned.seated(problem, host, np.zeros(problem.hosts.capacity.shape)).tolist() == [-1, 0, -1, 0]
    assert pinned.seated(problem, host, np.full(problem.hosts.capacity.shape, 1.8)).tolist() == [-1, 0, -1, 0]
    assert pinned.seated(problem, host, np.full(problem.hosts.capacity.shape, 2.1)).tolist() == [-1, -1, -1, 0]


def cluster(n_hosts: int = 120, n_pinned: int = 200) -> vmopt.Instance:
    """Make a cluster of replicas that spread, with many VMs that have one host."""
    made = vmopt.generate("flavor", hosts=n_hosts, seed=1, load=0.9, rules="spread")
    rng = np.random.default_rng(0)
    vms, hosts = rng.permutation(made.n_vms)[:n_pinned], rng.integers(0, n_hosts, n_pinned)
    pins = [vmopt.Fence(f"vm-{v}", f"host-{h}") for v, h in zip(vms.tolist(), hosts.tolist(), strict=True)]
    names = {"vm_names": [f"vm-{v}" for v in range(made.n_vms)], "host_names": [f"host-{h}" for h in range(n_hosts)]}
    return made.replace(rules=[*made.rules, *pins], **names)


def test_others_are_placed_beside_them() -> None:
    """Tests that what is offered keeps all rules, and runs nearly all of both."""
    instance = cluster()
    search = Search(instance, Options(time_limit=60, gap=1e-3, threads=1))
    ran = list[vmopt.Instance]()

    def ruled(inside: Search) -> None:
        ran.append(inside.instance)
        greedy.run_best(inside)

    pinned.run(search, ruled, ruled, DEFAULT)
    assert [one.n_vms for one in ran] == [instance.n_vms - 200]
    assert vmopt.verify(instance, search.host_index) == ()
    host = pinned.only_host(compile(instance))
    assert (search.host_index[host >= 0] == host[host >= 0]).mean() > 0.9
    assert search.objective > 0.95 * search.bound


def test_nothing_where_they_are_worth_less_than_the_gap() -> None:
    """Tests that a handful of them changes nothing."""
    instance = cluster(n_pinned=1)
    search = Search(instance, Options(time_limit=60, gap=0.05, threads=1))

    def never(_: Search) -> None:
        raise AssertionError

    pinned.run(search, never, never, DEFAULT)
    assert not search.found


def test_solved_soon() -> None:
    """Tests that the gap is proven where dealing a placement without rules would leave most of them out."""
    instance = cluster(n_hosts=200, n_pinned=400)
    found = vmopt.solve(instance, time_limit=60, threads=1, gap=0.005)
    assert found.gap is not None
    assert found.gap <= 0.005
    assert vmopt.verify(instance, found) == ()
