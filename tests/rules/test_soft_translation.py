"""The translations of soft rules: the best that a point of given counts can be is what the placement is worth."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from tests.rules.brute import broken, placements
from tests.rules.draws import MAKERS, instance, softened
from tests.rules.points import Points, counted
from tests.rules.test_translation import part
from tests.rules.violations import cost
from vmopt.problem import compile

PENALTY = 1.5
MOST_OWN = 1 << 14
SEEDS = range(40)


@pytest.mark.parametrize("name", MAKERS)
def test_a_point_costs_what_the_placement_breaks(name: str) -> None:
    """Tests that with VMs that stay, breaking more or less costs as much more or less, whatever is put where."""
    compared = 0
    for seed in SEEDS:
        cluster = soft(seed, name)
        dice = random.Random(seed)
        stays = [dice.random() < 0.4 for _ in range(cluster.n_vms)]
        outside = np.array([dice.randrange(cluster.n_hosts) if stay else -1 for stay in stays])
        hosts = {h for h in range(cluster.n_hosts) if dice.random() < 0.7}
        constants = {round(constant, 9) for constant in differences(cluster, outside, hosts)}
        assert len(constants) <= 1, (seed, cluster.rules, outside, hosts)
        compared += len(constants)
    assert compared > len(SEEDS) / 3


@pytest.mark.parametrize("name", MAKERS)
def test_without_vms_outside_there_is_no_constant(name: str) -> None:
    """Tests that the cost of a point is the penalty of the placement where all VMs are to be put."""
    for seed in SEEDS:
        cluster = soft(seed, name)
        nobody = np.full(cluster.n_vms, -1)
        assert all(abs(c) < 1e-9 for c in differences(cluster, nobody, set(range(cluster.n_hosts))))


def soft(seed: int, name: str) -> Any:
    cluster = instance(seed, name, elastic=False, vms=3)
    return cluster.replace(rules=[softened(cluster.rules[0], PENALTY)])


def differences(cluster: Any, outside: Any, hosts: set[int]) -> Any:
    """What placements lose, less what their points do: those that put VMs in hand on these hosts, and leave others."""
    program, columns = part(cluster, outside, outside < 0, hosts)
    n_own = program.n_columns - columns.n_pairs
    if np.prod(program.upper[columns.n_pairs :] + 1) > MOST_OWN:
        return
    points, vm_class = Points(program, columns.n_pairs, n_own), compile(cluster).vms.of
    for at in placements(cluster):
        put = np.where(outside < 0, at, -1)
        there = (np.array(at)[outside >= 0] == outside[outside >= 0]).all() and set(put[put >= 0].tolist()) <= hosts
        if there and not broken(cluster, at):
            counts = counted(columns, vm_class, put)
            assert counts in points, (cluster.rules, at)
            yield cost(cluster, at) - (counts.sum() - points.best(counts))
