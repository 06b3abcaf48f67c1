"""How large the class relaxation would be, told before it is built."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

import vmopt
from vmopt.formulation.class_relaxation import class_relaxation
from vmopt.methods.relaxation import RelaxationParameters, beyond_reach
from vmopt.problem import compile
from vmopt.status import Limit

POOLS = 6


def pools() -> vmopt.Instance:
    """Make pools of one host each, with VMs of their own, and pairs that stay apart."""
    pool = np.arange(3 * POOLS) % POOLS
    fences = [vmopt.Fence(np.where(pool == k, 0, -1), f"host-{k}") for k in range(POOLS)]
    apart = vmopt.Apart(["vm-0"], ["vm-1"])
    return vmopt.Instance.from_arrays([[2]] * len(pool), [[9 + k] for k in range(POOLS)], rules=[*fences, apart])


@pytest.mark.parametrize(("spare", "limit"), [(0, None), (-1, Limit.MEMORY)])
def test_pairs_that_rules_allow_count(spare: int, limit: Limit | None) -> None:
    """Tests that the pairs which fences leave count, not all, and that rules without limits count for nothing."""
    problem = compile(pools())
    n_columns = class_relaxation(problem).program.n_columns
    assert n_columns < len(problem.vms) * len(problem.hosts) / 2
    parameters = RelaxationParameters(most_entries=2 * n_columns + spare)
    assert beyond_reach(problem, inf, parameters) is limit
    assert beyond_reach(problem, inf, RelaxationParameters(2 * n_columns, most_looked_at=1)) is Limit.MEMORY


def test_time_is_told_by_the_same_pairs() -> None:
    """Tests that what can be built in time is, and nothing else."""
    problem = compile(pools())
    entries = 2 * class_relaxation(problem).program.n_columns
    assert beyond_reach(problem, 1.0, RelaxationParameters(entries_per_second=entries)) is None
    assert beyond_reach(problem, 0.9, RelaxationParameters(entries_per_second=entries)) is Limit.TIME
