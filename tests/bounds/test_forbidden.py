"""Bounds by prices where rules forbid hosts: above the best placement, whatever hosts are alike in."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from tests.rules import draws
from tests.rules.brute import feasible, value
from vmopt.rules import Transient

RULES = sorted(draws.MAKERS | draws.MOVES)


@pytest.mark.parametrize("name", RULES)
def test_no_prices_prove_less_than_there_is(name: str) -> None:
    """Tests hosts that have the same price, of which a rule forbids some to one VM and others to another."""
    rng = np.random.default_rng(3)
    for seed in range(150 if name in draws.MOVES else 30):
        instance = draws.instance(seed, name, elastic=False, vms=4, hosts=4)
        best = max((value(instance, at) for at in feasible(instance)), default=0.0)
        shape = (len(instance.host_classes), len(instance.resources))
        for prices in (np.zeros(shape), np.tile(rng.integers(0, 3, shape[1]) / 2, (shape[0], 1)), rng.random(shape)):
            assert vmopt.verify_bound(instance, prices) >= best - 1e-9, seed


def test_who_may_stay_alone_may_stay() -> None:
    """Tests two equal hosts, each of which only who runs there now may run on."""
    cluster = vmopt.Instance.from_arrays(
        [[4], [4]], [[5], [5]], current=[0, 1], resources=["disk"], transient="disk", rules=[Transient()]
    )
    assert vmopt.verify_bound(cluster, np.zeros((2, 1))) == pytest.approx(0.8)
    assert vmopt.solve(cluster, threads=1).n_placed == 2
