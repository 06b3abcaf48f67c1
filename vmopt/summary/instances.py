"""What is worth saying of an instance."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from vmopt.plurals import count
from vmopt.summary.figures import number, percent
from vmopt.summary.inside import amounts_of_parts, parts_there
from vmopt.summary.layout import Fact, Table

if TYPE_CHECKING:
    from vmopt.model.instance import Instance


def facts(instance: Instance) -> list[Fact]:
    """Say how many VMs, hosts and classes there are, and what counts."""
    vms, hosts = instance.vm_classes, instance.host_classes
    told = [
        Fact("VMs", f"{instance.n_vms:,} in {count(len(vms), 'class', 'classes')}"),
        Fact("hosts", f"{instance.n_hosts:,} in {count(len(hosts), 'class', 'classes')}"),
        Fact("objective", f"{instance.objective.weighting} weighting{_latency(instance)}{_goals(instance)}"),
        Fact("priorities", _priorities(instance)),
    ]
    if instance.is_container is not None:
        told.append(Fact("containers", f"{int(instance.is_container.sum()):,} of the VMs"))
    if instance.elastic:
        elastic = int((instance.reserved < instance.demand).any(axis=1).sum())
        told.append(Fact("elastic", f"{count(elastic, 'VM')} can do with less than asked for"))
    if instance.own_value is not None:
        own = int(np.isfinite(instance.own_value).sum())
        told.append(Fact("values", f"{count(own, 'VM')} with a value of its own"))
    if (parts := parts_there(instance)) is not None:
        told.append(Fact("parts", parts))
    if instance.rules:
        names = Counter(getattr(rule, "name", type(rule).__name__) for rule in instance.rules)
        soft = f"; {len(instance.soft_rules):,} of them soft" if instance.soft_rules else ""
        told.append(Fact("rules", ", ".join(f"{number} {name}" for name, number in names.items()) + soft))
    return told


def resources_of(instance: Instance) -> Table:
    """Tabulate capacity and demand of each resource, in the user's own units."""
    rows = []
    for k, name in enumerate(instance.resources):
        capacity, demand = int(instance.total[k]), int(instance.demand[:, k].sum())
        ratio = percent(demand / capacity, 1) if capacity else "none offered"
        rows.append((name, number(capacity / instance.scale[k]), number(demand / instance.scale[k]), ratio))
    for named, there, asked in amounts_of_parts(instance):
        rows.append((named, number(there), number(asked), percent(asked / there, 1) if there else "none offered"))
    return Table(("resource", "capacity", "demand", "demand / capacity"), rows)


def _latency(instance: Instance) -> str:
    latency = instance.objective.latency
    if latency is None:
        return ""
    if not latency.weight:
        return "; of equally good placements the one of least latency"
    return f", less {number(latency.weight)} for each second of latency"


def _goals(instance: Instance) -> str:
    levels = instance.objective.goal_levels
    return f"; in turn {', '.join(map(str, levels))}" if levels else ""


def _priorities(instance: Instance) -> str:
    low, high = float(instance.priority.min()), float(instance.priority.max())
    return f"all {number(low)}" if low == high else f"{number(low)} to {number(high)}"
