"""Backends print nothing, on any level; solvers write to the file descriptors, past sys.stdout."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from tests.backends.programs import CASES, hard
from vmopt.backends import Backend, Capability, LPOptions, backends
from vmopt.formulation.linear_program import LinearProgram


def stubborn(seed: int) -> LinearProgram:
    """Rows of huge numbers, on which HiGHS repairs points and prints that it does."""
    rng = np.random.default_rng(seed)
    rows = rng.integers(2**30, 2**36, (3, 40)).astype(float)
    return LinearProgram.with_upper_rows(
        rng.integers(1, 1000, 40),
        sparse.csr_array(rows),
        np.floor(rows.sum(axis=1) * 0.4),
        upper=np.ones(40),
        integer=True,
    )


def test_solving_prints_nothing(backend: Backend, capfd: pytest.CaptureFixture[str]) -> None:
    """Tests that solved, hopeless and interrupted programs leave stdout and stderr empty."""
    integer = Capability.INTEGER in backend.capabilities
    for name in ("counts", "parity") if integer else ("two rows", "rows exclude each other"):
        backend.solve(CASES[name].program, LPOptions())
    if integer:
        backend.solve(hard(), LPOptions(time_limit=0.5, gap=0.0))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("seed", range(3))
def test_highs_prints_nothing_even_where_it_repairs_points(seed: int, capfd: pytest.CaptureFixture[str]) -> None:
    """Tests programs of a kind on which HiGHS prints although it was told not to."""
    from vmopt.backends.math_opt.backend import highs

    highs().solve(stubborn(seed), LPOptions(time_limit=2.0, gap=0.0))
    assert capfd.readouterr() == ("", "")


def test_listing_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """Tests that finding out what is available is silent."""
    backends()
    assert capfd.readouterr() == ("", "")
