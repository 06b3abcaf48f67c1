"""Tests of valuable VMs that take the places of others, under rules."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from tests.rules.draws import MAKERS, instance
from vmopt.methods import greedy
from vmopt.methods.ruled.evict import evict
from vmopt.methods.ruled.mend import mend
from vmopt.problem import compile

NAMES = sorted(MAKERS)
MONOTONE = ["alone", "apart", "ban", "empty", "fence", "quota", "spread"]


@pytest.mark.parametrize("seed", range(40))
def test_never_a_loss(seed: int) -> None:
    """Tests that capacity holds, that more is placed in value, and that rules hold where VMs may leave one by one."""
    cluster = instance(seed, MONOTONE[seed % 7], MONOTONE[seed % 5], vms=10, hosts=4, elastic=False)
    dice = np.random.default_rng(seed)
    order = dice.permutation(cluster.n_vms)
    start = greedy.place(compile(cluster), order, "first-fit", np.full(cluster.n_vms, -1))
    found = evict(compile(cluster), start)
    assert vmopt.verify(cluster, found) == ()
    assert cluster.value[found >= 0].sum() >= cluster.value[start >= 0].sum() - 1e-9


@pytest.mark.parametrize("seed", range(40))
def test_what_is_left_is_mended(seed: int) -> None:
    """Tests with rules of any sort that a placement that keeps them is left once broken ones are mended."""
    cluster = compile(instance(seed, *NAMES[seed % 13 :][:2], vms=10, hosts=4, elastic=False))
    found = mend(cluster, evict(cluster, np.full(cluster.n_vms, -1)))
    assert found is None or vmopt.verify(cluster.instance, found) == ()


def test_the_least_valuable_leave() -> None:
    """Tests that of two hosts that may take a VM the one is chosen where it costs less, and no more VMs leave it."""
    rules = [vmopt.Ban("vm-0", "host-2")]
    values = [9, 5, 1, 2, 1]
    cluster = vmopt.Instance.from_arrays([[2], [2], [1], [1], [1]], [[2], [3], [2]], value=values, rules=rules)
    assert evict(compile(cluster), np.array([-1, 0, 1, 1, 1])).tolist() == [1, 0, -1, 1, -1]


def test_time_over() -> None:
    """Tests that nothing is done once time is up."""
    cluster = compile(vmopt.Instance.from_arrays([[2], [2]], [[2]], value=[2, 1], rules=[vmopt.Quota(1)]))
    assert evict(cluster, np.array([-1, 0]), stop=0.0).tolist() == [-1, 0]
