"""Who of VMs that are alike stays where it runs."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest

from vmopt.problem.stay import staying


@pytest.mark.parametrize("of", [(0, 0, 0), (1, 0, 1), (1, 0, 0)])
def test_as_many_stay_as_can(of: tuple[int, ...]) -> None:
    """Tests on all placements of three VMs that counts stay as they are, as few as can be move, and few are stopped."""
    placements = list(itertools.product(range(-1, 2), repeat=len(of)))
    for before, after in itertools.product(placements, placements):
        dealt = staying(np.array(of), np.array(before), np.array(after)).tolist()
        were, wanted, are = (Counter(zip(of, hosts, strict=True)) for hosts in (before, after, dealt))
        assert are == wanted
        seats = Counter(c for c, host in zip(of, after, strict=True) if host >= 0)
        ran = Counter(c for c, host in zip(of, before, strict=True) if host >= 0)
        pairs = list(zip(before, dealt, strict=True))
        same = {key: min(were[key], wanted[key]) for key in wanted if key[1] >= 0}
        assert sum(old == new >= 0 for old, new in pairs) == sum(same.values())
        assert sum(old >= 0 and new >= 0 for old, new in pairs) == sum((seats & ran).values())
