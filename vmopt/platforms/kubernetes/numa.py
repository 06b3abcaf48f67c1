"""NUMA nodes of nodes, and what the kubelet's topology manager makes of them: parts, and pieces of pods.

What a node has is told by objects NodeResourceTopology, and its policy by these or by the kubelet's configuration.
Cpus and memory of containers that are guaranteed whole cpus, which the static cpu manager keeps for them alone, and
devices of all, come from one NUMA node (``single-numa-node``), or from as few as an empty node of that kind has room on
(``restricted``), container by container or a pod as a whole (its scope, ``container`` unless it is ``pod``). Containers
with parts of cpus share those of all NUMA nodes. The other policies forbid nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vmopt.model.parts import Pieces
from vmopt.platforms.kubernetes.documents import Objects
from vmopt.platforms.kubernetes.fields import Object, mapping, objects, text, words
from vmopt.platforms.kubernetes.nodes import Node
from vmopt.platforms.kubernetes.pods import Pod
from vmopt.platforms.kubernetes.quantity import units
from vmopt.platforms.kubernetes.requests import container_demand, demand_of
from vmopt.platforms.tally import FeatureTally

SINGLE, RESTRICTED, NONE = "single-numa-node", "restricted", "none"
CONTAINER, POD = "container", "pod"
OLD = {
    "SingleNUMANodeContainerLevel": (SINGLE, CONTAINER),
    "SingleNUMANodePodLevel": (SINGLE, POD),
    "Restricted": (RESTRICTED, CONTAINER),
    "RestrictedContainerLevel": (RESTRICTED, CONTAINER),
    "RestrictedPodLevel": (RESTRICTED, POD),
}
"""Policies and scopes in one word, as objects of ``v1alpha1`` tell them."""
GUARANTEED = ("cpu", "memory", "hugepages-")
"""Resources that come from single NUMA nodes only where a pod is guaranteed them, and its cpus are whole."""
MILLI = 1000
"""Units of a whole cpu."""

Amounts = dict[str, int]
Policy = tuple[str, str]


@dataclass(frozen=True)
class Topology:
    """The NUMA nodes of a node, its policy and the scope of that."""

    zones: tuple[tuple[tuple[str, int], ...], ...]
    policy: Policy

    @property
    def kind(self) -> str:
        """What its parts are called: those under different policies are different kinds."""
        policy, scope = self.policy
        return "numa" if self.policy == (SINGLE, CONTAINER) else f"numa ({policy}, {scope})"

    @property
    def told_apart(self) -> tuple[object, ...]:
        """What makes a difference to what pods ask for."""
        return self.kind, () if self.policy[0] == SINGLE else self.zones

    def nodes_for(self, asked: Amounts) -> int:
        """Least number of its NUMA nodes that have room for so much when nothing runs; 1 more than all where none."""
        for count in range(1, len(self.zones) + 1):
            rooms = {name: sorted((dict(zone).get(name, 0) for zone in self.zones), reverse=True) for name in asked}
            if all(sum(rooms[name][:count]) >= n or not any(rooms[name]) for name, n in asked.items()):
                return count
        return len(self.zones) + 1


def state_zones(given: Objects, nodes: list[Node], pods: list[Pod], tally: FeatureTally) -> None:
    """Give nodes their parts, and pods their pieces, where the data tell of any."""
    found = _topologies(given, nodes, tally)
    for node in nodes:
        if node.name in found:
            one = found[node.name]
            node.found.parts = {one.kind: [dict(zone) for zone in one.zones]}
    told = {name for one in found.values() for zone in one.zones for name, _ in zone}
    kinds = list({one.told_apart: one for one in found.values()}.values())
    for pod in pods if kinds else ():
        pod.found.pieces = _alternatives(pod, kinds, told)
    bound = sum(bool(pod.found.pieces) for pod in pods)
    tally.add("pieces of NUMA nodes", "modelled", "pods", "cpus and memory that are guaranteed, and devices", bound)


def _topologies(given: Objects, nodes: list[Node], tally: FeatureTally) -> dict[str, Topology]:
    """Nodes whose NUMA nodes are told, under policies that forbid something."""
    default = _of_kubelets(given.of("KubeletConfiguration"), tally)
    known, found = {node.name for node in nodes}, {}
    for one in given.of("NodeResourceTopology"):
        name, zones, policy = text(one, "metadata", "name"), tuple(_zones(one)), _policy(one) or default
        if name not in known:
            tally.add("topology of unknown nodes", "left out", "objects", "give the nodes as well")
        elif policy is None or policy[0] not in (SINGLE, RESTRICTED) or not zones:
            tally.add("topology manager that forbids nothing", "left out", "nodes", "pods run on any NUMA node")
        else:
            found[name] = Topology(zones, policy)
            single = policy[0] == SINGLE
            how = "on one NUMA node" if single else "on as few NUMA nodes as hold them empty, in equal parts"
            tally.add(f"topology manager {policy[0]}", "modelled" if single else "approximated", "nodes", how)
    if default is not None:
        how = "no NodeResourceTopology tells their NUMA nodes"
        tally.add("topology manager's policy alone", "left out", "nodes", how, len(known - found.keys()))
    return found


def _of_kubelets(given: list[Object], tally: FeatureTally) -> Policy | None:
    """The policy that the kubelets' configurations state for all nodes; None where they tell none, or differ."""
    told = {
        (text(one, "topologyManagerPolicy") or NONE, text(one, "topologyManagerScope") or CONTAINER) for one in given
    }
    if len(told) > 1:
        how = "they differ in their policies, and do not tell whose they are"
        tally.add("topology manager of several kubelets", "left out", "objects", how, len(given))
        return None
    return next((policy for policy in told if policy[0] in (SINGLE, RESTRICTED)), None)


def _policy(given: Object) -> Policy | None:
    """The policy that an object tells: in attributes, of itself or of its zones, or in one word."""
    attributes = objects(given, "attributes")
    attributes += [one for zone in objects(given, "zones") for one in objects(zone, "attributes")]
    told = {text(one, "name"): text(one, "value") for one in attributes}
    if told.get("topologyManagerPolicy"):
        return told["topologyManagerPolicy"], told.get("topologyManagerScope") or CONTAINER
    named = words(given, "topologyPolicies")
    return OLD.get(named[0], (named[0], CONTAINER)) if named else None


def _zones(given: Object) -> Iterator[tuple[tuple[str, int], ...]]:
    for zone in objects(given, "zones"):
        if text(zone, "type") == "Node":
            yield tuple(_amount(one) for one in objects(zone, "resources"))


def _amount(given: Object) -> tuple[str, int]:
    name = text(given, "name")
    there = next((given[key] for key in ("allocatable", "capacity") if given.get(key) is not None), 0)
    return name, units(there, name, up=False)


def _alternatives(pod: Pod, kinds: list[Topology], told: set[str]) -> list[list[Pieces]]:
    """What a pod asks of nodes of each kind; nothing where no node tells what it asks for by NUMA node."""
    by_scope = {scope: [_told(one, told) for one in _asked(pod, scope)] for scope in (CONTAINER, POD)}
    found = list[list[Pieces]]()
    for one in kinds:
        pieces = _pieces(one, [asked for asked in by_scope[POD if one.policy[1] == POD else CONTAINER] if asked])
        found += [pieces] if pieces and pieces not in found else []
    return found


def _asked(pod: Pod, scope: str) -> list[Amounts]:
    """What comes from single NUMA nodes: of each container that runs on, or of the pod together."""
    guaranteed = text(pod.given, "status", "qosClass") == "Guaranteed"
    spec = mapping(pod.given, "spec")
    if scope == POD:
        keys = ("containers", "initContainers")
        return [demand_of({"spec": {key: [_bound(one, guaranteed) for one in objects(spec, key)] for key in keys}})]
    beside = [one for one in objects(spec, "initContainers") if text(one, "restartPolicy") == "Always"]
    return [container_demand(_bound(one, guaranteed)) for one in [*objects(spec, "containers"), *beside]]


def _bound(container: Object, guaranteed: bool) -> Object:
    """The container with those requests alone that NUMA nodes bind: no cpus nor memory where it shares cpus."""
    asked = mapping(container, "resources", "requests")
    if not guaranteed or container_demand(container).get("cpu", 0) % MILLI:
        asked = {name: n for name, n in asked.items() if not name.startswith(GUARANTEED)}
    return {"restartPolicy": container.get("restartPolicy"), "resources": {"requests": asked}}


def _told(asked: Amounts, told: set[str]) -> Amounts:
    """What of it nodes tell by NUMA node."""
    return {name: n for name, n in asked.items() if n and name in told}


def _pieces(topology: Topology, asked: list[Amounts]) -> list[Pieces]:
    found = []
    for one in asked:
        count = 1 if topology.policy[0] == SINGLE else topology.nodes_for(one)
        found.append(Pieces(topology.kind, count, {name: -(-n // count) for name, n in one.items()}))
    return found
