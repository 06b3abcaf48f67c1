"""Waiting for solvers that behave badly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.backends.programs import hard
from tests.patience import PATIENCE
from vmopt.backends import LPOptions
from vmopt.backends.clock import Clock
from vmopt.backends.process import ProcessTask
from vmopt.backends.pulp.backend import CBC, PuLP
from vmopt.backends.waiting import ThreadTask, wait
from vmopt.errors import SolverError
from vmopt.status import Limit, Status

HANGING_CBC = """#!/bin/sh
sleep 300 &
echo $! > {folder}/child
exec sleep 300
"""
POSIX = pytest.mark.skipif(os.name != "posix", reason="process groups are a POSIX notion")


def is_alive(pid: int) -> bool:
    """Whether a process still runs; one that has ended but was not collected does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z" if sys.platform == "linux" else True
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_a_result_is_handed_over() -> None:
    """Tests that a call that ends by itself hands over its result and meets no limit."""
    task = ThreadTask(lambda: "done", lambda: None)
    assert wait(task, Clock(10.0)) is None
    assert task.result() == "done"


def test_an_error_is_handed_over() -> None:
    """Tests that an error in the solver's thread is raised in the caller's."""
    task = ThreadTask(lambda: 1 // 0, lambda: None)
    assert wait(task, Clock(10.0)) is None
    with pytest.raises(ZeroDivisionError):
        task.result()


def test_a_late_solver_is_interrupted() -> None:
    """Tests that a call over its limit is asked to stop, and that its late result is still used."""
    stop = threading.Event()
    task = ThreadTask(lambda: stop.wait(60.0) and "late", stop.set)
    assert wait(task, Clock(0.1)) is Limit.TIME
    assert task.result() == "late"


def test_a_deaf_solver_is_left_behind() -> None:
    """Tests that a call that ignores the interrupt is not waited for."""
    end = threading.Event()
    task = ThreadTask(end.wait, lambda: None)
    assert wait(task, Clock(0.2)) is Limit.TIME
    assert task.result() is None
    end.set()


def test_ctrl_c_interrupts_a_deaf_solver() -> None:
    """Tests that Ctrl-C is not swallowed by a solver that ignores it."""
    end = threading.Event()
    task = ThreadTask(end.wait, lambda: None)
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    assert wait(task, Clock(PATIENCE)) is Limit.INTERRUPTED
    end.set()


def test_an_error_while_reporting_stops_the_solver() -> None:
    """Tests that an error raised by the report stops the task and is raised."""
    stop = threading.Event()
    task = ThreadTask(lambda: stop.wait(60.0), stop.set)

    def report() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        wait(task, Clock(60.0), report)
    assert stop.is_set()


@POSIX
def test_a_process_dies_with_all_its_children(tmp_path: Path) -> None:
    """Tests that a process that has started others is killed with them."""
    script = tmp_path / "script.py"
    script.write_text(
        "import pathlib, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'])\n"
        "pathlib.Path(sys.argv[1], 'part').write_text(str(child.pid))\n"
        "pathlib.Path(sys.argv[1], 'part').rename(pathlib.Path(sys.argv[1], 'child'))\n"
        "time.sleep(300)\n"
    )
    task = ProcessTask(script, tmp_path)
    while not (tmp_path / "child").exists():
        assert not task.ended(0.02), task.last_words()
    child = int((tmp_path / "child").read_text())
    assert is_alive(child)
    assert wait(task, Clock(0.0)) is Limit.TIME
    while is_alive(child):
        time.sleep(0.02)


@POSIX
def test_a_hanging_cbc_is_killed_with_its_children(tmp_path: Path) -> None:
    """Tests that a CBC that hangs is killed with the process it has started, and that the start comes back."""
    cbc = tmp_path / "cbc"
    cbc.write_text(HANGING_CBC.format(folder=tmp_path))
    cbc.chmod(0o755)
    program = hard(20)
    backend = PuLP("cbc", "COIN_CMD", CBC, str(cbc))
    result = backend.solve(program, LPOptions(time_limit=3.0))
    assert (result.status, result.limit, result.x) == (Status.NOT_FOUND, Limit.TIME, None)
    while is_alive(int((tmp_path / "child").read_text())):
        time.sleep(0.02)
    again = backend.solve(program, LPOptions(time_limit=3.0, start=program.lower))
    assert (again.status, again.limit) == (Status.FEASIBLE, Limit.TIME)


@POSIX
def test_a_cbc_that_fails_is_an_error(tmp_path: Path) -> None:
    """Tests that a CBC that ends with an error is reported as one, with PuLP's words."""
    cbc = tmp_path / "cbc"
    cbc.write_text("#!/bin/sh\nexit 3\n")
    cbc.chmod(0o755)
    with pytest.raises(SolverError, match=r"PuLP failed: .*PulpSolverError"):
        PuLP("cbc", "COIN_CMD", CBC, str(cbc)).solve(hard(5), LPOptions())


ORPHANS = """
import sys
from pathlib import Path
from vmopt.backends.clock import Clock
from vmopt.backends.process import ProcessTask
from vmopt.backends.waiting import wait
wait(ProcessTask(Path(sys.argv[1]), Path(sys.argv[2])), Clock(3600.0))
"""


@POSIX
def test_a_process_does_not_outlive_its_parent(tmp_path: Path) -> None:
    """Tests that a process, and what it has started, are gone when the one that wants them was killed."""
    script = tmp_path / "script.py"
    script.write_text(
        "import os, pathlib, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'])\n"
        "pathlib.Path(sys.argv[1], 'part').write_text(f'{os.getpid()} {child.pid}')\n"
        "pathlib.Path(sys.argv[1], 'part').rename(pathlib.Path(sys.argv[1], 'pids'))\n"
        "time.sleep(300)\n"
    )
    with subprocess.Popen([sys.executable, "-c", ORPHANS, str(script), str(tmp_path)]) as parent:
        while not (tmp_path / "pids").exists():
            assert parent.poll() is None
            time.sleep(0.02)
        parent.kill()
    pids = [int(word) for word in (tmp_path / "pids").read_text().split()]
    while any(map(is_alive, pids)):  # a hang is ended by the time limit of the test
        time.sleep(0.05)
