"""The kernel of annealing is made ready beside the search: who searches until then, and what is done where."""

import subprocess
import sys
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from tests.goals.annealed import random_cluster, stage_of
from vmopt.backends.process import ProcessTask
from vmopt.methods.goals import plan
from vmopt.methods.goals.anneal import compiled as compiling
from vmopt.methods.goals.anneal import fill, ready, run
from vmopt.methods.goals.anneal.compiled import AVAILABLE, compiled, kept
from vmopt.methods.goals.anneal.make import state_of
from vmopt.methods.goals.anneal.ready import Kernel
from vmopt.methods.goals.parameters import LevelParameters
from vmopt.status import Limit

needs_numba = pytest.mark.skipif(not AVAILABLE, reason="numba is not there")


@pytest.fixture
def searches(monkeypatch):
    """A level of a cluster whose searches only say that they were asked, in an order; annealing is the last."""
    asked = []

    def silent(name):
        return lambda *_, **__: asked.append(name)

    monkeypatch.setattr(plan.leave_or_pay, "run", silent("leave or pay"))
    monkeypatch.setattr(plan.bounds, "run", silent("bounds"))
    monkeypatch.setattr(plan, "exchange", silent("exchange"))
    monkeypatch.setattr(plan.refill, "run", silent("refill"))

    def annealed(stage):
        asked.append("anneal")
        stage.limit = Limit.INTERRUPTED

    monkeypatch.setattr(plan.anneal, "run", annealed)
    monkeypatch.setattr(plan.anneal, "AVAILABLE", True)
    return asked


def test_others_search_until_the_kernel_is_ready(searches, monkeypatch):
    """Tests that a search which would go on for ten minutes makes way as soon as annealing is compiled."""
    compiled_now = Event()
    kernel = Kernel(lambda: compiled_now.wait(60))
    monkeypatch.setattr(plan, "KERNEL", kernel)
    stage = stage_of(random_cluster(0))

    def refilled(*_, **__):
        searches.append("refill")
        assert stage.remaining > 0
        compiled_now.set()
        while not stage.finished:
            pass
        assert kernel.ready

    monkeypatch.setattr(plan.refill, "run", refilled)
    plan.run(stage, "searched", LevelParameters(small=0))
    assert searches == ["leave or pay", "bounds", "exchange", "refill", "anneal"]
    assert stage.remaining > 0, "there is time again for what comes next"


def test_nobody_searches_meanwhile_once_it_is_ready(searches, monkeypatch):
    kernel = Kernel(lambda: True)
    assert kernel.awaited(stage_of(random_cluster(0)))
    monkeypatch.setattr(plan, "KERNEL", kernel)
    plan.run(stage_of(random_cluster(0)), "searched", LevelParameters(small=0))
    assert searches == ["leave or pay", "bounds", "anneal"]


@pytest.mark.parametrize("prepared", [True, False])
def test_annealing_goes_on_from_where_it_waited(prepared, monkeypatch):
    """Tests that it waits for the kernel, and does nothing where that never comes."""
    begun = []
    monkeypatch.setattr(run, "KERNEL", Kernel(lambda: prepared))
    monkeypatch.setattr(run, "_Annealing", lambda *_: begun.append("cooling") or Cooled())
    run.run(stage_of(random_cluster(0)))
    assert begun == ["cooling"] * prepared


class Cooled:
    """A cooling that found nothing."""

    def run(self, *_):
        return 0.0, np.zeros(9, dtype=np.int64)

    def again(self, best, _):
        return best


def test_it_is_waited_for_no_longer_than_there_is_time():
    never = Event()
    kernel, stage = Kernel(never.wait), stage_of(random_cluster(0))
    stage._deadline = 0.0
    assert not kernel.awaited(stage)
    assert kernel.coming
    never.set()


def test_a_numba_that_fails_leaves_annealing_out(caplog):
    def broken():
        raise ImportError("Numba needs NumPy 2.4 or less")

    kernel = Kernel(broken)
    assert not kernel.awaited(stage_of(random_cluster(0)))
    assert not kernel.coming
    assert "Numba needs NumPy 2.4 or less" in caplog.text


def test_a_forked_process_begins_anew(monkeypatch):
    """Tests that a process does not wait for a thread that its parent has."""
    counted = []
    kernel = Kernel(lambda: bool(counted.append(1)))
    kernel.awaited(stage_of(random_cluster(0)))
    kernel.begin()
    assert len(counted) == 1
    monkeypatch.setattr(ready.os, "getpid", lambda: -2)
    assert not kernel.coming
    kernel.awaited(stage_of(random_cluster(0)))
    assert len(counted) == 2


@needs_numba
@pytest.mark.parametrize("is_kept", [True, False])
def test_what_is_not_kept_is_compiled_by_another_process_first(is_kept, monkeypatch):
    done = []
    monkeypatch.setattr(ready, "kept", lambda *_: is_kept)
    monkeypatch.setattr(ready, "_fill", lambda: done.append("filled"))
    monkeypatch.setattr(ready, "compile_for", lambda _: done.append("loaded"))
    assert ready.prepare()
    assert done == (["loaded"] if is_kept else ["filled", "loaded"])


@needs_numba
def test_a_program_that_ends_waits_for_no_compiler(monkeypatch):
    """Tests that the process which compiles is ended, and nothing is compiled in its place."""
    tasks = []

    class Endless:
        def __init__(self, *_):
            tasks.append("begun")

        def ended(self, seconds):
            return False

        def abandon(self):
            tasks.append("abandoned")

    monkeypatch.setattr(ready, "kept", lambda *_: False)
    monkeypatch.setattr(ready, "ProcessTask", Endless)
    monkeypatch.setattr(ready, "compile_for", lambda _: tasks.append("compiled"))
    monkeypatch.setattr(ready.interruption, "wanted", lambda: True)
    assert not ready.prepare()
    assert tasks == ["begun", "abandoned"]


@needs_numba
def test_the_other_process_keeps_what_this_one_looks_for(tmp_path):
    task = ProcessTask(Path(fill.__file__), tmp_path)
    assert task.ended(300)
    assert task.last_words() == "it ended with code 0"
    looks = (
        "from vmopt.methods.goals.anneal import ready; ready._fill = lambda: print('compiled again');"
        "assert ready.prepare()"
    )
    ran = subprocess.run([sys.executable, "-c", looks], capture_output=True, text=True, timeout=300, check=False)
    assert (ran.returncode, ran.stdout) == (0, ""), ran.stderr


@needs_numba
@pytest.mark.parametrize("cluster", [*map(random_cluster, range(6)), random_cluster(0).replace(rules=[])])
def test_all_states_are_of_the_types_that_are_compiled(cluster):
    from numba import typeof

    assert typeof(state_of(stage_of(cluster), np.arange(9))) == typeof(ready.sample())


@needs_numba
def test_what_was_compiled_here_is_at_hand():
    function = compiled(lambda x: x + 1)
    assert not kept(function, 1)
    function(1)
    assert kept(function, 1)
    assert not kept(function, 1.5)


@needs_numba
def test_numba_is_loaded_only_to_anneal():
    code = "import sys, vmopt.methods.goals.plan; assert 'numba' not in sys.modules"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr


def test_filling_without_numba_says_what_is_missing(monkeypatch):
    """Tests that whoever builds an image is not told that something was kept."""
    monkeypatch.setattr(compiling, "AVAILABLE", False)
    with pytest.raises(SystemExit, match="numba"):
        fill.main()
