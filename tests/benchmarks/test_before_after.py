"""Two results set by set: medians over seeds, means over instances."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.before_after import BeforeAfter, before_after
from benchmarks.compare import Thresholds
from benchmarks.results import Results
from tests.benchmarks.rows import row


def saved(file: Path, *rows: Any) -> Results:
    """Rows in a file."""
    results = Results(file)
    for each in rows:
        results.add(each)
    return results


def seeds(objectives: list[float], **changes: Any) -> list[Any]:
    """A row a seed."""
    return [row(seed=seed, objective=objective, **changes) for seed, objective in enumerate(objectives)]


def compared(folder: Path, old: list[Any], new: list[Any]) -> BeforeAfter:
    """The only line of a comparison."""
    (found,) = before_after(saved(folder / "old.jsonl", *old), saved(folder / "new.jsonl", *new))
    return found


def test_one_bad_seed_of_three_does_not_count(tmp_path: Path) -> None:
    """Tests that the median over the seeds is compared, and that two bad seeds are worse."""
    good = [9.0, 9.0, 9.0]
    one = compared(tmp_path / "one", seeds(good), seeds([9.0, 8.0, 9.0]))
    two = compared(tmp_path / "two", seeds(good), seeds([9.0, 8.1, 8.1]))
    assert (one.old.objective, one.new.objective, one.worse(Thresholds())) == (1.0, 1.0, ())
    assert two.new.objective == pytest.approx(0.9)
    assert two.worse(Thresholds()) == ("objective",)


@pytest.mark.parametrize(
    ("old", "new", "worse"),
    [
        ({"status": "optimal"}, {}, ("proven",)),
        ({"total_seconds": 2.0}, {"total_seconds": 4.0}, ("seconds",)),
        ({"total_seconds": 0.1}, {"total_seconds": 0.9}, ()),
        ({"total_seconds": 9.0}, {"total_seconds": 11.0}, ()),
        ({"history": [[0.1, 9.0, 10.0, "a"]]}, {"history": [[9.9, 9.0, 10.0, "a"]]}, ("primal integral",)),
        ({}, {"status": "error", "objective": 0.0, "bound": None}, ("objective",)),
        ({"bound": None, "objective": -2.0}, {"bound": None, "objective": -4.0}, ("objective",)),
    ],
)
def test_what_is_worse(tmp_path: Path, old: dict[str, Any], new: dict[str, Any], worse: tuple[str, ...]) -> None:
    """Tests each figure beyond and within its threshold, and that the way back is no loss."""
    assert compared(tmp_path / "forth", [row(**old)], [row(**new)]).worse(Thresholds()) == worse
    assert compared(tmp_path / "back", [row(**new)], [row(**old)]).worse(Thresholds()) == ()


def test_sets_and_methods_stand_apart_and_other_solves_are_left_out(tmp_path: Path) -> None:
    """Tests that only solves of both results count, each in the line of its set and method."""
    old = saved(tmp_path / "old.jsonl", row(), row(set="kmkp"), row(method="exact"), row(seed=7))
    new = saved(tmp_path / "new.jsonl", row(), row(set="kmkp"), row(method="exact"), row(seed=8))
    found = [(each.set, each.label, each.solves) for each in before_after(old, new)]
    assert found == [("generated", "auto", 1), ("kmkp", "auto", 1), ("generated", "exact", 1)]
