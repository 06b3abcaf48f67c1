"""Values add up exactly, class by class as well as one by one."""

from __future__ import annotations

from math import fsum

import numpy as np
import pytest

import vmopt
from vmopt.metrics import value_of


@pytest.mark.parametrize("seed", range(5))
def test_values_of_classes_add_up_exactly(seed: int) -> None:
    """Tests that sums of few values that each count often are the doubles next to what all of them add up to."""
    rng = np.random.default_rng(seed)
    kinds = np.concatenate([rng.random(6) * 10.0 ** rng.integers(-30, 30, 6), [0.0, 0.1, 5e-324, 1e300]])
    value = kinds[rng.integers(len(kinds), size=2000)]
    cluster = vmopt.Instance.from_arrays(np.ones((2000, 1), dtype=np.int64), [[2000]], value=value)
    for host_index in (np.zeros(2000, dtype=np.int64), rng.integers(-1, 1, 2000), np.full(2000, -1)):
        assert value_of(cluster, host_index) == fsum(value[host_index >= 0])
