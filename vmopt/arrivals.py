"""Seeded requests: VMs that come, stay for a while and leave, for trying policies out and for benchmarks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.arrays import FloatArray
from vmopt.errors import OptionError
from vmopt.generate import generate
from vmopt.model.instance import Instance
from vmopt.model.requests import Requests

SIGMA = 1.0
"""Of the logarithm of durations: one in twenty lasts five times the median."""
PERIODS = 48
BURST = 8.0
"""Bursty arrivals come in quiet and busy periods, about 48 of them, the busy ones with 8 times the rate."""
ENOUGH = 1.1
SALT = 0x7131E


def generate_requests(
    kind: str = "flavor",
    *,
    hosts: int = 20,
    arrivals: str = "poisson",
    load: float = 1.3,
    span: float = 86_400.0,
    mean_duration: float = 3600.0,
    seed: int = 0,
    resources: int = 3,
) -> tuple[Instance, Requests]:
    """Make random requests: VMs and hosts as `generate` makes them, with arrivals and log-normal durations.

    Parameters
    ----------
    kind : {"flavor", "distinct", "large"}
        How VMs are drawn, as for `generate`.
    hosts : int
        Number of hosts.
    arrivals : {"poisson", "bursty"}
        Evenly at random, or in busy and quiet periods (a Poisson process whose rate switches between two levels).
    load : float
        Demand times duration over capacity times span, of the most wanted resource: above 1, the hosts cannot serve
        everything in the time in which it comes.
    span : float
        Seconds from the first arrival to the last.
    mean_duration : float
        Seconds.
    seed : int
        The same seed gives the same requests.
    resources : int
        How many, as for `generate`.

    Returns
    -------
    hosts : Instance
        The hosts, and all VMs as if they came at once.
    requests : Requests

    Raises
    ------
    OptionError
        If an argument makes no sense.

    Examples
    --------
    >>> hosts, requests = generate_requests(hosts=5, load=1.3, seed=1)
    >>> hosts.n_hosts, round(requests.offered_load(hosts), 6), requests.span
    (5, 1.3, 86400.0)
    """
    load, span, mean_duration = _check(arrivals, load, span, mean_duration)
    cluster = generate(kind, hosts=hosts, load=ENOUGH * load * span / mean_duration, seed=seed, resources=resources)
    if cluster.n_vms < 2:
        raise OptionError(
            f"fewer than two VMs come in a span of {span:g} s at load {load:g} and mean_duration {mean_duration:g} s: "
            "take a longer span, more load or shorter durations."
        )
    rng = np.random.default_rng([SALT, seed])
    duration = rng.lognormal(np.log(mean_duration) - SIGMA**2 / 2, SIGMA, cluster.n_vms)
    count = _enough(cluster, duration, load * span)
    arrival = ARRIVALS[arrivals](rng, count)
    arrival = (arrival - arrival[0]) / (arrival[-1] - arrival[0]) * span
    demand = cluster.as_columns()["demand"][:count]
    requests = Requests.from_arrays(
        arrival,
        demand,
        duration=duration[:count],
        priority=cluster.priority[:count],
        resources=cluster.resources,
    )
    exact = load / requests.offered_load(cluster)  # the last VM, and chance, leave it a little off
    requests = Requests.from_arrays(
        arrival,
        demand,
        duration=duration[:count] * exact,
        priority=cluster.priority[:count],
        resources=cluster.resources,
    )
    return requests.on(cluster), requests


def poisson(rng: np.random.Generator, count: int) -> FloatArray:
    """Arrivals of a Poisson process, given how many there are: as many uniform times, sorted."""
    return np.sort(rng.random(count))


def bursty(rng: np.random.Generator, count: int) -> FloatArray:
    """Arrivals of a Markov-modulated Poisson process, given how many there are: periods of two rates in turn."""
    periods = rng.exponential(1.0, PERIODS)
    rate = np.where(np.arange(PERIODS) % 2 == 0, 1.0, BURST)
    time = np.concatenate([[0.0], np.cumsum(periods)])
    expected = np.concatenate([[0.0], np.cumsum(periods * rate)])
    arrival: FloatArray = np.interp(np.sort(rng.random(count)) * expected[-1], expected, time)
    return arrival


ARRIVALS: dict[str, Callable[[np.random.Generator, int], FloatArray]] = {"poisson": poisson, "bursty": bursty}


def _enough(cluster: Instance, duration: FloatArray, wanted: float) -> int:
    """How many of the VMs ask for `wanted` seconds of the whole cluster together, at least two."""
    asked = np.cumsum(cluster.demand / np.maximum(cluster.total, 1) * duration[:, None], axis=0).max(axis=1)
    return max(2, min(len(asked), int(np.searchsorted(asked, wanted)) + 1))


def _check(arrivals: Any, load: Any, span: Any, mean_duration: Any) -> tuple[float, float, float]:
    checks.choice(arrivals, "arrivals", ARRIVALS)
    load, span = checks.positive(load, "load"), checks.positive(span, "span")
    mean_duration = checks.positive(mean_duration, "mean_duration")
    if ENOUGH * load * span / mean_duration > 1000:
        raise OptionError(
            f"load {load:g} for a span of {span:g} s at mean_duration {mean_duration:g} s is too much at a time: take "
            "less load, a shorter span or longer durations."
        )
    return load, span, mean_duration
