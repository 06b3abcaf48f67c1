"""Cluster: what the page's own script draws and searches, as columns."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.explain import Report
from vmopt.model.columns import Labels
from vmopt.solution import Solution

MOST_LABELS = 3
"""Labels that have a column of their own: those that most VMs have."""


def cluster_data(solution: Solution, told: Report | None) -> dict[str, Any]:
    """Return hosts and VMs as columns; amounts are in the user's own units.

    Parameters
    ----------
    solution : Solution
    told : Report or None
        Why VMs do not run.

    Examples
    --------
    >>> import vmopt
    >>> solved = vmopt.solve(vmopt.Instance.from_arrays([[4], [9]], [[8]], resources=["cpu"]))
    >>> data = cluster_data(solved, vmopt.explain(solved))
    >>> data["vms"]["host"].tolist(), data["hosts"]["load"], data["reasons"][data["vms"]["why"][1]]
    ([0, -1], [[4.0]], 'fits no host: cpu short')
    """
    instance = solution.instance
    reasons, why = _reasons(solution, told)
    same = bool((instance.priority == instance.priority[:1]).all())
    return {
        "resources": instance.resources,
        "reasons": reasons,
        "hosts": {
            "names": list(instance.host_names),
            "capacity": _columns(instance.capacity, instance.scale),
            "load": _columns(solution.loads, instance.scale),
            "labels": _labels(instance.host_labels),
        },
        "vms": {
            "names": list(instance.vm_names),
            "host": solution.host_index,
            "of": instance.vm_classes.of,
            "why": why,
            "priority": None if same else instance.priority,
            "labels": _labels(instance.vm_labels),
            "taken": _columns(solution.allocation, instance.scale) if instance.elastic else None,
            "current": instance.current,
        },
        "classes": {
            "demand": _columns(instance.vm_classes.demand, instance.scale),
            "value": instance.vm_classes.value,
        },
    }


def _columns(units: IntArray, scale: IntArray) -> list[list[float]]:
    """One list a resource, in the user's own units."""
    return [column.tolist() for column in (units / scale).T]


def _reasons(solution: Solution, told: Report | None) -> tuple[list[str], IntArray]:
    """The reasons there are, and the one of each VM that does not run, -1 where it does."""
    why = np.full(solution.instance.n_vms, -1, dtype=np.int64)
    if told is None:
        return [], why
    reasons = [row.reason for row in told.reasons]
    number = {reason: n for n, reason in enumerate(reasons)}
    index_of, of = solution.instance.vm_names.index_of, solution.instance.vm_classes.of
    by_class = np.full(len(solution.instance.vm_classes), -1, dtype=np.int64)
    for one in told.classes:
        by_class[of[index_of[one.example]]] = number[one.reason]
    left = solution.host_index < 0
    why[left] = by_class[of[left]]
    return reasons, why


def _labels(rows: Labels | None) -> list[dict[str, Any]]:
    """The commonest labels as columns: different values, and the number of each row's, -1 for none."""
    if rows is None:
        return []
    count: dict[str, int] = {}
    for row in rows:
        for key in row:
            count[key] = count.get(key, 0) + 1
    chosen = sorted(count, key=lambda key: (-count[key], key))[:MOST_LABELS]
    return [_label(rows, key) for key in chosen]


def _label(rows: Labels, key: str) -> dict[str, Any]:
    known: dict[str, int] = {}
    of = [known.setdefault(row[key], len(known)) if key in row else -1 for row in rows]
    return {"name": key, "values": list(known), "of": of}
