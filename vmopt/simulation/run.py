"""simulate: requests on hosts over time, under one policy."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import Any

from vmopt import checks
from vmopt.errors import OptionError
from vmopt.model.host import Host
from vmopt.model.instance import Instance
from vmopt.model.requests import Requests, require_requests
from vmopt.sharing import registry as sharing
from vmopt.simulation import preemption as preempting
from vmopt.simulation.engine import Engine, Progress
from vmopt.simulation.preemption import Preemption
from vmopt.simulation.reallocation import AT_START, are_weights
from vmopt.simulation.scheduling import registry
from vmopt.simulation.scheduling.base import Policy
from vmopt.simulation.timeline import Timeline
from vmopt.simulation.workload import Workload


def simulate(
    hosts: Instance | Iterable[Host],
    requests: Requests,
    *,
    policy: str | Policy,
    reallocate: str | bool | None = None,
    preemption: Preemption | bool | None = None,
    seed: int = 0,
    until: float | None = None,
    progress: Progress | None = None,
) -> Timeline:
    """Let VMs come, wait, run and leave, and write down what happens.

    A VM waits in a queue until the policy starts it on a host that has room for what it must get; it then runs for its
    duration without a pause, or until its host fails, a change of its demand does not fit, or a more important VM takes
    its place: then it is back in the queue. A VM that no host could ever hold is rejected. Rules hold at every moment:
    no VM starts where one forbids it, and one that changes so that it breaks a rule is back in the queue.

    Parameters
    ----------
    hosts : iterable of Host, or Instance
        Of an instance only the hosts count, and rules that speak of hosts only, such as `vmopt.Empty`.
    requests : Requests
    policy : str or Policy
        One of `vmopt.policies`, or an object with a ``name``, a ``window`` and a method ``decide(moment)``; such an
        object serves one simulation.
    reallocate : str, optional
        A sharing policy of `vmopt.share`: each host is shared anew among its elastic VMs at every event. True stands
        for ``utilization``; by default VMs keep what they get at their start.
    preemption : Preemption, optional
        Lets waiting VMs take the place of less important ones; True for the defaults.
    seed : int
        For policies that use chance, such as the search of ``optimal``.
    until : float, optional
        Seconds at which to stop; default: when nothing more can happen.
    progress : callable, optional
        Called as ``progress(now, n_come, n_waiting)`` after every event.

    Returns
    -------
    Timeline

    Raises
    ------
    InstanceError
        If hosts and requests do not fit together, or a rule is of those that a VM which leaves can break.
    OptionError
        If an option makes no sense.
    SolverError
        If a policy starts a VM where there is no room for it, or a rule forbids it.

    Examples
    --------
    >>> requests = Requests.from_arrays([0, 10, 20], [[6], [6], [2]], duration=[60, 60, 60], resources=["cpu"])
    >>> timeline = simulate([Host("h1", {"cpu": 8})], requests, policy="fcfs")
    >>> timeline.started.tolist(), timeline.finished.tolist()
    ([0.0, 60.0, 20.0], [60.0, 120.0, 80.0])
    """
    workload = Workload.of(hosts, require_requests(requests))
    chosen = registry.get(policy, seed=_checked_seed(seed)) if isinstance(policy, str) else policy
    if not all(hasattr(chosen, name) for name in ("name", "window", "decide")):
        raise OptionError(f"policy is {checks.shown(policy)}: give a name, or an object with name, window and decide.")
    checks.called(progress, "progress", "now, n_come, n_waiting")
    shared = _checked_sharing(reallocate, workload)
    engine = Engine(workload, chosen, preempting.checked(preemption), shared)
    end = _checked_end(until, requests)
    engine.run(end, progress)
    return Timeline(
        workload=workload,
        policy=chosen.name,
        reallocate=shared,
        seed=seed,
        until=end,
        events=engine.journal.events,
        series=engine.journal.series,
    )


def _checked_seed(seed: Any) -> int:
    return checks.integer(seed, "seed")


def _checked_sharing(given: str | bool | None, workload: Workload) -> str | None:
    if given is None or given is False:
        return None
    name = AT_START if given is True else given
    sharing.get(name, "reallocate")
    if name != AT_START and workload.instance.elastic and not are_weights(workload.instance):
        raise OptionError(
            f"policy {name!r} shares by weights, but here priorities are tiers, or not all above 0: "
            f"use {AT_START!r}, or priority weighting."
        )
    return name


def _checked_end(until: Any, requests: Requests) -> float:
    if until is None:
        return inf
    end = checks.seconds(until, "until")
    if end < requests.arrival.min():
        raise OptionError(f"until is {end:g} s, but the first VM comes at {requests.arrival.min():g} s: end later.")
    return end
