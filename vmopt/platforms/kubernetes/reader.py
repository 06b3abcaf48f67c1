"""Reads dumps of Kubernetes: nodes and pods, and what is known about them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vmopt.errors import FileError
from vmopt.platforms.assemble import as_they_are, instance_of
from vmopt.platforms.documents import read_documents
from vmopt.platforms.found import note
from vmopt.platforms.imported import Imported
from vmopt.platforms.kubernetes.budgets import budget_rules
from vmopt.platforms.kubernetes.documents import Objects, sorted_by_kind
from vmopt.platforms.kubernetes.even import softened
from vmopt.platforms.kubernetes.fields import objects, text, texts
from vmopt.platforms.kubernetes.neighbours import Neighbours
from vmopt.platforms.kubernetes.nodes import nodes_of
from vmopt.platforms.kubernetes.places import NodeRules
from vmopt.platforms.kubernetes.pod_groups import PodGroups
from vmopt.platforms.kubernetes.pods import Pod, pods_of
from vmopt.platforms.kubernetes.ports import state_ports
from vmopt.platforms.kubernetes.volumes import Volumes
from vmopt.platforms.tally import FeatureTally

ALWAYS = ("cpu", "memory", "pods")
"""Resources that are shown even where nobody asks for them."""


def read_kubernetes(paths: Any) -> Imported:
    """Read files that tell of one cluster, in any number and order.

    Parameters
    ----------
    paths : path or iterable of paths
        Files or folders of JSON or YAML, plain or gzip: what ``kubectl get nodes,pods,... -A -o json`` prints, in one
        list or many, and folders of ``kubectl cluster-info dump``. Beside nodes and pods, what is read is
        ``priorityclasses``, ``pdb``, ``pvc``, ``pv`` and ``namespaces``.

    Returns
    -------
    Imported
        Pods are named ``namespace/name``; cpus count in thousandths, memory and storage in bytes.

    Raises
    ------
    FileError
        If a file cannot be read, makes no sense, or there are no nodes or no pods in them.
    """
    return from_documents(read_documents(paths))


def from_documents(documents: Iterable[tuple[str, Any]]) -> Imported:
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
        raise FileError("no nodes are in these files: kubectl get nodes,pods -A -o json lists both.")
    pods = pods_of(given, {node.name for node in nodes}, tally)
    hosts, guests = [node.found for node in nodes], [pod.found for pod in pods]
    as_they_are(hosts, guests, tally, "pods")
    asked = {kind for guest in guests for kind, n in guest.demand.items() if n} | set(ALWAYS)
    for one in (*(host.capacity for host in hosts), *(guest.demand for guest in guests)):
        for kind in one.keys() - asked:
            del one[kind]
    namespaces = {text(one, "metadata", "name"): texts(one, "metadata", "labels") for one in given.of("Namespace")}
    rules = NodeRules(nodes, pods, Volumes(given, tally), tally).rules()
    stated = PodGroups(nodes, pods, tally)
    Neighbours(pods, namespaces, tally).state(stated)
    state_ports(pods, stated, tally)
    rules += [*stated.rules(), *budget_rules(given, pods, tally)]
    _preemption(pods, tally)
    for kind, count in given.others.items():
        tally.add(kind, "left out", "objects", "they say nothing that is read about who runs where", count)
    messages = _messages(pods)
    note(guests, messages)
    instance = softened(instance_of(hosts, guests, rules, _levels(pods, tally)), tally)
    return Imported(instance, "kubernetes", tally.features, messages)


def _levels(pods: list[Pod], tally: FeatureTally) -> list[int] | None:
    """Ranks of the priorities of pods that wait, where these differ; what runs goes on running whatever its own is."""
    waits = [pod for pod in pods if pod.found.host is None]
    ranks = {priority: rank for rank, priority in enumerate(sorted({pod.priority for pod in waits}))}
    if len(ranks) < 2:
        return None
    how = "those of a higher priority come before all lower ones (levels)"
    tally.add("priorities", "modelled", "waiting pods", how, len(waits))
    return [ranks[pod.priority] if pod.found.host is None else 0 for pod in pods]


def _preemption(pods: list[Pod], tally: FeatureTally) -> None:
    least = min((pod.priority for pod in pods if pod.found.host is not None), default=0)
    could = [
        pod
        for pod in pods
        if pod.found.host is None and pod.priority > least and text(pod.given, "spec", "preemptionPolicy") != "Never"
    ]
    how = "what runs goes on running: nobody is stopped for a pod of higher priority"
    tally.add("preemption", "left out", "waiting pods", how, len(could))


def _messages(pods: list[Pod]) -> dict[str, str]:
    """What the scheduler says of pods that wait."""
    found = {}
    for pod in pods:
        for one in objects(pod.given, "status", "conditions") if pod.found.host is None else ():
            if text(one, "type") == "PodScheduled" and text(one, "status") == "False" and text(one, "message"):
                found[pod.name] = text(one, "message")
    return found


__all__ = ["Objects", "from_documents", "read_kubernetes"]
