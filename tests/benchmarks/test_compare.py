"""Comparisons of two results, and the README made from one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from benchmarks.cli import app
from benchmarks.compare import Thresholds, changes, contradictions
from benchmarks.readme import BEGIN, END, write_readme
from benchmarks.results import Results
from tests.benchmarks.rows import row
from vmopt.errors import FileError


def saved(file: Path, *rows: Any) -> Results:
    """Rows in a file."""
    results = Results(file)
    for each in rows:
        results.add(each)
    return results


@pytest.mark.parametrize(
    ("old", "new", "better"),
    [
        ({}, {}, ()),
        ({}, {"objective": 9.0005}, ()),
        ({}, {"objective": 9.01}, ("objective", "gap")),
        ({}, {"bound": 9.5}, ("gap",)),
        ({"objective": 9.9995}, {"objective": 9.9995, "status": "optimal"}, ("proof",)),
        ({}, {"total_seconds": 6.0}, ("seconds",)),
        ({"total_seconds": 0.9}, {"total_seconds": 0.1}, ()),
        ({}, {"total_seconds": 8.0}, ()),
        ({"status": "error", "objective": 0.0, "bound": None}, {}, ("error",)),
    ],
)
def test_better_and_worse(tmp_path: Path, old: dict[str, Any], new: dict[str, Any], better: tuple[str, ...]) -> None:
    """Tests what counts as better, and that the other way round it is worse."""
    first, second = saved(tmp_path / "old.jsonl", row(**old)), saved(tmp_path / "new.jsonl", row(**new))
    (forth,) = changes(first, second, Thresholds())
    (back,) = changes(second, first, Thresholds())
    assert (forth.better, forth.worse) == (better, ())
    assert (back.better, back.worse) == ((), better)


def test_other_jobs_are_not_compared(tmp_path: Path) -> None:
    """Tests that solves with other settings are no change."""
    first, second = saved(tmp_path / "old.jsonl", row()), saved(tmp_path / "new.jsonl", row(time_limit=20.0))
    assert list(changes(first, second, Thresholds())) == []


def test_proven_objectives_that_differ(tmp_path: Path) -> None:
    """Tests that two proofs agree within the gap they were asked for, and contradict each other beyond it."""
    proven = {"status": "optimal", "bound": 10.0}
    first = saved(tmp_path / "old.jsonl", row(objective=9.9995, **proven))
    assert contradictions(first, saved(tmp_path / "near.jsonl", row(objective=10.0, **proven))) == []
    far = saved(tmp_path / "far.jsonl", row(objective=9.99, bound=9.99, status="optimal"))
    found = contradictions(first, far)
    assert found[0] == "generated flavor-10, auto, seed 0: proven 9.9995, then 9.99"
    assert "new: its bound is 9.99, but 9.9995 is reached" in found[1]


def test_exit_codes(tmp_path: Path) -> None:
    """Tests that the command ends with 0 if things only changed, and with 1 if they cannot both be true."""
    files = {"old": row(), "worse": row(objective=8.0), "wrong": row(verified=False)}
    for name, each in files.items():
        saved(tmp_path / f"{name}.jsonl", each)

    def compare(new: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["compare", str(tmp_path / "old.jsonl"), str(tmp_path / f"{new}.jsonl")])
        return done.exit_code, " ".join(done.output.split())

    code, output = compare("worse")
    assert (code, "1 solves in both: 0 better, 1 worse" in output) == (0, True)
    code, output = compare("wrong")
    assert (code, "its placement does not fit" in output) == (1, True)


def test_the_readme_is_made_from_results(tmp_path: Path) -> None:
    """Tests that only the marked block changes, that it holds the figures, and that a second time nothing changes."""
    rows = [row(), row(method="greedy-priority", objective=8.0), row(method="greedy-demand", objective=6.0)]
    results = saved(tmp_path / "results" / "generated.jsonl", *rows)
    readme = tmp_path / "README.md"
    readme.write_text(f"# title\n\n{BEGIN}\nold\n{END}\n\nthe rest\n")
    write_readme(results, readme, tmp_path / "results")
    once = readme.read_text()
    assert once.startswith(f"# title\n\n{BEGIN}\n![")
    assert once.endswith(f"{END}\n\nthe rest\n")
    assert "| generated | 1 | +12.5 % | +50.0 % | 10.00 % | 0 % | 10 |" in once
    assert "results/optimal-against-greedy.svg" in once
    assert (tmp_path / "results" / "optimal-against-greedy.svg").read_text().count("<svg") == 1
    write_readme(results, readme, tmp_path / "results")
    assert readme.read_text() == once


def test_a_readme_without_marks(tmp_path: Path) -> None:
    """Tests that a README without a place for the block is left alone."""
    readme = tmp_path / "README.md"
    readme.write_text("# title\n")
    with pytest.raises(FileError, match="has no place for the benchmarks"):
        write_readme(saved(tmp_path / "a.jsonl", row()), readme, tmp_path)
    assert readme.read_text() == "# title\n"
