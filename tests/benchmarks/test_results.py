"""Results: a file of rows that survives what happens to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.results import Results
from tests.benchmarks.rows import row
from vmopt.errors import FileError


def test_rows_are_saved_as_they_come(tmp_path: Path) -> None:
    """Tests that every row is in the file at once, and comes back as it was."""
    file = tmp_path / "deep" / "results.jsonl"
    results = Results(file)
    for seed in range(3):
        results.add(row(seed=seed))
        assert Results(file).rows == results.rows
    assert row(seed=2).job in results
    assert row(seed=3).job not in results
    assert row(seed=2, time_limit=11.0).job not in results


def test_a_line_that_was_cut_short_is_dropped(tmp_path: Path) -> None:
    """Tests that after a crash in the middle of a line, reading and adding go on."""
    file = tmp_path / "results.jsonl"
    for seed in range(2):
        Results(file).add(row(seed=seed))
    file.write_bytes(file.read_bytes()[:-20])
    results = Results(file)
    assert results.rows == [row(seed=0)]
    results.add(row(seed=1))
    assert Results(file).rows == [row(seed=0), row(seed=1)]


@pytest.mark.parametrize("line", ["{}", "[]", "no json", '{"set": "generated", "colour": "blue"}'])
def test_foreign_files_are_refused(tmp_path: Path, line: str) -> None:
    """Tests that a line that is no row is named."""
    file = tmp_path / "other.jsonl"
    Results(file).add(row())
    with file.open("a") as stream:
        stream.write(f"{line}\n")
    with pytest.raises(FileError, match=r"line 2 of .*other.jsonl is no row of results"):
        Results(file)


def test_several_files_are_read_as_one(tmp_path: Path) -> None:
    """Tests that rows of several files come in order, and that the checksum tells of every change."""
    files = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    for seed, file in enumerate(files):
        Results(file).add(row(seed=seed, set=file.stem))
    joined = Results.of(files)
    assert list(joined.by_set()) == ["a", "b"]
    assert joined.checksum() == Results.of(files).checksum() != Results.of(files[::-1]).checksum()
