"""The translations against what the rules mean: which counts of a program are points of it."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from tests.rules.brute import fits, placements
from tests.rules.draws import MAKERS, instance
from tests.rules.meaning import holds
from tests.rules.points import Points, counted
from vmopt.formulation.assignment import assignment
from vmopt.formulation.columns import Columns
from vmopt.formulation.linear_program import LinearProgram
from vmopt.formulation.rows import SUPPLY, supply_rows
from vmopt.formulation.ruled import with_rules
from vmopt.formulation.symmetry import in_order
from vmopt.problem import compile

SEEDS = range(22)
PAIRS = range(60)
PARTS = range(60)
TRUSTING = {"skew", "gather", "near", "fence", "ban", "empty"}
"""Rules whose translation takes it for granted that the VMs outside are where they may be."""


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("name", MAKERS)
def test_points_are_the_placements_that_keep_the_rule(name: str, plain: bool) -> None:
    """Tests that a placement, its identical hosts in order, is a point iff it fits and keeps the rule."""
    for seed in SEEDS:
        check_points(instance(seed, name, elastic=False if plain else None), plain)


def test_points_of_two_rules_that_meet() -> None:
    """Tests the same of any two rules at once, one after the other in the program."""
    dice = random.Random(1)
    for seed in PAIRS:
        check_points(instance(seed, *dice.choices(list(MAKERS), k=2)), plain=False)


@pytest.mark.parametrize("name", MAKERS)
def test_points_with_vms_outside(name: str) -> None:
    """Tests that what is put on some hosts is a point iff it keeps the rule together with the VMs that stay."""
    for seed in PARTS:
        cluster = instance(seed, name, elastic=False)
        dice = random.Random(seed)
        stays = [dice.random() < 0.5 for _ in range(cluster.n_vms)]
        outside = np.array([dice.randrange(cluster.n_hosts) if stay else -1 for stay in stays])
        together = [at for at in placements(cluster) if (np.array(at)[stays] == outside[stays]).all()]
        if name not in TRUSTING or any(holds(cluster.rules[0], cluster, at) for at in together):
            hosts = {h for h in range(cluster.n_hosts) if dice.random() < 0.7}
            check_part(cluster, outside, outside < 0, hosts, together)
            if name != "must-run":
                some = np.array([not stay and dice.random() < 0.7 for stay in stays])
                check_part(cluster, outside, some, hosts, together)


def check_points(cluster: Any, plain: bool) -> None:
    problem = compile(cluster)
    model = assignment(problem, plain=plain)
    points = Points(model.program, model.columns.n_pairs, model.n_own)
    assert model.program.matrix.data.all()
    for at in placements(cluster):
        named = in_order(problem, np.array(at)) if model.ordered else at
        counts = counted(model.columns, model.vms.of, named)
        expected = fits(cluster, at) and all(holds(rule, cluster, at) for rule in cluster.rules)
        assert expected == (counts is not None and counts in points), (cluster.rules, at)


def check_part(cluster: Any, outside: Any, hand: Any, hosts: set[int], together: list[Any]) -> None:
    """Compare the points of a program with the placements that put VMs in hand on these hosts, and leave the others."""
    problem, program, columns = compile(cluster), *part(cluster, outside, hand, hosts)
    points = Points(program, columns.n_pairs, program.n_columns - columns.n_pairs)
    for at in together:
        put = np.where(outside < 0, at, -1)
        if set(put[put >= 0].tolist()) <= hosts and (put[~hand] < 0).all():
            counts = counted(columns, problem.vms.of, put)
            expected = all(holds(rule, cluster, at) for rule in cluster.rules)
            assert expected == (counts in points), (cluster.rules, at, outside, hosts)


def part(cluster: Any, outside: Any, hand: Any, hosts: set[int]) -> tuple[LinearProgram, Columns]:
    """Make the program of the rules alone for the VMs in hand on these hosts."""
    problem = compile(cluster)
    vms = problem.vms
    columns = Columns.of(vms, np.full_like(problem.capacity, 100))
    columns = columns.kept(np.isin(columns.where, list(hosts)))
    supply = np.bincount(vms.of[hand], minlength=len(vms))
    upper = supply[columns.vm_class]
    program = LinearProgram.of_blocks(
        np.ones(len(columns)), {SUPPLY: supply_rows(vms, columns)}, upper=upper, integer=np.ones(len(columns), bool)
    )
    return with_rules(problem, program, vms, columns, upper, outside, supply), columns
