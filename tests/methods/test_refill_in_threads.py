"""Tests of refills beside each other under rules: what was decided apart goes together, or is not taken."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from tests.rules.draws import MAKERS, instance
from vmopt.methods import greedy, neighbourhood
from vmopt.methods.ruled.mend import mend
from vmopt.methods.search import Search
from vmopt.options import Options
from vmopt.problem import compile

NAMES = sorted(name for name in MAKERS if not name.startswith("must"))


@pytest.mark.parametrize("seed", range(40))
def test_rules_hold(seed: int) -> None:
    """Tests three rules of any sort: the search refuses to offer what breaks one, and ends with what keeps them."""
    named = (NAMES[seed % len(NAMES)], NAMES[(3 * seed + 1) % len(NAMES)], "spread")
    cluster = instance(seed, *named, vms=24, hosts=10, elastic=False)
    n, problem = cluster.n_vms, compile(cluster)
    start = mend(problem, greedy.place(problem, np.arange(n), "first-fit", np.full(n, -1)))
    assert start is not None
    search = Search(cluster, Options(threads=2, gap=0.0, time_limit=60))
    search.offer(start, "greedy")
    neighbourhood.improve(search, steps=25)
    assert vmopt.verify(cluster, search.host_index) == ()
