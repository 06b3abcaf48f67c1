"""What `solve` is asked about traffic, folded into the objective before anything is solved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from vmopt import checks
from vmopt.errors import OptionError
from vmopt.model.instance import Instance


def with_latency(instance: Instance, network: Any, traffic: Any, latency_weight: Any) -> Instance:
    """The instance with latency in its objective, where network and traffic are given.

    Raises
    ------
    OptionError
        If an option needs another, the weight makes no sense, or the objective has a latency of its own.
    NetworkError
        If network or traffic are not those of the instance.
    """
    if not checks.finite(latency_weight) or latency_weight < 0:
        raise OptionError(f"latency_weight is {latency_weight!r}: give a finite number of at least 0.")
    if latency_weight and instance.objective.weighting == "tiers":
        raise OptionError("latency_weight trades objective for latency, but tiers trade nothing: leave it out.")
    if (network is None) != (traffic is None):
        raise OptionError("network and traffic belong together: give both, or neither.")
    if network is None:
        if latency_weight:
            raise OptionError(f"latency_weight={latency_weight!r} needs a network and traffic: give both.")
        return instance
    if instance.objective.latency is not None:
        raise OptionError("the objective of the instance has a network and traffic of its own: leave these out.")
    from vmopt.network.latency import Latency

    goal = replace(instance.objective, latency=Latency(network, traffic, latency_weight))
    folded = replace(instance, objective=goal)
    folded.check_objective()
    return folded
