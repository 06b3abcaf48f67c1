"""The core of a program with rules: at any prices of capacity and rules, no best placement is left out."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import vmopt
from tests.bounds.test_rule_prices import PRICED, drawn
from tests.rules.brute import best, feasible, worth
from tests.rules.draws import MAKERS, instance
from tests.rules.points import Points, counted
from vmopt import verify_bound
from vmopt.bounds import RulePrices
from vmopt.formulation.assignment import assignment
from vmopt.formulation.core import core
from vmopt.formulation.symmetry import in_order
from vmopt.problem import compile


def priced(cluster: vmopt.Instance, seed: int) -> tuple[Any, RulePrices | None]:
    """Prices of the relaxation, that leave a small gap, or any prices."""
    if seed % 3:
        relaxation = vmopt.relax(cluster, threads=1)
        return relaxation.prices, relaxation.rule_prices
    return drawn(cluster, np.random.default_rng(seed))


@pytest.mark.parametrize("name", MAKERS)
def test_the_best_placements_are_points_of_the_core(name: str) -> None:
    """Tests that what is as good as the best stays in, however tight the gap and absurd the prices."""
    for seed in range(40):
        dice = random.Random(seed)
        cluster = instance(seed, name, dice.choice([*PRICED, "must-run"]), elastic=False)
        most, problem = best(cluster), compile(cluster)
        if most is None:
            continue
        prices, of_rules = priced(cluster, seed)
        model = assignment(problem)
        program = core(model, prices, verify_bound(cluster, prices, of_rules) - most, of_rules)
        points = Points(program, model.columns.n_pairs, model.n_own)
        for at in feasible(cluster):
            if worth(cluster, at) >= most:
                named = in_order(problem, np.array(at)) if model.ordered else at
                counts = counted(model.columns, model.vms.of, named)
                assert counts is not None, at
                assert counts in points, (cluster.rules, at, prices, of_rules)


def test_prices_of_rules_narrow_the_core() -> None:
    """Tests that a VM that pays more to a quota than it is worth, and less to capacity, stays out."""
    quota = vmopt.Quota(2)
    cluster = vmopt.Instance.from_arrays([[2]] * 4, [[20]], value=[9, 8, 1, 2], rules=[quota])
    relaxation, model = vmopt.relax(cluster, threads=1), assignment(compile(cluster))
    program = core(model, relaxation.prices, relaxation.bound - 17, relaxation.rule_prices)
    worthless = np.isin(model.vms.value[model.columns.vm_class], model.vms.value.min())
    assert program.upper[: model.columns.n_pairs][worthless].tolist() == [0]
