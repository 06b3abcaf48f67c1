"""VMs that moved go back to where they run now, as long as there is time."""

from __future__ import annotations

import time

import numpy as np

from vmopt import Instance
from vmopt.methods.change.home import gone_home
from vmopt.problem import compile


def test_nobody_goes_home_once_time_is_up() -> None:
    cluster = compile(Instance.from_arrays([[1]] * 50, [[60], [60]], current=[0] * 50))
    away, cost = np.ones(50, dtype=np.int64), np.ones(50)
    assert gone_home(cluster, away, cost, time.perf_counter() - 1).tolist() == away.tolist()
    assert gone_home(cluster, away, cost).tolist() == [0] * 50
