"""The seven problems of OR-Library's mknap1: one host, published optima."""

from __future__ import annotations

import pytest

import vmopt
from tests.io.data import published


@pytest.mark.parametrize("backend", ["cp-sat", "highs", "scip", "cbc"])
@pytest.mark.parametrize("number", range(7))
def test_published_optimum(number: int, backend: str) -> None:
    """Tests that every exact backend reaches and proves the published optimum."""
    instance, optimum = vmopt.io.read_mknap(published("mkp_orlib", "mknap1.txt"))[number]
    solution = vmopt.solve(instance, method="exact", backend=backend, gap=0, threads=1)
    assert solution.status is vmopt.Status.OPTIMAL
    assert solution.objective == pytest.approx(optimum, rel=1e-9)
