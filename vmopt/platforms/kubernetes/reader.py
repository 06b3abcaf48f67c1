"""Reads dumps of Kubernetes: nodes and pods, and what is known about them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from vmopt.platforms.assemble import as_they_are, check_guests, instance_of
from vmopt.platforms.documents import NothingFoundError, read_by, read_documents
from vmopt.platforms.found import TODAY, note
from vmopt.platforms.imported import Imported
from vmopt.platforms.inside_hosts import look_inside
from vmopt.platforms.kubernetes.account import CLAIM, PORTS, accounts
from vmopt.platforms.kubernetes.attached import ATTACHED, count_attached, one_at_a_time
from vmopt.platforms.kubernetes.budgets import budget_rules
from vmopt.platforms.kubernetes.documents import Objects, sorted_by_kind
from vmopt.platforms.kubernetes.even import softened
from vmopt.platforms.kubernetes.fields import text, texts
from vmopt.platforms.kubernetes.messages import tell_others
from vmopt.platforms.kubernetes.neighbours import Neighbours
from vmopt.platforms.kubernetes.nodes import Node, nodes_of
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


def read_kubernetes(paths: Any, *, preempt: bool = False) -> Imported:
    """Read files that tell of one cluster, in any number and order.

    Parameters
    ----------
    paths : path or iterable of paths
        Files or folders of JSON or YAML, plain or gzip: what ``kubectl get nodes,pods,... -A -o json`` prints, in one
        list or many, and folders of ``kubectl cluster-info dump``. Beside nodes and pods, what is read is
        ``priorityclasses``, ``pdb``, ``pvc``, ``pv``, ``storageclasses``, ``csinodes``, ``namespaces`` and
        ``noderesourcetopologies``, and the kubelet's configuration.
    preempt : bool
        Whether pods that run may stop for waiting ones of a higher priority, unless these have preemptionPolicy Never.

    Returns
    -------
    Imported
        Pods are named ``namespace/name``; cpus count in thousandths, memory and storage in bytes.

    Raises
    ------
    FileError
        If a file cannot be read, makes no sense, or there are no nodes or no pods in them.

    Examples
    --------
    >>> import json
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from vmopt.platforms import read_kubernetes
    >>> node = {"kind": "Node", "metadata": {"name": "n1"}, "status": {"allocatable": {"cpu": "4", "pods": "110"}}}
    >>> container = {"resources": {"requests": {"cpu": "500m"}}}
    >>> pod = {"kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": [container]}}
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "cluster.json").write_text(json.dumps({"kind": "List", "items": [node, pod]}))
    ...     found = read_kubernetes(folder)
    >>> list(found.instance.vm_names), found.instance.resources, found.instance.demand.tolist()
    (['default/web'], ('cpu', 'pods'), [[500, 1]])
    """
    return read_by(partial(from_documents, preempt=preempt), "kubernetes", read_documents(paths))


def from_documents(documents: Iterable[tuple[str, Any]], *, preempt: bool = False) -> Imported:
    """Make an instance of parsed documents, each with the name of its file.

    Examples
    --------
    >>> node = {"kind": "Node", "metadata": {"name": "n1"}, "status": {"allocatable": {"cpu": "4", "pods": "110"}}}
    >>> container = {"resources": {"requests": {"cpu": "500m"}}}
    >>> pod = {"kind": "Pod", "metadata": {"name": "web"}, "spec": {"nodeName": "n1", "containers": [container]}}
    >>> found = from_documents([("dump.json", [node, pod])])
    >>> found.instance.resources, found.instance.demand.tolist(), found.instance.capacity.tolist()
    (('cpu', 'pods'), [[500, 1]], [[4000, 110]])
    """
    given, tally = sorted_by_kind(documents), FeatureTally()
    nodes = nodes_of(given.of("Node"), tally)
    if not nodes:
        raise NothingFoundError("no nodes are in these files: kubectl get nodes,pods -A -o json lists both.")
    pods = pods_of(given, {node.name for node in nodes}, tally)
    hosts, guests = [node.found for node in nodes], [pod.found for pod in pods]
    volumes = Volumes(given, tally)
    count_attached(given, nodes, pods, volumes, tally)
    state_zones(given, nodes, pods, tally)
    as_they_are(hosts, guests, tally, "pods")
    check_guests(hosts, guests, ("node", "pods"), "kubectl get pods -A -o json")
    asked = {kind for guest in guests for kind, n in guest.demand.items() if n} | set(ALWAYS)
    for one in (*(host.capacity for host in hosts), *(guest.demand for guest in guests)):
        for kind in one.keys() - asked:
            del one[kind]
    namespaces = {text(one, "metadata", "name"): texts(one, "metadata", "labels") for one in given.of("Namespace")}
    places = NodeRules(nodes, pods, volumes, tally)
    rules = places.rules()
    between, why = _between_pods(nodes, pods, places, namespaces, tally)
    alone = one_at_a_time(pods, volumes, tally)
    why |= {id(rule): CLAIM for rule in alone}
    rules += [*between, *alone, *budget_rules(given, pods, tally)]
    ranks, victims = ranks_of(pods, tally, preempt=preempt)
    messages = {pod.name: pod.message for pod in pods if pod.message}
    tell_others(messages.values(), tally)
    for kind, count in given.others.items():
        tally.add(kind, "left out", "objects", "they say nothing that is read about who runs where", count)
    note(guests, messages)
    made = softened(instance_of(hosts, guests, rules, ranks, may_stop=victims, counted_apart=ATTACHED), why, tally)
    note(guests, accounts(made, places.bars, why) if places.bars else {}, TODAY)
    instance = look_inside(made, hosts, guests, tally)
    return Imported(instance, "kubernetes", tally.features, messages)


def _between_pods(
    nodes: list[Node], pods: list[Pod], places: NodeRules, namespaces: dict[str, dict[str, str]], tally: FeatureTally
) -> tuple[list[BaseRule], dict[int, str]]:
    """Rules about pods beside each other, and what each is for."""
    stated, ports = PodGroups(nodes, pods, tally), PodGroups(nodes, pods, tally, PORTS)
    neighbours = Neighbours(pods, namespaces, tally)
    neighbours.state(stated)
    Spreads(stated, places, pods, tally).state(neighbours.spreads())
    state_ports(pods, ports, tally)
    rules = [*stated.rules(), *ports.rules()]
    return rules, stated.why | ports.why


__all__ = ["Objects", "from_documents", "read_kubernetes"]
