"""Reads dumps of Kubernetes: nodes and pods, and what is known about them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from vmopt.platforms.assemble import instance_of
from vmopt.platforms.documents import read_by, read_documents
from vmopt.platforms.found import TODAY, note
from vmopt.platforms.imported import Imported
from vmopt.platforms.inside_hosts import look_inside
from vmopt.platforms.kubernetes.account import ATTACHED, DEVICES, accounts
from vmopt.platforms.kubernetes.cluster import cluster_of
from vmopt.platforms.kubernetes.documents import Objects, sorted_by_kind
from vmopt.platforms.kubernetes.even import softened
from vmopt.platforms.kubernetes.messages import tell_doubts
from vmopt.platforms.tally import FeatureTally

APART = (ATTACHED, DEVICES)
"""Resources that limit who runs where, and make nobody worth more."""


def read_kubernetes(paths: Any, *, preempt: bool = False) -> Imported:
    """Read files that tell of one cluster, in any number and order.

    Parameters
    ----------
    paths : path or iterable of paths
        Files or folders of JSON or YAML, plain or gzip: what ``kubectl get nodes,pods,... -A -o json`` prints, in one
        list or many, and folders of ``kubectl cluster-info dump``. Beside nodes and pods, what is read is
        ``priorityclasses``, ``pdb``, ``pvc``, ``pv``, ``storageclasses``, ``csinodes``, ``csistoragecapacities``,
        ``namespaces``, ``resourceslices``, ``deviceclasses``, ``resourceclaims``, ``resourceclaimtemplates`` and
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
    tally = FeatureTally()
    cluster = cluster_of(sorted_by_kind(documents), tally, preempt=preempt)  # what was parsed is let go here
    hosts, guests, why = cluster.hosts, cluster.guests, cluster.why
    made = instance_of(hosts, guests, cluster.rules, cluster.ranks, may_stop=cluster.victims, counted_apart=APART)
    made = softened(made, why, cluster.bars, tally)
    note(guests, cluster.messages)
    told = accounts(made, cluster.bars, why, older=cluster.older) if cluster.bars else {}
    note(guests, told, TODAY)
    tell_doubts(told, cluster.messages, tally)
    instance = look_inside(made, hosts, guests, tally)
    return Imported(instance, "kubernetes", tally.features, cluster.messages)


__all__ = ["Objects", "from_documents", "read_kubernetes"]
