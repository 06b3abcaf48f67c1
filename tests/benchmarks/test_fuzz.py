"""A slice of the fuzz: tiny instances of every kind, in every way, against brute force."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from benchmarks.fuzz import run
from benchmarks.fuzz.draw import draw
from benchmarks.fuzz.judge import wrong
from benchmarks.fuzz.truth import Truth


def test_a_slice_of_the_fuzz(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that nothing is wrong with what any method says of the first instances."""
    monkeypatch.setattr(run, "PART_OF_SELDOM", 0.0)
    report = run.fuzz(range(60), seed=1)
    assert report.faults == []
    assert report.instances == 60


def test_the_judge_sees_what_is_wrong() -> None:
    """Tests that a bound too low, a placement too poor and one that does not fit are told."""
    cluster = vmopt.Instance.from_arrays([[4], [5], [3]], [[8]], value=[4, 5, 3])
    truth, good = Truth.of(cluster), vmopt.solve(cluster, gap=0, threads=1)
    assert list(wrong(cluster, truth, good, 0.0)) == []

    def changed(**changes: object) -> list[str]:
        return list(wrong(cluster, truth, vmopt.Solution(**{**vars(good), **changes}), 0.0))

    assert "the bound is 7.5" in changed(certificate=vmopt.Bound(7.5, good.certificate.proof))[0]
    assert "called optimal at 5.0" in changed(host_index=np.array([-1, 0, -1]), objective=5.0)[0]
    assert "does not fit" in changed(host_index=np.array([0, 0, 0]), objective=12.0)[0]


def test_the_same_number_is_the_same_instance() -> None:
    """Tests that instances follow from seed and number alone."""
    assert draw(3, 14) == draw(3, 14)
    assert draw(3, 14) != draw(3, 15)
