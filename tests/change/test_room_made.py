"""Room that others make: where it is looked for, and how few move for it."""

from __future__ import annotations

import numpy as np

import vmopt
from tests.patience import PATIENCE
from vmopt.methods.change.parameters import ChangeParameters
from vmopt.methods.change.squeeze import squeezed
from vmopt.problem import compile


def test_hosts_with_what_is_scarce_make_room() -> None:
    """Tests that room is found on the two hosts that have cpu left, not on those with some of everything."""
    demand = [[50, 10], [30, 0], [30, 10], *[[99, 1]] * 20, [40, 0]]
    at = np.array([0, 0, 1, *range(2, 22), -1])
    capacity = [[100, 10], [50, 10], *[[100, 90]] * 20]
    cluster = compile(vmopt.Instance.from_arrays(demand, capacity, current=at))
    for seed in range(20):
        found = squeezed(
            cluster, at, np.array([23]), parameters=ChangeParameters(first_hosts=2, most_hosts=2), seed=seed
        )
        assert (found >= 0).all(), seed
        assert np.array_equal(found[3:23], at[3:23])


def test_a_host_that_fails_in_a_full_cluster_moves_few() -> None:
    """Tests that who has to leave finds room where few others move, though any other placement may be as good."""
    cluster = vmopt.generate("flavor", hosts=60, load=1.3, seed=1)
    before = vmopt.solve(cluster, threads=1, time_limit=PATIENCE)
    evacuees = int((before.host_index == 3).sum())
    after = vmopt.what_if(before).fail("host-3").solve(threads=1, time_limit=PATIENCE)
    assert after.solution.gap <= 1e-4
    assert 0 < len(after.moves) <= 5 * evacuees
