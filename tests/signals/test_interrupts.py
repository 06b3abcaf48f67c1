"""Tests that a signal during a search ends it soon, with the best placement so far, in the main thread or not."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals are a POSIX notion")

COMMON = """
import os, signal, sys, threading, time
import vmopt

class Terminated(Exception):
    pass

def terminate(*_):
    raise Terminated

signal.signal(signal.SIGTERM, terminate)
CASES = [("auto", None, 2), ("auto", None, 1), ("neighbourhood", None, 2), ("column-generation", None, 2),
         ("price-guided", None, 1), ("greedy-priority", None, 1), ("exact", None, 2),
         *(("exact", backend, 1) for backend in ("cp-sat", "highs", "scip", "cbc"))]
cluster = vmopt.generate("distinct", hosts=20, seed=1)
start = vmopt.solve(cluster, method="greedy-demand")
HOURS = 3600.0

def solve(case, number, after=0.3):
    method, backend, threads = case
    begun = threading.Event()
    over = threading.Event()
    def press():
        begun.wait()
        if not over.wait(after):
            os.kill(os.getpid(), number)
    threading.Thread(target=press, daemon=True).start()
    try:
        return vmopt.solve(cluster, method=method, backend=backend, threads=threads, time_limit=HOURS, gap=0,
                           warm_start=start, progress=lambda *_: begun.set())
    finally:
        over.set()
        begun.set()
"""

MAIN_THREAD = """
for case in CASES:
    solution = solve(case, signal.SIGINT)
    assert vmopt.verify(cluster, solution) == () and solution.objective >= start.objective
    assert solution.limit is vmopt.Limit.INTERRUPTED or case[0] in ("greedy-priority", "price-guided"), (case, solution)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    try:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(60)
    except KeyboardInterrupt:
        print("ok", flush=True)
for case in CASES[:4] + CASES[-3:]:
    try:
        solve(case, signal.SIGTERM)
    except Terminated:
        print("ok", flush=True)
    assert signal.getsignal(signal.SIGTERM) is terminate
print(len(CASES) + 7, "in all", flush=True)
"""

OTHER_THREAD = """
found = []
def work():
    told = threading.Event()
    found.append(vmopt.solve(cluster, method=sys.argv[1], threads=2, time_limit=HOURS, gap=0, warm_start=start,
                             progress=lambda *_: print("begun", flush=True)))
    print(found[0].limit, found[0].n_placed > 0, flush=True)

thread = threading.Thread(target=work, daemon=sys.argv[2] == "daemon")
thread.start()
try:
    while thread.is_alive():  # after an interrupted join() CPython forgets the thread
        time.sleep(0.05)
except KeyboardInterrupt:
    print("pressed", flush=True)
    if sys.argv[2] != "daemon":
        raise
"""


def test_signals_in_the_main_thread() -> None:
    """Tests every method and backend: Ctrl-C gives the best placement, what else a handler raises comes out."""
    command = [sys.executable, "-c", COMMON + MAIN_THREAD]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert ran.returncode == 0, ran.stderr
    *lines, total = ran.stdout.splitlines()
    assert lines == ["ok"] * int(total.removesuffix(" in all"))
    assert "malloc" not in ran.stderr


@pytest.mark.parametrize(("method", "kind"), [("auto", "thread"), ("neighbourhood", "daemon"), ("exact", "thread")])
def test_signals_beside_a_thread_that_solves(method: str, kind: str) -> None:
    """Tests that Ctrl-C is the main thread's, that a solve elsewhere ends with the program, and nothing is aborted."""
    command = [sys.executable, "-c", COMMON + OTHER_THREAD, method, kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(2)
        out, err = process.communicate(timeout=120)
    assert "pressed" in out, err
    assert "malloc" not in err
    assert "terminate" not in err.replace("terminate(*_)", "")
    assert process.returncode in ((0,) if kind == "daemon" else (1, -2)), err  # CPython ends by SIGINT, or with 1
    if kind == "thread":
        assert "interrupted True" in out, out
