"""Workload: requests on hosts, brought to exact integers, with a row for every version of a VM."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from vmopt import checks
from vmopt.arrays import IntArray
from vmopt.errors import InstanceError
from vmopt.model.classes import merge_rows
from vmopt.model.columns import frozen
from vmopt.model.host import Host
from vmopt.model.instance import Instance
from vmopt.model.on_hosts import require_lasting
from vmopt.model.requests import Requests
from vmopt.rules import InForce
from vmopt.simulation.ruling import over_versions, told_apart


@dataclass(frozen=True, eq=False)
class Workload:
    """What a simulation works on.

    A VM that changes has a row for each version of it: row i is VM i as it arrives, and row ``n_vms + j`` is the VM
    of the j-th change from then on. So a change is a new row number, and every amount keeps its exact integer.

    Attributes
    ----------
    requests : Requests
        With those rules of the hosts' instance that speak of hosts only, and pieces as a rule.
    instance : Instance
        All rows as its VMs, on all hosts, without rules.
    asked : (n_rows, n_resources) int64 array
        What a row must get to run: its reservation, or its demand.
    class_of : (n_rows,) int64 array
        Demand class of each row: rows that must get the same, and that no rule tells apart.
    class_asked : (n_classes, n_resources) int64 array
    fits_somewhere : (n_classes,) bool array
        Whether some host, empty, has room for the class.
    changed_vm : (n_changes,) int64 array
        Whom each change concerns.
    event_host : (n_host_events,) int64 array
        Which host each host event concerns.
    rules : tuple of InForce
        The rules, over the rows.
    """

    requests: Requests
    instance: Instance
    asked: IntArray
    class_of: IntArray
    class_asked: IntArray
    fits_somewhere: np.ndarray[tuple[int], np.dtype[np.bool_]]
    changed_vm: IntArray
    event_host: IntArray
    rules: tuple[InForce, ...] = ()

    @classmethod
    def of(cls, hosts: Instance | Iterable[Host], requests: Requests) -> Workload:
        """Bring requests and hosts together.

        Raises
        ------
        InstanceError
            If hosts and requests do not name the same resources, an event names an unknown host, or a rule cannot be
            kept while VMs come and go.
        """
        if not isinstance(hosts, Instance):
            hosts = checks.listed(hosts, "hosts", InstanceError, "a list of hosts")
        requests = replace(requests, rules=requests.rules_on(hosts), pieces=None)
        require_lasting(requests.rules)
        instance, changed = _with_versions(hosts, requests)
        rules = _rules(hosts, requests, instance, changed)
        asked = instance.reserved
        first, class_of, _ = merge_rows(np.column_stack([asked, *told_apart(rules)]))
        shapes = instance.host_classes.capacity
        fits = np.zeros(len(first), dtype=bool)
        for shape in shapes:
            fits |= (asked[first] <= shape).all(axis=1)
        return cls(
            requests=requests,
            instance=instance,
            asked=asked,
            class_of=class_of,
            class_asked=frozen(asked[first]),
            fits_somewhere=fits,
            changed_vm=changed,
            event_host=_hosts_of_events(requests, instance),
            rules=rules,
        )

    @property
    def n_vms(self) -> int:
        """Number of VMs, each counted once."""
        return self.requests.n_vms


def _with_versions(hosts: Instance | Iterable[Host], requests: Requests) -> tuple[Instance, IntArray]:
    """Return the instance of all rows, and the VM of each row beyond the first ones."""
    changes = requests.changes
    if not changes:
        return requests.on(hosts).without_rules, np.zeros(0, dtype=np.int64)
    changed = np.array([requests.vm_names.index_of[change.vm] for change in changes])
    demand, priority = [*requests.demand], [*requests.priority]
    newest = np.arange(requests.n_vms)
    for position, (vm, change) in enumerate(zip(changed.tolist(), changes, strict=True)):
        before = newest[vm]
        row = demand[before].astype(object)
        for resource, amount in (change.demand or {}).items():
            row[requests.resources.index(resource)] = amount
        demand.append(row)
        priority.append(priority[before] if change.priority is None else change.priority)
        newest[vm] = requests.n_vms + position
    reservation = None
    if requests.elastic:
        of = np.concatenate([np.arange(requests.n_vms), changed])
        reservation = np.minimum(requests.reserved[of], np.array(demand))
    instance = Instance.from_arrays(
        np.array(demand, dtype=object),
        priority=np.array(priority),
        vm_names=_version_names(requests, changed),
        objective=requests.objective,
        reservation=reservation,
        **requests.host_columns(hosts),
    )
    return instance, changed


def _rules(
    hosts: Instance | Iterable[Host], requests: Requests, versions: Instance, changed: IntArray
) -> tuple[InForce, ...]:
    if not requests.rules:
        return ()
    return over_versions(requests.on(hosts), versions, np.append(np.arange(requests.n_vms), changed))


def _version_names(requests: Requests, changed: IntArray) -> list[str]:
    """Name the rows, so that an error of a change names its VM."""
    given = list(requests.vm_names)
    return given + [
        f"{given[vm]} from {change.time:g} s, change {position}"
        for position, (vm, change) in enumerate(zip(changed.tolist(), requests.changes, strict=True))
    ]


def _hosts_of_events(requests: Requests, instance: Instance) -> IntArray:
    names = instance.host_names.index_of if requests.host_events else {}
    for event in requests.host_events:
        if event.host not in names:
            raise InstanceError(
                f"host {event.host!r} is to {event.action} at {event.time:g} s, but there is no such host."
            )
    return np.array([names[event.host] for event in requests.host_events], dtype=np.int64)
