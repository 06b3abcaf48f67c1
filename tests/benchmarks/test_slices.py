"""Slices of GPUs: what is accepted one by one, and at most."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import vmopt
from benchmarks.slices import ONLINE, PROFILES, acceptance, accepted_online, cluster, stream

TINY = ["1g.5gb", "3g.20gb", "2g.10gb", "4g.20gb", "7g.40gb", "1g.10gb"]


def _fits(profiles: list[str]) -> bool:
    """Whether one GPU can hold all of these, by trying every start of each."""
    for starts in product(*(PROFILES[name][1] for name in profiles)):
        pairs = zip(profiles, starts, strict=True)
        slots = [slot for name, at in pairs for slot in range(at, at + PROFILES[name][0])]
        if len(slots) == len(set(slots)):
            return True
    return False


@pytest.mark.parametrize("worth", ["requests", "slots"])
def test_the_most_is_that_of_trying_everything(worth: str) -> None:
    """Tests six requests on two GPUs against all ways to deal them."""
    values = [PROFILES[name][0] if worth == "slots" else 1 for name in TINY]
    best = 0
    for hosts in product((-1, 0, 1), repeat=len(TINY)):
        if all(_fits([name for name, host in zip(TINY, hosts, strict=True) if host == gpu]) for gpu in (0, 1)):
            best = max(best, sum(value for value, host in zip(values, hosts, strict=True) if host >= 0))
    solution = vmopt.solve(cluster(TINY, 2, worth), threads=1, time_limit=20)
    assert solution.status.value == "optimal"
    assert sum(value for value, host in zip(values, solution.host_index, strict=True) if host >= 0) == best


def test_one_by_one_is_no_better() -> None:
    """Tests a stream that asks for more than there is."""
    requests = stream(6, 1.2, seed=1)
    solution = vmopt.solve(cluster(requests, 6, "slots"), threads=1, time_limit=20)
    most = acceptance(requests, solution.host_index >= 0)[1]
    for choose in ONLINE.values():
        accepted = accepted_online(requests, 6, choose)
        assert acceptance(requests, accepted)[1] <= most
        held = np.array([PROFILES[name][0] for name in requests])[accepted].sum()
        assert held <= 6 * 8


def test_streams_ask_for_so_much() -> None:
    """Tests the load, and that a seed draws the same again."""
    requests = stream(10, 1.5, seed=3)
    assert requests == stream(10, 1.5, seed=3)
    assert 120 <= sum(PROFILES[name][0] for name in requests) < 128
