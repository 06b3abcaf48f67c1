"""Claims: what is found wrong, and what is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import vmopt
from benchmarks.claims import bound_holds
from benchmarks.statistics.standing import standings, wrong_claims
from tests.benchmarks.rows import row


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, ()),
        ({"status": "optimal", "objective": 9.9995}, ()),
        ({"status": "error", "verified": False}, ()),
        ({"bound": None, "bound_verified": None}, ()),
        ({"verified": False}, ("its placement does not fit",)),
        ({"bound_verified": False}, ("what it gives as proof does not prove its bound of 10",)),
        ({"bound": 9.4}, ("its bound is 9.4, but 9.5 is reached",)),
        ({"status": "optimal"}, ("it calls 9 optimal, but 9.5 is reached",)),
    ],
)
def test_wrong_claims(changes: dict[str, Any], wrong: tuple[str, ...]) -> None:
    """Tests that claims are held against the best placement of any method, and against their own proof."""
    claims = row(**changes)
    standing = standings([claims, row(method="exact", objective=9.5)])[claims.problem]
    assert wrong_claims(claims, standing) == wrong


def test_published_objectives_contradict_bounds() -> None:
    """Tests that a bound below the best known objective is wrong, and does not count as known."""
    claims = row(best_known=11.0)
    standing = standings([claims, row(method="exact", bound=12.0, best_known=11.0)])[claims.problem]
    assert standing.bound == 12.0
    assert wrong_claims(claims, standing) == ("its bound is 10, but 11 is reached",)
    assert standing.gap_to_best_known(claims) == pytest.approx(2 / 11)


def test_bounds_are_recomputed() -> None:
    """Tests that a bound holds if its proof proves it, and not if it is stated too low."""
    cluster = vmopt.generate("flavor", hosts=3, seed=1)
    solution = vmopt.solve(cluster, method="greedy-priority")
    assert bound_holds(cluster, solution) is True
    too_low = replace(solution, certificate=replace(solution.certificate, value=0.99 * solution.bound))
    assert bound_holds(cluster, too_low) is False


def test_bounds_of_backends_are_their_word() -> None:
    """Tests that a bound that only a backend claims cannot be recomputed."""
    cluster = vmopt.generate("large", hosts=2, seed=0)
    solution = vmopt.solve(cluster, method="exact", backend="cp-sat", threads=1)
    assert solution.bound_by == "cp-sat"
    assert bound_holds(cluster, solution) is None
