"""Ready: the kernel is made ready beside the search, for compiling it takes as long as many a search may.

Where it is kept on disk it is loaded in a second thread. Where it is not, a second process compiles and keeps it: it
holds no lock that this one needs, and ends with the program. Only where nothing can be kept, or there can be no second
process, is it compiled in the thread, which Python lets take turns with all others.
"""

from __future__ import annotations

import logging
import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from vmopt import interruption
from vmopt.backends.process import ProcessTask
from vmopt.goals import Balance, FewestMoves
from vmopt.methods.call import Call
from vmopt.methods.goals.anneal.compiled import kept
from vmopt.methods.goals.anneal.make import state_of
from vmopt.methods.goals.anneal.state import AnnealState
from vmopt.methods.goals.stage import Stage
from vmopt.model.instance import Instance
from vmopt.model.objective import Objective
from vmopt.options import Options, checked_limits

SLICE = 0.05
"""Seconds between two looks at what is waited for."""

FILL = "fill.py"
"""The script of the second process, beside this file: it imports this one."""

logger = logging.getLogger(__name__)


class Kernel:
    """The compiled functions, or those that will be.

    Parameters
    ----------
    prepare : callable
        Makes them ready, in a thread of its own; tells whether it did.

    Examples
    --------
    >>> kernel = Kernel(lambda: True)
    >>> kernel.begin()
    >>> while kernel.coming:
    ...     pass
    >>> kernel.ready
    True
    """

    def __init__(self, prepare: Callable[[], bool]) -> None:
        self._prepare = prepare
        self._lock = threading.Lock()
        self._begun_by = -1
        self._done = threading.Event()
        self.ready = False

    def begin(self) -> None:
        """Begin to make them ready, unless that was begun; a process that was forked meanwhile begins anew."""
        with self._lock:
            if self._begun_by == os.getpid() or self.ready:
                return
            self._begun_by, self._done = os.getpid(), threading.Event()
        interruption.start(threading.Thread(target=self._run, name="vmopt-kernel", daemon=True))

    @property
    def coming(self) -> bool:
        """Whether they are not ready yet, but may be soon."""
        return self._begun_by == os.getpid() and not self._done.is_set()

    def awaited(self, call: Call) -> bool:
        """Wait for them as long as a call has time; tell whether they are ready."""
        self.begin()
        while self.coming and call.remaining > 0:
            self._done.wait(SLICE)
        return self.ready

    def _run(self) -> None:
        try:
            self.ready = self._prepare()
        except Exception as error:
            logger.warning("nothing is annealed, for numba failed: %s", error)
        finally:
            self._done.set()


def prepare() -> bool:
    """Load what is compiled, once it is; tell whether it is, which it is not where the program ends before."""
    from vmopt.methods.goals.anneal.draws import cool, put

    state = sample()
    if not all(kept(function, *values) for function, values in ((cool, _cooled(state)), (put, _put(state)))):
        _fill()
    if interruption.wanted():
        return False
    compile_for(state)
    return True


def compile_for(state: AnnealState) -> None:
    """Compile for what a state is made of, or load what was."""
    from vmopt.methods.goals.anneal.draws import cool, put

    cool(*_cooled(state))
    put(*_put(state))


def sample() -> AnnealState:
    """A state of two VMs: the types of all others are its types."""
    level = Balance(kind="above", level=0.5) + FewestMoves()
    cluster = Instance.from_arrays([[1], [1]], [[2], [2]], current=[0, 1], objective=Objective(levels=[level]))
    options, here = Options(None, *checked_limits(0.0, 0.0, 0, 1), None), np.array([0, 1])
    state = state_of(Stage(cluster, options, cluster.objective.goal_levels[0], (), here), here)
    assert state is not None
    return state


def _cooled(state: AnnealState) -> tuple[Any, ...]:
    from vmopt.methods.goals.anneal.rows import rows_of

    state = state.copy()
    return state, rows_of(state), 1, 0.0, 1, 0.5, np.random.default_rng(0)


def _put(state: AnnealState) -> tuple[Any, ...]:
    from vmopt.methods.goals.anneal.rows import rows_of

    state = state.copy()
    return state, rows_of(state), state.at[:-1].copy()


def _fill() -> None:
    """Have a second process compile and keep it, for as long as the program lives; what came of it others see."""
    with tempfile.TemporaryDirectory(prefix="vmopt-", ignore_cleanup_errors=True) as directory:
        try:
            task = ProcessTask(Path(__file__).with_name(FILL), Path(directory))
        except OSError as error:
            logger.info("no second process compiles the annealing: %s", error)
            return
        while not task.ended(SLICE) and not interruption.wanted():
            pass
        task.abandon()


KERNEL = Kernel(prepare)
