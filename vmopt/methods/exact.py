"""Exact: the assignment formulation on a backend for integer programs, or on two at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial
from typing import Literal

from vmopt.backends import registry
from vmopt.backends.base import Capability
from vmopt.errors import OptionError
from vmopt.formulation.assignment import Assignment, assignment, assignment_size
from vmopt.methods.backend_run import BackendRun
from vmopt.methods.exact_parameters import DEFAULT, ExactParameters
from vmopt.methods.faults import Faults
from vmopt.methods.search import Search
from vmopt.status import Limit

Form = Literal["merged", "plain"]

DEFAULT_BACKEND = "cp-sat"
RIVAL = "highs"
"""Proves by linear programs and cuts what CP-SAT proves by learning from conflicts; which is faster nobody knows."""


def run(search: Search, form: Form = "merged", parameters: ExactParameters = DEFAULT) -> None:
    """Solve the assignment formulation on one backend, from the best placement so far if there is one.

    Parameters
    ----------
    search : Search
    form : {"merged", "plain"}
        ``plain`` is the formulation of a textbook, for comparison: nothing merged, hosts in any order, no start.
    parameters : ExactParameters

    Raises
    ------
    OptionError
        If there are elastic VMs, which the textbook does not have.
    """
    plain = form == "plain"
    if plain and search.problem.elastic:
        raise OptionError("method 'exact:plain' takes no elastic VMs: leave out the reservations, or take 'exact'.")
    model = build(search, parameters, plain=plain)
    if model is not None:
        backend = search.options.backend or DEFAULT_BACKEND
        run = BackendRun(search, model, backend, search.options.threads, parameters=parameters)
        search.backend = _full_name(run)
        search.limit = run.run(whole=plain)


def race(search: Search, parameters: ExactParameters = DEFAULT) -> None:
    """Solve it on two backends at once, or in turn where there is one thread; on the one asked for where one is.

    Where one fails, the other goes on.
    """
    if search.options.backend is not None:
        run(search, parameters=parameters)
        return
    model = build(search, parameters)
    if model is None:
        return
    faults, over = Faults(search), threading.Event()
    run_on = partial(BackendRun, search, model, over=over.is_set, parameters=parameters)
    rival, favourite = run_on(RIVAL, 1, bold=True), run_on(DEFAULT_BACKEND, max(1, search.options.threads - 1))
    if search.options.threads == 1:
        with search.within(parameters.rival_share), faults.kept(RIVAL):
            search.limit = rival.run()
        if not search.finished and search.limit is not Limit.INTERRUPTED:
            with faults.kept(DEFAULT_BACKEND):
                search.limit = favourite.run()
    else:
        with _beside(rival, over, faults), faults.kept(DEFAULT_BACKEND):
            search.limit = favourite.run()
            over.set()
    search.backend = f"{_full_name(favourite)}, {_full_name(rival)}"
    faults.raise_first()


def build(search: Search, parameters: ExactParameters = DEFAULT, *, plain: bool = False) -> Assignment | None:
    """Build the formulation; None, with the limit set, where that takes too much memory or time."""
    size = search.problem.n_vms * search.problem.n_hosts if plain else assignment_size(search.problem)
    n_resources = search.problem.n_resources * (1 if not search.problem.elastic else 4)
    n_entries = size * (1 + n_resources)
    limit = beyond_reach(n_entries, search.remaining, parameters)
    if limit is not None:
        search.limit = limit
        return None
    with search.building():
        backend = registry.get(search.options.backend or DEFAULT_BACKEND)
        whole = Capability.CONTINUOUS not in backend.capabilities
        return assignment(search.problem, plain=plain, whole_amounts=whole)


def beyond_reach(n_entries: int, seconds: float, parameters: ExactParameters = DEFAULT) -> Limit | None:
    """Tell what keeps a program of so many entries from being built: memory, time, or None for nothing."""
    if n_entries > parameters.most_entries:
        return Limit.MEMORY
    return Limit.TIME if n_entries > parameters.entries_per_second * parameters.build_share * seconds else None


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
