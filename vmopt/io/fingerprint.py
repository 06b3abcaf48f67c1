"""A fingerprint of an instance: which data a solution was made for."""

from __future__ import annotations

import hashlib
import json

import orjson

from vmopt.io.json_latency import latency_document
from vmopt.model.instance import Instance, require_instance


def fingerprint(instance: Instance) -> str:
    """SHA-256 of everything that decides what a placement is worth and whether it fits; labels and kinds do not.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4]], [[8]])
    >>> fingerprint(cluster) == fingerprint(cluster.replace(vm_labels=[{"tier": "web"}]))
    True
    >>> fingerprint(cluster) == fingerprint(cluster.replace(priority=[2]))
    False
    """
    instance = require_instance(instance)
    digest = hashlib.sha256()
    weights = instance.objective.resource_weights
    settings = [instance.objective.weighting, None if weights is None else sorted(weights.items())]
    texts = [list(instance.resources), list(instance.vm_names), list(instance.host_names)]
    digest.update(json.dumps([settings, texts, instance.scale.tolist()]).encode())
    for table in (instance.demand, instance.capacity, instance.priority, instance.own_value):
        if table is not None:
            digest.update(table.astype(table.dtype.newbyteorder("<"), copy=False).tobytes())
        digest.update(b"|")
    latency = instance.objective.latency
    if latency is not None and latency.weight:
        digest.update(orjson.dumps(latency_document(latency)))
    if instance.elastic:
        digest.update(instance.reserved.astype("<i8", copy=False).tobytes())
    return f"sha256:{digest.hexdigest()}"
