"""Named tiny cases of every goal, on every exact backend and by `auto`, with levels known by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import vmopt
from tests.goals.claims import faults
from tests.thorough import sample
from vmopt import Balance, FewestHosts, MustRun, Penalties, Spread, Status, Utilisation

HOWS = ["auto", "cp-sat", "highs", "scip", "cbc"]
ALL = MustRun("vm-*")
Made = Callable[[], vmopt.Instance]


def made(demand: Any, capacity: Any, *levels: Any, rules: Any = (), slack: Any = 0.0, **named: Any) -> Made:
    """An instance to be made when its test runs."""
    objective = vmopt.Objective(levels=levels, slack=slack)
    return lambda: vmopt.Instance.from_arrays(demand, capacity, rules=rules, objective=objective, **named)


TWO = {"resources": ["cpu", "memory"]}
TABLE = Balance(kind="above", level=[[1], [3]])
CASES: dict[str, tuple[Made, list[float]]] = {
    "nothing fits": (made([[5]], [[4], [4]], Utilisation(), FewestHosts()), [0, 0]),
    "no capacity": (made([[1], [0]], [[0], [0]], Utilisation(), FewestHosts(), Balance()), [0, 0, 0]),
    "no host with the resource": (
        made([[1, 0]], [[2, 0]], Balance("memory"), Balance("memory", "spread"), Utilisation(), **TWO),
        [0, 0, 0.5],
    ),
    "one host": (made([[2], [2]], [[4]], Utilisation(), Balance(kind="spread"), FewestHosts()), [1, 0, 1]),
    "alike in every way": (made([[2]] * 4, [[4]] * 4, FewestHosts(), rules=[ALL]), [2]),
    "all have to run": (made([[3], [3], [2]], [[4], [8]], FewestHosts(), Balance(), rules=[ALL]), [1, 1]),
    "costs with decimals": (
        made([[1]] * 3, [[1]] * 4, FewestHosts(cost=[0.1, 0.2, 0.3, 0.7]), rules=[ALL]),
        [0.6],
    ),
    "costs of nothing": (
        made([[1]] * 2, [[2], [1], [1]], FewestHosts(cost=[1, 0, 0]), Balance(), rules=[ALL]),
        [0, 1],
    ),
    "the fullest": (made([[3], [2], [1]], [[4], [6]], Balance(), rules=[ALL]), [2 / 3]),
    "the fullest of two resources": (
        made([[4, 1], [1, 4]], [[8, 8], [8, 8]], Balance(), Balance("cpu", "spread"), rules=[ALL], **TWO),
        [0.5, 0.375],
    ),
    "the spread": (made([[2], [2], [1]], [[4], [4]], Balance(kind="spread"), rules=[ALL]), [0.25]),
    "above a part": (made([[4], [4], [1]], [[10], [10]], Balance(kind="above", level=0.5), rules=[ALL]), [0]),
    "above a table": (made([[2], [3]], [[9], [9]], TABLE, rules=[ALL]), [1]),
    "ratio": (
        made([[1, 3], [3, 1]], [[4, 4], [4, 4]], Balance(["cpu", "memory"], "ratio"), rules=[ALL], **TWO),
        [0],
    ),
    "fragments": (made([[3], [1]], [[4], [4]], Balance(kind="fragments", size=4), rules=[ALL]), [0]),
    "soft rules first": (
        made([[1]] * 3, [[9]], Penalties(), Utilisation(), rules=[Spread("vm-*", penalty=2.5)]),
        [0, 1 / 9],
    ),
    "soft rules second": (
        made([[1]] * 3, [[9]], Utilisation(), Penalties(), rules=[Spread("vm-*", penalty=2.5)]),
        [1 / 3, 5],
    ),
    "soft rules within": (
        made([[1]] * 3, [[9]], Utilisation(), FewestHosts(), rules=[Spread("vm-*", penalty=0.1)]),
        [3 / 9 - 0.2, 1],
    ),
    "soft must run": (
        made([[1]] * 3, [[1], [1]], Penalties(), FewestHosts(), rules=[MustRun("vm-*", penalty=0.1)]),
        [0.1, 2],
    ),
    "sum with weights": (
        made([[2]] * 2, [[4], [4]], FewestHosts() + 4 * Balance(), rules=[ALL]),
        [4],
    ),
    "utilisation within a sum": (
        made([[2], [2]], [[4], [4]], 0.1 * FewestHosts() + Utilisation()),
        [0.1 - 0.5],
    ),
    "utilisation last": (made([[2], [2]], [[2], [2]], FewestHosts(), Utilisation(), slack=[0, 0]), [0, 0]),
    "tiers first": (
        made([[3], [2], [2]], [[4], [4]], Utilisation("tiers"), FewestHosts(), priority=[5, 5, 1]),
        [5 / 8, 2 / 8, 2],
    ),
    "slack is used": (
        made([[4], [4], [1]], [[8], [8]], Utilisation(), FewestHosts(), slack=[0.15, 0]),
        [0.5, 1],
    ),
    "slack is used once": (
        made([[4], [3], [3]], [[4], [6]], Utilisation(), FewestHosts(), Balance(), slack=[0.4, 0, 0]),
        [0.6, 1, 1],
    ),
}


@pytest.mark.parametrize(("name", "how"), sample(CASES, HOWS))
def test_levels_are_those_known(name: str, how: str) -> None:
    """Tests that every level of a case is proven to be what it is known to be."""
    make, known = CASES[name]
    solution = solved(make(), how)
    assert [row.value for row in solution.levels] == pytest.approx(known, abs=1e-9)
    assert solution.status is Status.OPTIMAL
    assert not list(faults(solution, optimal=True))


def solved(instance: vmopt.Instance, how: str) -> vmopt.Solution:
    """Solve by `auto`, or exactly by a backend."""
    if how == "auto":
        return vmopt.solve(instance, gap=0, threads=1)
    return vmopt.solve(instance, method="exact", backend=how, gap=0, threads=1)


@pytest.mark.parametrize("how", HOWS)
def test_what_cannot_be_stays_infeasible(how: str) -> None:
    """Tests that levels do not hide that VMs that have to run cannot."""
    solution = solved(made([[3], [3]], [[4]], FewestHosts(), Balance(), rules=[ALL])(), how)
    assert solution.status is Status.INFEASIBLE
    assert solution.levels == ()
