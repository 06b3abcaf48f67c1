"""A fingerprint of an instance: which data a solution was made for."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import orjson

from vmopt.errors import InstanceError
from vmopt.goals.base import BaseGoal
from vmopt.io.json_goals import goal_levels_document
from vmopt.io.json_latency import latency_document
from vmopt.io.json_rules import rule_document
from vmopt.model.instance import Instance, require_instance
from vmopt.model.rule import Rule
from vmopt.rules import BaseRule


def fingerprint(instance: Instance) -> str:
    """SHA-256 of everything that decides what a placement is worth and whether it fits.

    Kinds do not, nor do labels that no rule looks at; the order of rules does not either.

    Examples
    --------
    >>> from vmopt import MustRun
    >>> cluster = Instance.from_arrays([[4]], [[8]])
    >>> fingerprint(cluster) == fingerprint(cluster.replace(vm_labels=[{"tier": "web"}]))
    True
    >>> fingerprint(cluster) == fingerprint(cluster.replace(priority=[2]))
    False
    >>> fingerprint(cluster) == fingerprint(cluster.replace(rules=[MustRun("vm-0")]))
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
    if instance.objective.goal_levels:
        digest.update(orjson.dumps(goal_levels_document(instance.objective.goal_levels)))
        digest.update(orjson.dumps(instance.objective.slack_of_levels))
        _add_labels(digest, instance)
    if instance.elastic:
        digest.update(instance.reserved.astype("<i8", copy=False).tobytes())
    _add_change(digest, instance)
    for rule in sorted(_rule_digest(instance, rule) for rule in instance.rules):
        digest.update(rule)
    return f"sha256:{digest.hexdigest()}"


def _add_labels(digest: Any, instance: Instance) -> None:
    """Add what labels of hosts say of the goals."""
    for goal in (goal for level in instance.objective.goal_levels for goal in level.goals):
        for key in goal.host_keys(instance):
            digest.update(key.astype("<i8", copy=False).tobytes() + b"|")
        facts = goal.facts(instance) if isinstance(goal, BaseGoal) else ()
        digest.update(json.dumps(list(facts)).encode() if facts else b"")


def _add_change(digest: Any, instance: Instance) -> None:
    """Add where VMs run now, what moving them costs, and what they take twice; nothing where nobody says."""
    for what, column in (("current", instance.current), ("move_cost", instance.move_cost)):
        if column is not None:
            digest.update(what.encode())
            digest.update(column.astype(column.dtype.newbyteorder("<"), copy=False).tobytes())
    if instance.transient:
        digest.update(json.dumps(instance.transient).encode())


def _rule_digest(instance: Instance, rule: Rule) -> bytes:
    """SHA-256 of what a rule says, and of the groups and domains that it finds by labels."""
    if not isinstance(rule, BaseRule):
        raise InstanceError(f"there is no fingerprint of {rule!r}: derive your rule from vmopt.rules.BaseRule.")
    here = rule.on(instance)
    digest = hashlib.sha256(orjson.dumps(rule_document(rule)))
    for found in (here.group, here.domain, here.other):
        if found is not None:
            digest.update(found.of.astype("<i8", copy=False).tobytes())
        digest.update(b"|")
    return digest.digest()
