"""Cluster: what the objects of a dump say of hosts, guests and rules, without the objects."""

from __future__ import annotations

from dataclasses import dataclass

from vmopt.arrays import BoolArray
from vmopt.platforms.assemble import as_they_are, check_guests
from vmopt.platforms.documents import NothingFoundError
from vmopt.platforms.found import FoundGuest, FoundHost
from vmopt.platforms.kubernetes.account import CLAIM, PORTS, SPREAD
from vmopt.platforms.kubernetes.attached import count_attached, one_at_a_time
from vmopt.platforms.kubernetes.bars import Bar, Step
from vmopt.platforms.kubernetes.budgets import budget_rules
from vmopt.platforms.kubernetes.device_claims import DeviceClaims
from vmopt.platforms.kubernetes.documents import Objects
from vmopt.platforms.kubernetes.fields import text, texts
from vmopt.platforms.kubernetes.messages import tell_others
from vmopt.platforms.kubernetes.neighbours import Neighbours
from vmopt.platforms.kubernetes.nodes import Node, is_older, nodes_of
from vmopt.platforms.kubernetes.numa import state_zones
from vmopt.platforms.kubernetes.places import NodeRules
from vmopt.platforms.kubernetes.pod_groups import PodGroups
from vmopt.platforms.kubernetes.pods import Pod, pods_of
from vmopt.platforms.kubernetes.ports import state_ports
from vmopt.platforms.kubernetes.preemption import ranks_of
from vmopt.platforms.kubernetes.spreads import Spreads
from vmopt.platforms.kubernetes.volumes import Volumes
from vmopt.platforms.tally import FeatureTally
from vmopt.rules import BaseRule

ALWAYS = ("cpu", "memory", "pods")
"""Resources that are shown even where nobody asks for them."""


@dataclass
class Cluster:
    """A cluster of Kubernetes.

    Attributes
    ----------
    hosts, guests : lists
    rules : list of BaseRule
    why : dict of int to str
        What rules between pods are for, by their identity.
    bars : dict of str to list of Bar
        What pods that wait ask of nodes, by their names.
    ranks : list of int or None
    victims : list of str
        Who may stop for others.
    messages : dict of str to str
        What the scheduler says of pods that wait.
    older : bool
        Whether it is of a version before 1.21.
    """

    hosts: list[FoundHost]
    guests: list[FoundGuest]
    rules: list[BaseRule]
    why: dict[int, str]
    bars: dict[str, list[Bar]]
    ranks: list[int] | None
    victims: list[str]
    messages: dict[str, str]
    older: bool


def cluster_of(given: Objects, tally: FeatureTally, *, preempt: bool) -> Cluster:
    """Read the objects.

    Raises
    ------
    FileError
        If there are no nodes or no pods, or one of them makes no sense.
    """
    nodes = nodes_of(given.of("Node"), tally)
    if not nodes:
        raise NothingFoundError("no nodes are in these files: kubectl get nodes,pods -A -o json lists both.")
    pods = pods_of(given, {node.name for node in nodes}, tally)
    hosts, guests = [node.found for node in nodes], [pod.found for pod in pods]
    volumes = Volumes(given, tally)
    shared = count_attached(given, nodes, pods, volumes, tally)
    devices = DeviceClaims(given, nodes, pods, tally)
    state_zones(given, nodes, pods, tally)
    as_they_are(hosts, guests, tally, "pods")
    check_guests(hosts, guests, ("node", "pods"), "kubectl get pods -A -o json")
    _keep_what_is_asked_for(hosts, guests)
    places = NodeRules(
        nodes,
        pods,
        lambda pod: [*shared.get(pod.name, ()), *volumes.demands(pod), *devices.demands(pod)],
        tally,
    )
    rules = places.rules()
    between, why, today = _between_pods(given, nodes, pods, places, tally)
    for name, meets in today.items():
        places.bars.setdefault(name, []).append(Bar(SPREAD, meets, Step.SPREAD))
    alone = one_at_a_time(pods, volumes, tally)
    why |= {id(rule): CLAIM for rule in alone}
    rules += [*between, *alone, *budget_rules(given, pods, tally)]
    ranks, victims = ranks_of(pods, tally, preempt=preempt)
    messages = {pod.name: pod.message for pod in pods if pod.message}
    tell_others(messages.values(), tally)
    for kind, count in given.others.items():
        tally.add(kind, "left out", "objects", "they say nothing that is read about who runs where", count)
    return Cluster(hosts, guests, rules, why, places.bars, ranks, victims, messages, is_older(given.of("Node")))


def _keep_what_is_asked_for(hosts: list[FoundHost], guests: list[FoundGuest]) -> None:
    """Leave resources out that nobody asks for."""
    asked = {kind for guest in guests for kind, n in guest.demand.items() if n} | set(ALWAYS)
    for one in (*(host.capacity for host in hosts), *(guest.demand for guest in guests)):
        for kind in one.keys() - asked:
            del one[kind]


def _between_pods(
    given: Objects, nodes: list[Node], pods: list[Pod], places: NodeRules, tally: FeatureTally
) -> tuple[list[BaseRule], dict[int, str], dict[str, BoolArray]]:
    """Rules about pods beside each other, what each is for, and where pods that wait may come by topology spread."""
    namespaces = {text(one, "metadata", "name"): texts(one, "metadata", "labels") for one in given.of("Namespace")}
    stated, ports = PodGroups(nodes, pods, tally), PodGroups(nodes, pods, tally, PORTS)
    neighbours = Neighbours(pods, namespaces, tally)
    neighbours.state(stated)
    spreads = Spreads(stated, places, pods, tally)
    spreads.state(neighbours.spreads())
    state_ports(pods, ports, tally)
    rules = [*stated.rules(), *ports.rules()]
    return rules, stated.why | ports.why, spreads.today
