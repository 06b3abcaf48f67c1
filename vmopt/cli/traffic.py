"""Network and traffic on the command line: read together, reported together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vmopt.errors import OptionError

if TYPE_CHECKING:
    from vmopt.model.instance import Instance
    from vmopt.network import Network, Traffic
    from vmopt.solution import Solution
    from vmopt.summary.layout import Fact


class Talk(NamedTuple):
    """A network and the traffic in it."""

    network: Network
    traffic: Traffic

    def facts(self, solution: Solution) -> list[Fact]:
        """What a solution makes of the traffic."""
        from vmopt.indicators import facts_of_traffic

        return facts_of_traffic(solution, self.network, self.traffic)


def traffic_of(
    instance: Instance, network: Path | None, traffic: Path | None, *, localise: bool, latency_weight: float
) -> Talk | None:
    """Read what the options name, and check that it belongs to the instance; None where they name nothing.

    Raises
    ------
    OptionError
        If one of the options needs another.
    """
    if network is None and traffic is None:
        if localise or latency_weight:
            asked = "--localise" if localise else "--latency-weight"
            raise OptionError(f"{asked} needs --network and --traffic: give both.")
        return None
    if network is None or traffic is None:
        raise OptionError("--network and --traffic belong together: give both, or neither.")
    from vmopt import io

    talk = Talk(io.read_network(network, instance.host_names), io.read_traffic(traffic, instance))
    talk.network.nodes_of(instance)
    return talk
