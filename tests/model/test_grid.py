"""Grids: floats count as what people mean by them, and what is rounded is said."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vmopt
from tests.thorough import few
from vmopt import io
from vmopt.errors import RoundingWarning
from vmopt.model import Instance
from vmopt.model.readings import SINGLE, read

rounds = pytest.mark.filterwarnings("ignore::vmopt.errors.RoundingWarning")
OF = Instance.from_arrays
MIXTURES = {
    "thirds beside digits": ([[1 / 3], [np.pi], [0.1]], [[1], [np.e]]),
    "multiples of one step": ([[np.pi], [2 * np.pi]], [[3 * np.pi]]),
    "digits": (np.random.default_rng(1).random((50, 1)) * 64, [[256], [100.1]]),
    "single digits": (np.random.default_rng(1).random((50, 1)).astype(np.float32), [[2]]),
    "gibibytes": ([[12345678 / 2**20], [0.75]], [[16]]),
    "many decimals": ([[0.123456789012], [0.5]], [[1]]),
    "tiny and huge": ([[1e-200], [0.3]], [[2.0**50]]),
}
FITS = {
    "a binary fraction": ([[100 / 1024]], [[100 / 1024]]),
    "thirds": ([[1 / 3]] * 3, [[1]]),
    "sevenths": ([[1 / 7], [2 / 7], [4 / 7]], [[1]]),
    "single precision": (np.full((10, 1), 0.1, dtype=np.float32), [[1]]),
    "single precision among others": ([[np.float32(0.1)]] * 5 + [[0.5]], [[1]]),
    "single precision, on double": (np.float32([[0.7]]), [[0.7]]),
    "tenths": ([[0.1]] * 10, [[1.0]]),
    "a sum of decimals": ([[0.1], [0.2]], [[0.3]]),
    "a sum added up by floats": ([[0.1 + 0.2]], [[0.3]]),
    "a capacity added up by floats": ([[0.1]] * 100, [[sum([0.1] * 100)]]),
    "no simple number": ([[np.pi]], [[np.pi]]),
    "no simple numbers": ([[np.pi], [np.e]], [[np.pi], [np.e]]),
    "three times a number that is not simple": ([[np.pi]] * 3, [[3 * np.pi]]),
    "tenths beside what is not simple": ([[0.1]] * 10 + [[np.pi], [np.e]], [[1], [np.pi], [np.e]]),
    "thirds beside what is not simple": ([[1 / 3]] * 3 + [[np.pi], [np.e]], [[1], [np.pi], [np.e]]),
}


@rounds
@pytest.mark.parametrize("name", FITS)
def test_equal_amounts_fit(name: str) -> None:
    """Tests that amounts that fill a host exactly, as people count, are all placed."""
    demand, capacity = FITS[name]
    cluster = OF(demand, capacity)
    assert vmopt.solve(cluster, time_limit=5, threads=1).unplaced == ()


@rounds
@settings(max_examples=few(50))
@given(st.floats(1e-12, 1e12), st.sampled_from([np.float64, np.float32]), st.lists(st.floats(0, 1e6), max_size=3))
def test_equal_numbers_never_conflict(amount: float, dtype: Any, others: list[float]) -> None:
    """Tests that any amount fits a host that offers as much, whatever else there is."""
    demand = np.array([[amount], *([other] for other in others)], dtype=dtype)
    cluster = OF(demand, demand[:1])
    assert cluster.demand[0, 0] <= cluster.capacity[0, 0]


@settings(max_examples=few(50))
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 5)), min_size=1, max_size=8))
def test_sums_of_decimals_fit(decimals: list[tuple[int, int]]) -> None:
    """Tests that decimals fit a host that offers their sum, added up by floats or exactly."""
    demand = [n / 10**digits for n, digits in decimals]
    exact = sum(n * 10 ** (5 - digits) for n, digits in decimals) / 10**5
    for capacity in (exact, sum(demand), float(np.sum(demand))):
        cluster = OF([[amount] for amount in demand], [[capacity]])
        assert cluster.demand.sum() == cluster.capacity.item()


@settings(max_examples=few(50))
@given(st.integers(1, 40), st.integers(0, 1000))
def test_fractions_of_small_denominator_are_exact(denominator: int, numerator: int) -> None:
    """Tests that n/q counts as that, in double and in single precision."""
    for dtype in (np.float64, np.float32):
        cluster = OF(np.array([[numerator % (2 * denominator) / denominator]], dtype=dtype), [[2]])
        assert cluster.demand.item() * denominator == numerator % (2 * denominator) * cluster.scale.item()


def test_the_smallest_scale_is_taken() -> None:
    """Tests that what decimals and fractions have in common is divided out."""
    cluster = OF([[0.25, 0.5, 1 / 3], [0.75, 1.5, 0.1]], [[2, 3, 4]])
    assert cluster.scale.tolist() == [4, 2, 30]


def test_single_precision_is_judged_by_itself() -> None:
    """Tests that the reading of a float depends on its precision."""
    tenth = np.array([float(np.float32(0.1)), 0.5, 0.3])
    assert read(tenth[:2]).best.tolist() == [10, 2]
    assert read(tenth[:1], SINGLE).best.tolist() == [10]


@pytest.mark.parametrize("name", MIXTURES)
def test_amounts_survive_every_way_back(name: str, tmp_path: Path) -> None:
    """Tests that replace, JSON and CSV give the same instance again, and that it is not rounded a second time."""
    demand, capacity = MIXTURES[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RoundingWarning)
        cluster = OF(demand, capacity)
    io.write_json(cluster, tmp_path / "c.json")
    io.write_csv(cluster, tmp_path / "hosts.csv", tmp_path / "vms.csv")
    for again in (
        cluster.replace(),
        io.read_json(tmp_path / "c.json"),
        io.read_csv(tmp_path / "hosts.csv", tmp_path / "vms.csv"),
    ):
        assert again.scale.tolist() == cluster.scale.tolist()
        assert again.demand.tolist() == cluster.demand.tolist()
        assert again.capacity.tolist() == cluster.capacity.tolist()


def test_one_warning_tells_all() -> None:
    """Tests that one warning names every resource that was rounded, by how much, and how to avoid it."""
    rng = np.random.default_rng(0)
    with pytest.warns(RoundingWarning) as caught:
        cluster = OF(rng.random((5, 3)) * [1, 1000, 1], [[4, 1000, 4]], resources=["cpu", "memory", "gpu"])
    (warning,) = caught
    message = str(warning.message)
    assert all(f"{name!r} by at most " in message for name in cluster.resources)
    assert "To avoid this" in message
    assert warning.filename == __file__


def test_what_is_rounded_is_rounded_finely() -> None:
    """Tests that no amount is off by more than a part of 10^8 of the largest."""
    given = np.random.default_rng(0).random((100, 1)) * 100
    with pytest.warns(RoundingWarning):
        cluster = OF(given, [[250]])
    units = cluster.demand / cluster.scale
    assert (units >= given).all()
    assert (units - given).max() < 1e-6
