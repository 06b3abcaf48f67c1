"""Sites: the hosts of an instance as places in a network, and how far apart they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.model.instance import Instance
from vmopt.network.network import Network


@dataclass(frozen=True, eq=False)
class Sites:
    """Where VMs can sit. From site a to another site b it takes ``up[a] + between[rack[a], rack[b]] + up[b]`` seconds.

    Attributes
    ----------
    up : (n_sites,) float64 array
        Seconds from the site to its terminal in the network.
    rack : (n_sites,) int64 array
        Its terminal: the switch of its rack, or itself.
    between : (n_racks, n_racks) float64 array
        Seconds between terminals, the mean over the shortest paths.
    nowhere : (n_sites,) bool array
        Sites that stand for running nowhere: nothing is far from them.
    per_copy : int
        Several copies of the same cluster may stand side by side, so many sites each; nothing moves between them.
    """

    up: FloatArray
    rack: IntArray
    between: FloatArray
    nowhere: BoolArray
    per_copy: int

    def __len__(self) -> int:
        return len(self.up)

    def latency(self, one: IntArray, other: IntArray) -> FloatArray:
        """Seconds between sites, elementwise."""
        far = self.between[self.rack[one], self.rack[other]]
        far += self.up[one]
        far += self.up[other]
        far[one == other] = 0.0
        if self.nowhere.any():
            far[self.nowhere[one] | self.nowhere[other]] = 0.0
        return far

    def copies(self, count: int) -> Sites:
        """The same sites several times over."""
        up, rack, nowhere = np.tile(self.up, count), np.tile(self.rack, count), np.tile(self.nowhere, count)
        return Sites(up, rack, self.between, nowhere, self.per_copy)

    def with_nowhere(self) -> Sites:
        """The same sites and one more, at the end, that stands for none of them."""
        up, rack, nowhere = np.append(self.up, 0.0), np.append(self.rack, 0), np.append(self.nowhere, True)
        return Sites(up, rack, self.between, nowhere, self.per_copy + 1)


def sites_of(instance: Instance, network: Network) -> Sites:
    """The hosts of an instance in a network."""
    routes, nodes = network.routes, network.nodes_of(instance)
    uplink = routes.uplink[nodes]
    both_ways = np.concatenate([network.latency, network.latency])
    up = np.where(uplink >= 0, both_ways[uplink], 0.0)
    return Sites(up, routes.terminal[nodes], routes.mean(both_ways), np.zeros(len(nodes), dtype=bool), len(nodes))
