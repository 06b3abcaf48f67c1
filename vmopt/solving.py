"""The front door: solve, relax, compare."""

from __future__ import annotations

import inspect
import logging
import time
import warnings
from collections.abc import Callable, Iterable
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Any, Literal

from vmopt import checks
from vmopt.backends.clock import Clock
from vmopt.errors import OptionError, SolverError
from vmopt.methods import after_search, registry, start, watched
from vmopt.methods.adapted import adapted
from vmopt.methods.goals import after_tiers, climb
from vmopt.methods.locality.request import with_latency
from vmopt.methods.search import Search
from vmopt.methods.tiers import door
from vmopt.methods.tiers.ladder import Ladder
from vmopt.methods.ties import checked_ties
from vmopt.methods.watched import Reports
from vmopt.model.instance import Instance, require_instance
from vmopt.options import Options, ProgressCallback, Ties, checked_limits, checked_progress
from vmopt.relaxation import Relaxation
from vmopt.solution import Solution
from vmopt.status import Limit

if TYPE_CHECKING:
    from vmopt.comparison import Comparison
    from vmopt.network import Network, Traffic

logger = logging.getLogger(__name__)


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
    network: Network | None = None,
    traffic: Traffic | None = None,
    latency_weight: float = 0.0,
    ties: Ties | Literal["none"] | None = "spread",
) -> Solution:
    """Place the VMs of an instance so that the sum of their values is as large as possible, with tiers level by level.

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
        Relative gap between placement and bound at which to stop. With 0, OPTIMAL means that no placement is worth more
        in exact arithmetic, where a float counts as the decimal it prints as.
    seed : int
    threads : int, optional
        Default: the cores this process may use. With 1 the result depends on the instance and the seed alone, as long
        as the search is not stopped by the clock.
    warm_start : Solution, mapping or array, optional
        A placement to start from; the result is never worse. A Solution or a mapping may be of yesterday: it is read by
        name, and what is gone or does not fit any more is left out (`Solution.warm_start` tells how much). What a
        Solution proves is proven anew and kept, where it still holds.
    progress : callable, optional
        Called as ``progress(seconds, objective, bound, method)`` at every improvement, in the thread that called. Once
        another level of goals is searched, objective and bound are of that, and `method` is such as
        ``fewest-hosts: packing``.
    network, traffic : vmopt.network.Network and Traffic, optional
        Both or neither: short for an objective with ``latency=vmopt.network.Latency(network, traffic,
        latency_weight)``, which the instance of the Solution then has. A third of the time is kept for it.
    latency_weight : float
        What the objective may lose for a second of latency less; on small instances the optimum is proven by a linear
        program. With 0 the placement found is localised (`vmopt.network.localise`): the same objective, less latency.
    ties : {"spread", "pack", "none"}, optional
        Where the VMs that run go among equally good placements, if time is left: ``spread`` fills hosts more evenly
        (lower sum over the hosts of the square of the utilisation of their fullest resource), ``pack`` has fewer hosts
        run any. Objective and bound are not touched. VMs of a warm start are moved as others are. "none" or None leaves
        VMs where the search put them, as greedy baselines do in any case; with traffic, latency decides.

    Returns
    -------
    Solution
        Verified. On Ctrl-C the best placement so far, with `Limit.INTERRUPTED`; so too where a signal handler of the
        application, or `progress`, raises KeyboardInterrupt. Anything else they raise ends the search and is raised.

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
    asked = with_latency(require_instance(instance), network, traffic, latency_weight)
    instance = after_tiers.with_penalties(asked)
    info, run = registry.get(method)
    run = adapted(info, run, instance)
    if backend is not None:
        info.require(backend)
    choice = None if info.baseline else checked_ties(ties)
    options = Options(backend, *checked_limits(time_limit, gap, seed, threads), checked_progress(progress))
    reports = None if options.progress is None else Reports(options.progress, Clock(options.time_limit))
    whole = replace(options, progress=None if reports is None else reports.put)
    deadline = started + whole.time_limit
    first = replace(whole, time_limit=whole.time_limit * after_search.share_before(instance))
    logger.info("%s: %r, time limit %g s, gap %g", method, instance, whole.time_limit, whole.gap)
    search, work = door.begin(instance, info, run, first, started)
    carried = None if warm_start is None else start.begin(search, warm_start)
    if instance.current is not None:
        start.begin_as_it_is(search)
    _run(search, work, reports, method)
    solution = door.with_levels(replace(search.solution(method), warm_start=carried))
    logger.info("%s: %r", method, solution)
    if instance.objective.goal_levels and search.found:
        levels = climb.Climb(solution, info.levels, whole, started, deadline, search.suggested)
        if levels.limit is not Limit.INTERRUPTED:
            _run(levels, levels.run, reports, method)
        solution = levels.solution()
    return after_search.settled(search, after_tiers.as_asked(solution, asked), whole, choice, deadline)


def _run(search: Search | Ladder | climb.Climb, work: Callable[[], None], reports: Reports | None, method: str) -> None:
    """Let a search work; what it has found by the time it is interrupted, or a backend fails, is kept."""
    try:
        watched.run(work, reports)
    except KeyboardInterrupt:
        search.limit = Limit.INTERRUPTED
    except SolverError as error:
        if not search.found:
            raise
        warnings.warn(f"{method} stopped early, the best placement so far is returned: {error}", stacklevel=3)


def require_options(options: Iterable[str], of: str = "solve", besides: str = "") -> None:
    """Refuse options that `solve` does not take; `besides` names one that whoever calls it gives."""
    taken = [name for name in list(inspect.signature(solve).parameters)[1:] if name != besides]
    checks.known_only(options, taken, of)


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
    OptionError
        If the objective has levels, the first of which is not utilisation alone: the bound would be of something else.
    SolverError
        If it cannot be solved in time.

    Examples
    --------
    >>> relaxation = relax(Instance.from_arrays([[4], [5], [3]], [[8]], value=[4, 10, 3]))
    >>> round(relaxation.bound, 6), relaxation.prices.round(6).tolist()
    (13.0, [[1.0]])
    """
    from vmopt.methods import relaxation
    from vmopt.problem import compile

    instance = require_instance(instance)
    levels = instance.objective.goal_levels
    if levels and not all(goal.name == "utilisation" for _, goal in levels[0].terms):
        raise OptionError(
            f"the relaxation bounds utilisation, but the first level is {levels[0]}: solve() bounds every level, or "
            "leave the levels out."
        )
    seconds, _, _, cores = checked_limits(time_limit, 0.0, 0, threads)
    if relaxation.beyond_reach(compile(instance), inf) is Limit.MEMORY:
        raise SolverError("the relaxation has too many pairs of VM and host classes to be built: solve() needs none.")
    solved = relaxation.relax(
        instance, backend=relaxation.DEFAULT_BACKEND if backend is None else backend, time_limit=seconds, threads=cores
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
    chosen = [(name, registry.get(name)[0]) for name in checks.listed(methods, "methods", what="a list of names")]
    if not chosen:
        raise OptionError("there is nothing to compare: name at least one method.")
    require_options(options, "compare, which hands on what solve takes,", besides="method")
    backend = options.pop("backend", None)
    solutions: list[Solution] = []
    for name, info in chosen:
        if not solutions or solutions[-1].limit is not Limit.INTERRUPTED:
            own = backend if info.uses_backend else None
            solutions.append(solve(instance, method=name, backend=own, **options))
    return Comparison.of(solutions)
