"""What `solve` is asked about traffic, checked before anything is solved."""

from __future__ import annotations

from typing import Any

from vmopt import checks
from vmopt.errors import OptionError
from vmopt.model.instance import Instance


def checked_traffic(instance: Instance, network: Any, traffic: Any, latency_weight: Any) -> bool:
    """Whether there is traffic in a network, that of the instance.

    Raises
    ------
    OptionError
        If an option needs another, or the weight makes no sense.
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
        return False
    from vmopt.network.network import require_network
    from vmopt.network.traffic import require_traffic

    require_network(network).nodes_of(instance)
    require_traffic(traffic).require_of(instance)
    return True
