"""Runs: every solve in a process of its own, saved as it ends, and none twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.child import measure_apart
from benchmarks.compare import contradictions
from benchmarks.results import Results, Row
from benchmarks.runner import Watch, run
from benchmarks.sets import SETS
from benchmarks.settings import Job, Settings
from tests.benchmarks.conftest import SMALL
from tests.benchmarks.rows import ROW

CASE = next(case for case in SETS["generated"].cases() if case.name == "large-10")
JOB = Job("generated", "large-10", 0, "greedy-priority", None, 0.25, 1e-4, 1)
ROOT = Path(__file__).parents[2]


def row_of(job: Job, **changes: object) -> Row:
    """A row of a job."""
    return replace(ROW, **{name: getattr(job, name) for name in ("set", "instance", "seed", "method")}, **changes)


def dies(job: Job) -> Row:
    """End the process in the middle of a solve, as a crash of a solver does."""
    os.kill(os.getpid(), signal.SIGKILL)
    return row_of(job)


def hangs(job: Job) -> Row:
    """Never answer."""
    time.sleep(600)
    return row_of(job)


def fails(job: Job) -> Row:
    """Raise an error."""
    raise ValueError("the data are strange")


class Told(Watch):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.skipped: list[str] = []

    def start(self, jobs: Sequence[Job], done: int) -> None:
        """Keep the jobs."""
        self.jobs = list(jobs)

    def skip(self, why: str) -> None:
        """Keep the reason."""
        self.skipped.append(why)


def test_a_small_run(small_run: Results) -> None:
    """Tests that each method and seed has a row, verified, with what it took, and never worse than greedy."""
    assert [row.job for row in small_run] == SMALL.jobs(SETS["generated"])
    for row in small_run:
        assert row.verified
        assert row.bound_verified is not False
        assert row.total_seconds >= row.solve_seconds > 0
        assert row.peak_memory_mb > 10
        assert row.history[-1][1:3] == [row.objective, row.bound]
    objective = {(row.seed, row.method): row.objective for row in small_run}
    assert objective[0, "auto"] >= objective[0, "greedy-priority"]


def test_nothing_is_run_twice(small_run: Results) -> None:
    """Tests that what the file holds is not run again, and that only what is missing is."""
    told = Told()
    before = list(small_run)
    run(SETS["generated"], SMALL, Results(small_run.path), watch=told)
    assert told.jobs == []
    assert Results(small_run.path).rows == before


def test_objectives_agree_between_runs(tmp_path: Path) -> None:
    """Tests that two runs with the same seeds agree on every objective that was proven optimal."""
    settings = replace(SMALL, methods=("exact@cp-sat",), time_limit=60.0, gap=0.05)
    files = [Results(tmp_path / name) for name in ("first.jsonl", "second.jsonl")]
    for results in files:
        run(SETS["generated"], settings, results)
    (first,), (second,) = files
    assert first.status == second.status == "optimal"
    assert first.objective == second.objective
    assert contradictions(*files) == []


@pytest.mark.parametrize(
    ("work", "grace", "why"),
    [
        (dies, 60.0, "its process died (SIGKILL)"),
        (hangs, 1.5, "it did not end within 2 s and was stopped"),
        (fails, 60.0, "ValueError: the data are strange (tests/benchmarks/test_runner.py, line "),
    ],
)
def test_solves_that_fail_become_rows(work: Callable[[Job], Row], grace: float, why: str) -> None:
    """Tests that a crash, a hang and an error each end in a row that says so."""
    row = measure_apart(JOB, replace(CASE, best_known=3.0), grace=grace, work=work)
    assert row.message.startswith(why)
    assert (row.failed, row.verified) == (True, False)
    assert (row.job, row.best_known) == (JOB, 3.0)


def test_an_error_of_a_backend_is_a_row(tmp_path: Path) -> None:
    """Tests that an unavailable backend fails its own solve, and the others go on."""
    results = Results(tmp_path / "results.jsonl")
    settings = replace(SMALL, methods=("exact@no-such-backend", "greedy-priority"), seeds=(0,))
    run(SETS["generated"], settings, results)
    assert [row.failed for row in results] == [True, False]
    assert "no-such-backend" in results.rows[0].message


def test_missing_peers_are_skipped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Tests that a peer that is not installed is left out with a line that says what to do."""
    monkeypatch.setattr("benchmarks.peers.registry.interpreters", lambda: [str(tmp_path / "no-python")])
    told = Told()
    settings = Settings(("peer:rebalancer",), time_limit=1.0, seeds=(0,), only="large-10")
    run(SETS["generated"], settings, Results(tmp_path / "results.jsonl"), watch=told)
    assert told.jobs == []
    (why,) = told.skipped
    for part in ("peer:rebalancer is skipped", "no-python", "rebalancer", "--peer-python", "VMOPT_PEER_PYTHON"):
        assert part in why


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="Ctrl-C is sent to a process group")
def test_ctrl_c_loses_nothing(tmp_path: Path) -> None:
    """Tests that after Ctrl-C what has ended is saved, what ran leaves no row, and the same command goes on."""
    file = tmp_path / "results.jsonl"
    methods = "greedy-priority,price-guided"
    command = [sys.executable, "-m", "benchmarks", "run", "generated", "--only", "distinct-2000", "--seeds", "0"]
    command += ["--time-limit", "60", "--method", methods, "--gap", "0", "--results", str(file)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
    while not file.exists():
        assert process.poll() is None
        time.sleep(0.05)
    time.sleep(1.0)
    os.killpg(process.pid, signal.SIGINT)
    told, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "1 solves are in" in told
    assert [row.method for row in Results(file)] == ["greedy-priority"]
    assert (tmp_path / "results.html").exists()
