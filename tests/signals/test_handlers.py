"""Tests that the signal handlers of the application are as they were before and after every solve."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from ortools.sat.python import cp_model

import vmopt

PROGRAM = """
import os, signal
import vmopt

class Terminated(Exception):
    pass

def terminate(*_):
    raise Terminated

def comes(number, raised):
    try:
        os.kill(os.getpid(), number)
        for _ in range(100_000):
            pass
    except raised:
        return True
    return False

def check():
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert signal.getsignal(signal.SIGTERM) is terminate
    return comes(signal.SIGINT, KeyboardInterrupt) and comes(signal.SIGTERM, Terminated)

signal.signal(signal.SIGTERM, terminate)
cluster = vmopt.Instance.from_arrays([[4], [5], [3], [6]], [[8], [7]], value=[4, 5, 3, 6])
assert check()
for method in vmopt.methods():
    for backend in [None, "cp-sat", "highs", "scip", "cbc"] if method.uses_backend else [None]:
        for threads in (1, 2):
            vmopt.solve(cluster, method=method.name, backend=backend, threads=threads, gap=0)
            print(method.name, backend, threads, "ok" if check() else "a handler is gone")
for backend in ("glop", "pdlp", "highs", "cbc"):
    vmopt.relax(cluster, backend=backend)
    print("relax", backend, "ok" if check() else "a handler is gone")
"""


@pytest.mark.skipif(os.name != "posix", reason="signals are a POSIX notion")
def test_handlers_are_left_alone() -> None:
    """Tests that after any method and backend Ctrl-C and SIGTERM do what the application wants them to do."""
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=240, check=False)
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    assert len(lines) > 20
    assert [line for line in lines if not line.endswith(" ok")] == []


@pytest.mark.parametrize("method", ["neighbourhood", "exact"])
def test_every_call_of_cp_sat_leaves_them_alone(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that CP-SAT never takes Ctrl-C: two calls at once would put back each other's handlers."""
    asked: list[bool] = []
    solve = cp_model.CpSolver.solve

    def noted(solver: cp_model.CpSolver, *arguments: object) -> object:
        asked.append(solver.parameters.catch_sigint_signal)
        return solve(solver, *arguments)

    monkeypatch.setattr(cp_model.CpSolver, "solve", noted)
    vmopt.solve(vmopt.generate("distinct", hosts=1, seed=1), method=method, threads=2, gap=0)
    assert asked
    assert not any(asked)
