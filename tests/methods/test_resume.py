"""Resume: a placement of before is filled up and improved, or left alone where it is far from the bound."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import vmopt
from vmopt.methods import redeal, resume
from vmopt.methods.search import Search
from vmopt.options import Options


@pytest.fixture(scope="module")
def before() -> vmopt.Solution:
    return vmopt.solve(vmopt.generate("flavor", hosts=60), gap=1e-3, threads=1, ties=None)


def resumed(before: vmopt.Solution, host_index: Any) -> Search:
    """A search that began with a placement, after it was resumed."""
    search = Search(before.instance, Options(gap=1e-3, threads=1, time_limit=20))
    search.tighten_by_prices(before.prices, "before")
    search.suggested.append(host_index)
    search.offer(host_index, "before")
    resume.run(search)
    return search


def test_holes_are_filled(before: vmopt.Solution) -> None:
    """Tests that the gap is reached again after a host was emptied, with most VMs where they were."""
    host_index = np.where(before.host_index == 3, -1, before.host_index)
    search = resumed(before, host_index)
    assert search.proven
    assert vmopt.verify(before.instance, search.host_index) == ()
    assert {point.method for point in search.history.points} & {"redeal", "resume", "neighbourhood"}


def test_what_is_far_from_the_bound_is_left_alone(before: vmopt.Solution) -> None:
    """Tests that a placement that has lost much is not mended."""
    host_index = np.where(before.host_index % 2 == 0, -1, before.host_index)
    search = resumed(before, host_index)
    assert np.array_equal(search.host_index, host_index)


def test_hosts_that_lose_most_are_dealt_anew(before: vmopt.Solution) -> None:
    """Tests that a deal keeps capacities and is never worse, and that other hosts keep what they run."""
    search = Search(before.instance, Options(gap=0, threads=1, time_limit=20))
    search.tighten_by_prices(before.prices, "before")
    emptied = np.where(np.isin(before.host_index, range(12)), -1, before.host_index)
    search.offer(emptied, "before")
    redeal.run(search)
    assert search.objective > vmopt.metrics.value_of(before.instance, emptied)
    stays = emptied >= 0
    assert (search.host_index[stays] == emptied[stays]).mean() > 0.3


def test_room_in_pieces_is_found_where_nothing_is_scarce() -> None:
    """Tests that of hosts without prices those with room are dealt anew, wherever they are in the list."""
    full, roomy, waiting = 120, 80, 20
    demand = [[4]] * (2 * full) + [[2]] * (2 * roomy) + [[6]] * waiting
    cluster = vmopt.Instance.from_arrays(demand, [[8]] * (full + roomy))
    hosts = np.arange(full + roomy).repeat(2)
    search = Search(cluster, Options(gap=0, threads=1, time_limit=20))
    search.offer(np.append(hosts, np.full(waiting, -1)), "before")
    redeal.run(search)
    assert (search.host_index >= 0).all()
    assert np.array_equal(search.host_index[: 2 * full], hosts[: 2 * full])


def test_a_failing_host_adds_a_rule_only_where_something_would_run_there() -> None:
    """Tests that VMs which ask for nothing leave it too, and that otherwise the data stay free of rules."""
    plain = vmopt.what_if(vmopt.solve(vmopt.Instance.from_arrays([[1], [2]], [[4], [4]]))).fail("host-0")
    assert plain.instance.rules == ()
    assert not (plain.solve().solution.host_index == 0).any()
    idle = vmopt.what_if(vmopt.solve(vmopt.Instance.from_arrays([[0], [2]], [[4], [4]]))).fail("host-0")
    assert len(idle.instance.rules) == 1
    assert not (idle.solve().solution.host_index == 0).any()
