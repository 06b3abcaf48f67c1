"""Exact: the assignment formulation on a backend for integer programs, or on two at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from typing import Literal

from vmopt.backends import registry
from vmopt.backends.base import Capability
from vmopt.errors import OptionError
from vmopt.formulation.assignment import Assignment, assignment, assignment_size
from vmopt.methods.backend_run import BackendRun
from vmopt.methods.faults import Faults
from vmopt.methods.search import Search
from vmopt.status import Limit

Form = Literal["merged", "plain"]

DEFAULT_BACKEND = "cp-sat"
RIVAL = "highs"
"""Proves by linear programs and cuts what CP-SAT proves by learning from conflicts; which is faster nobody knows."""
MOST_ENTRIES = 50_000_000
ENTRIES_PER_SECOND, BUILD_SHARE = 400_000, 1 / 3
"""How fast programs are built and handed over at the least, and the part of the time left that this may take: what
cannot be built in it is not begun."""


def run(search: Search, form: Form = "merged") -> None:
    """Solve the assignment formulation on one backend, from the best placement so far if there is one.

    Parameters
    ----------
    search : Search
    form : {"merged", "plain"}
        ``plain`` is the formulation of a textbook, for comparison: nothing merged, hosts in any order, no start.

    Raises
    ------
    OptionError
        If there are elastic VMs, which the textbook does not have.
    """
    plain = form == "plain"
    if plain and search.problem.elastic:
        raise OptionError("method 'exact:plain' takes no elastic VMs: leave out the reservations, or take 'exact'.")
    model = build(search, plain=plain)
    if model is not None:
        run = BackendRun(search, model, search.options.backend or DEFAULT_BACKEND, search.options.threads)
        search.backend = _full_name(run)
        search.limit = run.run(whole=plain)


def race(search: Search) -> None:
    """Solve it on two backends at once, or in turn where there is one thread; on the one asked for where one is.

    Where one fails, the other goes on.
    """
    if search.options.backend is not None:
        run(search)
        return
    model = build(search)
    if model is None:
        return
    faults = Faults(search)
    if search.options.threads == 1:
        rival, favourite = BackendRun(search, model, RIVAL, 1, bold=True), BackendRun(search, model, DEFAULT_BACKEND, 1)
        with search.within(0.5), faults.kept(RIVAL):
            search.limit = rival.run()
        if not search.finished and search.limit is not Limit.INTERRUPTED:
            with faults.kept(DEFAULT_BACKEND):
                search.limit = favourite.run()
    else:
        over = threading.Event()
        rival = BackendRun(search, model, RIVAL, 1, bold=True, over=over.is_set)
        favourite = BackendRun(search, model, DEFAULT_BACKEND, search.options.threads - 1, over=over.is_set)
        with _beside(rival, over, faults), faults.kept(DEFAULT_BACKEND):
            search.limit = favourite.run()
            over.set()
    search.backend = f"{_full_name(favourite)}, {_full_name(rival)}"
    faults.raise_first()


def build(search: Search, *, plain: bool = False) -> Assignment | None:
    """Build the formulation; None, with the limit set, where that takes too much memory or time."""
    size = search.problem.n_vms * search.problem.n_hosts if plain else assignment_size(search.problem)
    n_resources = search.problem.n_resources * (1 if not search.problem.elastic else 4)
    n_entries = size * (1 + n_resources)
    if n_entries > MOST_ENTRIES:
        search.limit = Limit.MEMORY
        return None
    if n_entries > ENTRIES_PER_SECOND * BUILD_SHARE * search.remaining:
        search.limit = Limit.TIME
        return None
    with search.building():
        backend = registry.get(search.options.backend or DEFAULT_BACKEND)
        whole = Capability.CONTINUOUS not in backend.capabilities
        return assignment(search.problem, plain=plain, whole_amounts=whole)


@contextmanager
def _beside(rival: BackendRun, over: threading.Event, faults: Faults) -> Iterator[None]:
    """Run the rival in a thread beside the body; a proof ends both, a failure only the one."""

    def work() -> None:
        with faults.kept(rival.name):
            rival.run()
            if rival.search.finished:
                over.set()

    with ThreadPoolExecutor(1, "vmopt-rival") as pool:
        running = pool.submit(copy_context().run, work)
        try:
            yield
            running.result()
        except BaseException:
            over.set()
            raise


def _full_name(run: BackendRun) -> str:
    return f"{run.name} ({registry.get(run.name).version()})"
