"""Contradictions against all placements of tiny instances, and on large ones."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from tests.rules.contradictory import draw, placements
from vmopt.rules.contradictions import find_limits
from vmopt.rules.contradictions.case import Case

BLOCK = 40


@pytest.mark.parametrize("start", range(0, 10 * BLOCK, BLOCK))
def test_nothing_that_is_possible_is_refused(start: int) -> None:
    """Tests that a fatal one means no placement, and that VMs said never to run run in none."""
    for seed in range(start, start + BLOCK):
        instance = draw(seed)
        possible = placements(instance)
        if len(possible):
            assert not any(found.fatal for found in vmopt.contradictions(instance)), seed
            runs = (possible >= 0).any(axis=0)
            assert not (vmopt.never_runs(instance) & runs).any(), seed


@pytest.mark.parametrize("start", range(0, 4 * BLOCK, BLOCK))
def test_limits_hold_for_every_placement(start: int) -> None:
    """Tests that no placement runs more of a group than a contradiction says can run."""
    for seed in range(start, start + BLOCK):
        instance = draw(seed)
        placed = placements(instance) >= 0
        for limit in find_limits(Case(instance)):
            group = instance.rules_in_force[limit.rule].group  # type: ignore[attr-defined]
            most = [placed[:, group.of == g].sum(axis=1).max(initial=0) for g in range(len(group))]
            assert (np.array(most, dtype=np.int64) <= limit.most).all(), (seed, limit)


def test_most_of_what_is_impossible_is_found() -> None:
    """Tests that this is worth the while: of tiny instances, most without a placement, and most idle VMs, are seen."""
    without = proved = idle = seen = 0
    for seed in range(200):
        instance = draw(seed)
        possible = placements(instance)
        if not len(possible):
            without += 1
            proved += any(found.fatal for found in vmopt.contradictions(instance))
        else:
            idle += int((possible < 0).all(axis=0).sum())
            seen += int(vmopt.never_runs(instance).sum())
    assert proved >= 0.8 * without > 0
    assert seen >= 0.8 * idle > 0


def test_a_hundred_thousand_groups() -> None:
    """Tests that all groups are judged at once: those that contradict are one contradiction, and exactly they."""
    n_groups, size = 100_000, 5
    group = np.repeat(np.arange(n_groups), size)
    gathered = np.where(group % 3 == 0, group, -1)
    rules = [vmopt.Spread(group), vmopt.Gather(gathered), vmopt.Whole(np.where(group % 2 == 0, group, -1))]
    instance = vmopt.Instance.from_arrays(np.ones((len(group), 2), dtype=int), np.full((1000, 2), 500), rules=rules)
    part, whole = vmopt.contradictions(instance)
    assert np.array_equal(part.vms, np.flatnonzero(group % 3 == 0))
    assert np.array_equal(whole.vms, np.flatnonzero(group % 6 == 0))
    assert np.array_equal(np.flatnonzero(vmopt.never_runs(instance)), whole.vms)
    assert "group '0' (and likewise of 33333 more groups)" in part.why
