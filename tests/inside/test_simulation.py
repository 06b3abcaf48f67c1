"""Simulations whose requests ask for pieces, by a rule in columns."""

import random

import numpy as np
import pytest

import vmopt
from tests.inside.brute import lands
from vmopt import VM, Host, Pieces

TWO = {"gpu": [{"milli": 1000}] * 2}


@pytest.mark.parametrize("policy", ["fcfs", "backfill"])
@pytest.mark.parametrize("seed", range(8))
def test_whoever_runs_has_landed(policy: str, seed: int) -> None:
    draw = random.Random(seed)
    sizes = [draw.choice([300, 400, 500, 600, 700, 1000]) for _ in range(14)]
    pieces = {str(size): [Pieces("gpu", 1, {"milli": size})] for size in sizes}
    rule = vmopt.Inside([str(size) for size in sizes], pieces, ["two"] * 2, {"two": TWO})
    arrival, duration = ([draw.randint(low, high) for _ in sizes] for low, high in ((0, 8), (1, 6)))
    requests = vmopt.Requests.from_arrays(arrival, [[1]] * 14, duration=duration, resources=["cpu"], rules=[rule])
    timeline = vmopt.simulate([Host(f"h{n}", {"cpu": 50}) for n in range(2)], requests, policy=policy)
    host, crowd = Host("h", {"cpu": 50}, parts=TWO), 0
    for moment in range(20):
        _, at = timeline.snapshot(moment + 0.5)
        for h in range(2):
            on = np.flatnonzero(at == h)
            crowd = max(crowd, len(on))
            assert lands(host, [VM(f"v{i}", {"cpu": 1}, pieces=pieces[str(sizes[i])]) for i in on])
    assert crowd > 1
    assert not timeline.rejected.any()
