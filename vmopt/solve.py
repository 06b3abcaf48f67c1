"""The front door: solve, relax, compare."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Iterable
from math import isfinite
from typing import TYPE_CHECKING, Any

from vmopt.errors import BackendError, OptionError, SolverError
from vmopt.methods import elastic, registry
from vmopt.methods.search import Options, ProgressCallback, Search
from vmopt.model.instance import Instance, require_instance
from vmopt.solution import Limit, Relaxation, Solution
from vmopt.verify import to_host_index, verify

if TYPE_CHECKING:
    from vmopt.comparison import Comparison


def solve(
    instance: Instance,
    *,
    method: str = "auto",
    backend: str | None = None,
    time_limit: float = 60.0,
    gap: float = 1e-4,
    seed: int = 0,
    threads: int | None = None,
    warm_start: Any = None,
    progress: ProgressCallback | None = None,
) -> Solution:
    """Place the VMs of an instance so that the sum of their values is as large as possible.

    Parameters
    ----------
    instance : Instance
    method : str
        One of `methods()`; ``auto`` takes what pays.
    backend : str, optional
        One of `backends()`, for the methods that use one.
    time_limit : float
        Seconds of wall clock for the whole call.
    gap : float
        Relative gap between placement and bound at which to stop.
    seed : int
    threads : int, optional
        Default: the cores this process may use. With 1 the result depends on the instance and the seed alone, as long
        as the search is not stopped by the clock.
    warm_start : Solution, mapping or array, optional
        A placement to start from; the result is never worse.
    progress : callable, optional
        Called as ``progress(seconds, objective, bound, method)`` at every improvement.

    Returns
    -------
    Solution
        Verified. On Ctrl-C the best placement so far, with `Limit.INTERRUPTED`.

    Raises
    ------
    InstanceError, OptionError, PlacementError
        If an argument makes no sense; the message says which.
    BackendError
        If the backend is not available here.
    SolverError
        If a backend fails, and there is no placement to return.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4], [5], [3]], [[8]], value=[4, 5, 3])
    >>> solution = solve(cluster, gap=0)
    >>> solution.status.value, solution.objective, solution.placement["vm-1"]
    ('optimal', 8.0, 'host-0')
    """
    started = time.perf_counter()
    instance = require_instance(instance)
    info, run = registry.get(method)
    if instance.reservation is not None:
        run = elastic.adapted(info.name, run)
    if backend is not None:
        _check_backend(info, backend)
    options = Options(backend, *_checked_limits(time_limit, gap, seed, threads), _checked_progress(progress))
    search = Search(instance, options, started)
    if warm_start is not None:
        search.offer(_checked_start(instance, warm_start), "warm-start")
    try:
        run(search)
    except KeyboardInterrupt:
        search.limit = Limit.INTERRUPTED
    except SolverError as error:
        if not search.found:
            raise
        warnings.warn(f"{method} stopped early, the best placement so far is returned: {error}", stacklevel=2)
    return search.solution(method)


def relax(
    instance: Instance, *, backend: str | None = None, time_limit: float = 60.0, threads: int | None = None
) -> Relaxation:
    """Solve the class relaxation: a bound, a fractional placement, and the prices of capacity.

    Parameters
    ----------
    instance : Instance
    backend : str, optional
        A backend that returns prices; default ``glop``.
    time_limit : float
        Seconds of wall clock.
    threads : int, optional

    Raises
    ------
    SolverError
        If it cannot be solved in time.

    Examples
    --------
    >>> relaxation = relax(Instance.from_arrays([[4], [5], [3]], [[8]], value=[4, 10, 3]))
    >>> round(relaxation.bound, 6), relaxation.prices.round(6).tolist()
    (13.0, [[1.0]])
    """
    from vmopt.methods import relaxation

    instance = require_instance(instance)
    seconds, _, _, cores = _checked_limits(time_limit, 0.0, 0, threads)
    solved = relaxation.relax(
        instance, backend=backend or relaxation.DEFAULT_BACKEND, time_limit=seconds, threads=cores
    )
    if solved is None:
        raise SolverError(f"the relaxation was not solved within {time_limit:g} s: give it a longer time_limit.")
    return solved


def compare(
    instance: Instance, methods: Iterable[str] = ("greedy-priority", "greedy-demand", "auto"), **options: Any
) -> Comparison:
    """Solve an instance with several methods and put the results side by side.

    Parameters
    ----------
    instance : Instance
    methods : iterable of str
    **options
        As for `solve`; a ``backend`` goes to the methods that use one.

    Returns
    -------
    Comparison
        One row a method; every gap is measured against the best bound of all. Ctrl-C ends it after the present row.

    Examples
    --------
    >>> rows = compare(Instance.from_arrays([[4], [5], [3]], [[8]], value=[4, 5, 3]), gap=0)
    >>> [(row.method, row.objective) for row in rows]
    [('greedy-priority', 8.0), ('greedy-demand', 8.0), ('auto', 8.0)]
    """
    from vmopt.comparison import Comparison

    if isinstance(methods, str):
        raise OptionError(f"methods is the string {methods!r}: give a list, such as [{methods!r}].")
    chosen = [(name, registry.get(name)[0]) for name in methods]
    if not chosen:
        raise OptionError("there is nothing to compare: name at least one method.")
    backend = options.pop("backend", None)
    solutions: list[Solution] = []
    for name, info in chosen:
        if not solutions or solutions[-1].limit is not Limit.INTERRUPTED:
            own = backend if info.uses_backend else None
            solutions.append(solve(instance, method=name, backend=own, **options))
    return Comparison.of(solutions)


def _check_backend(info: registry.MethodInfo, backend: str) -> None:
    from vmopt.backends import registry as backends
    from vmopt.backends.base import Capability

    if not info.uses_backend:
        raise OptionError(f"method {info.name!r} uses no backend: leave out backend={backend!r}.")
    if Capability.INTEGER not in backends.get(backend).capabilities:
        raise BackendError(f"backend {backend!r} solves no integer programs: use another for method {info.name!r}.")


def _checked_limits(time_limit: Any, gap: Any, seed: Any, threads: Any) -> tuple[float, float, int, int]:
    if not _is_number(time_limit) or not isfinite(time_limit) or time_limit < 0:
        raise OptionError(f"time_limit is {time_limit!r}: give a finite number of seconds, at least 0.")
    if not _is_number(gap) or not 0 <= gap < 1:
        raise OptionError(f"gap is {gap!r}: give a fraction from 0 to below 1, such as 0.001 for 0.1 %.")
    if not _is_integer(seed) or not 0 <= seed < 2**31:
        raise OptionError(f"seed is {seed!r}: give an integer from 0 to 2^31 - 1.")
    if threads is None:
        threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not _is_integer(threads) or not 1 <= threads <= 1024:
        raise OptionError(f"threads is {threads!r}: give an integer from 1 to 1024.")
    return float(time_limit), float(gap), int(seed), int(threads)


def _checked_progress(progress: Any) -> ProgressCallback | None:
    if progress is not None and not callable(progress):
        raise OptionError(f"progress is {progress!r}: give a callable of (seconds, objective, bound, method).")
    return progress  # type: ignore[no-any-return]


def _checked_start(instance: Instance, warm_start: Any) -> Any:
    host_index = to_host_index(instance, warm_start)
    violations = verify(instance, host_index)
    if violations:
        raise OptionError(f"warm_start does not fit: {violations[0]}.")
    return host_index


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) or (hasattr(value, "dtype") and value.ndim == 0 and value.dtype.kind in "iuf")


def _is_integer(value: Any) -> bool:
    return not isinstance(value, bool) and hasattr(value, "__index__")
