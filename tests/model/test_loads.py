"""Loads are exact sums, whatever their size."""

from __future__ import annotations

import numpy as np
import pytest

from vmopt.model.loads import loads


@pytest.mark.parametrize("size", [1, 2**20, 2**52, 2**60])
def test_sums_are_exact(size):
    """Tests that no digit is lost where amounts, or their sums, are more than doubles can tell apart."""
    rng = np.random.default_rng(size % 97)
    amounts, host_index = size + rng.integers(0, 9, (4, 2)), np.array([1, -1, 1, 2])
    expected = [[sum(int(amounts[i, k]) for i in range(4) if host_index[i] == h) for k in range(2)] for h in range(4)]
    assert loads(amounts, host_index, 4).tolist() == expected


def test_nothing_is_placed():
    """Tests that hosts without VMs, and clusters without any, have loads of nothing."""
    assert loads(np.ones((2, 1), dtype=np.int64), np.array([-1, -1]), 3).tolist() == [[0], [0], [0]]
    assert loads(np.ones((0, 2), dtype=np.int64), np.zeros(0, dtype=np.int64), 2).tolist() == [[0, 0], [0, 0]]
