"""The commands, and what they print."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from benchmarks import surroundings
from benchmarks.cli import app
from benchmarks.progress import ProgressBar, expected_seconds, line
from benchmarks.results import Results
from benchmarks.sets import SETS
from tests.benchmarks.rows import row

ROOT = Path(__file__).parents[2]


def call(*arguments: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(app, list(arguments))


def words(result: Result) -> str:
    """What it printed, without line breaks and frames."""
    return " ".join(result.output.replace("│", " ").split())


def test_list(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Tests that every set is listed, and that one whose data are missing says so."""
    monkeypatch.setenv("VMOPT_DATA", "")  # so that what the command sets is taken back
    listed = call("list", "--data", str(tmp_path))
    assert listed.exit_code == 0
    assert all(name in listed.output for name in SETS)
    assert words(listed).count(f"{tmp_path} does not have") == sum(bool(of.files) for of in SETS.values())


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["run", "nonsense"], "'nonsense' is not one of generated, scale"),
        (["run", "generated", "--seeds", "one"], "seeds are 'one': give integers between commas"),
        (["run", "kmkp", "--data", "nowhere"], "kmkp needs kmkp/knapsack"),
    ],
)
def test_bad_input(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: list[str], why: str) -> None:
    """Tests that bad input ends with code 2 and says why, and that nothing is written."""
    monkeypatch.setenv("VMOPT_DATA", "")
    monkeypatch.chdir(tmp_path)
    done = call(*arguments)
    assert done.exit_code == 2
    assert why in words(done)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_method_ends_with_one_line(tmp_path: Path) -> None:
    """Tests that the module, as a user calls it, shows an error and no traceback."""
    command = [sys.executable, "-m", "benchmarks", "run", "generated", "--method", "magic"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "method 'magic' is unknown: use one of auto" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_reports_and_pictures(small_run: Results, tmp_path: Path) -> None:
    """Tests that `report` writes all files and `plot` only the pictures, where they are asked to."""
    given = ["--results", str(small_run.path)]
    assert call("report", *given, "--output", str(tmp_path / "all" / "mine")).exit_code == 0
    assert call("plot", *given, "--output", str(tmp_path / "some" / "mine")).exit_code == 0
    every, pictures = ({path.name for path in (tmp_path / name).iterdir()} for name in ("all", "some"))
    assert pictures == {name for name in every if name.endswith(".svg")}
    assert every - pictures == {"mine.md", "mine.html"}


def test_no_results_yet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Tests that a report of nothing says what to do first."""
    monkeypatch.chdir(tmp_path)
    done = call("report")
    assert (done.exit_code, "there are no results yet: run a set" in words(done)) == (2, True)


def test_lines_of_a_run() -> None:
    """Tests what a solve prints: its gap, an error, or that it was not verified."""
    assert "gap  10.0000 %" in line(row())
    assert "gap       - " in line(row(bound=None, gap=None))
    assert "NOT VERIFIED" in line(row(bound_verified=False))
    assert "error[/]: it \\[died]" in line(row(status="error", message="it [died]"))


def test_time_left_counts_what_solves_may_take() -> None:
    """Tests that greedy solves count for little, and others for their limit."""
    assert expected_seconds(row().job) > 9 * expected_seconds(row(method="greedy-demand").job) > 0


def test_progress_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Tests that a run tells what is there already, what is left out, and what came of each solve."""
    from rich.console import Console

    with ProgressBar(Console(width=200, force_terminal=False)) as bar:
        bar.start([row().job], done=4)
        bar.skip("peer:own is skipped")
        bar.begin(row().job)
        bar.end(row())
    told = capsys.readouterr().out
    for part in ("4 of 5 solves are in the results already", "peer:own is skipped", "flavor-10", "1/1"):
        assert part in told


def test_surroundings_without_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that without git the version of vmopt stands for the commit."""
    monkeypatch.setattr(surroundings, "_git", lambda *_: "")
    assert surroundings.commit.__wrapped__().startswith("vmopt ")
    assert {"versions", "machine", "commit", "date"} == set(surroundings.surroundings())
