"""Requests as JSON: hosts, VMs with their times, changes and host events; all tables by column."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import Any

import numpy as np

from vmopt.errors import FileError, InstanceError
from vmopt.io import json_file
from vmopt.io.files import PathLike
from vmopt.io.json_file import Fields, shown
from vmopt.io.json_rules import read_rules, rules_document
from vmopt.model.amounts import as_column, as_table
from vmopt.model.happenings import Change, HostEvent
from vmopt.model.host import Host
from vmopt.model.instance import Instance
from vmopt.model.objective import Objective
from vmopt.model.requests import Requests, require_requests
from vmopt.model.resources import resource_names

FORMAT = "vmopt-requests"
VERSION, WITH_MORE = 1, 2
"""Files with neither labels nor rules keep the version that has none of them."""
NUMBERS = (int, float)


def read_requests(path: PathLike) -> tuple[Instance, Requests]:
    """Read hosts and requests from JSON, plain or gzip.

    Returns
    -------
    hosts : Instance
        The hosts, and all VMs as if they came at once.
    requests : Requests

    Raises
    ------
    FileError
        If the file cannot be read, is not JSON, or does not follow the format.
    InstanceError
        If what it describes makes no sense: a negative amount, an event of an unknown VM ...

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import vmopt
    >>> requests = vmopt.Requests.from_arrays([0, 10], [[6], [2]], duration=[60, 60], resources=["cpu"])
    >>> with TemporaryDirectory() as folder:
    ...     vmopt.io.write_requests([vmopt.Host("h1", {"cpu": 8})], requests, f"{folder}/requests.json")
    ...     hosts, again = vmopt.io.read_requests(f"{folder}/requests.json")
    >>> list(hosts.host_names), again.arrival.tolist()
    (['h1'], [0.0, 10.0])
    """
    fields = json_file.load(path, FORMAT, VERSION, WITH_MORE)
    try:
        return from_fields(fields)
    except InstanceError as error:
        raise InstanceError(f"{path}: {error}") from None


def write_requests(hosts: Instance | Iterable[Host], requests: Requests, path: PathLike) -> None:
    """Write hosts and requests as JSON, gzip if the name ends in ``.gz``; `read_requests` returns the same.

    Raises
    ------
    FileError
        If the file cannot be written, or there is a rule of one's own.

    Examples
    --------
    >>> import json
    >>> from tempfile import TemporaryDirectory
    >>> import vmopt
    >>> requests = vmopt.Requests.from_arrays([0, 10], [[6], [2]], duration=[60, 60], resources=["cpu"])
    >>> with TemporaryDirectory() as folder:
    ...     vmopt.io.write_requests([vmopt.Host("h1", {"cpu": 8})], requests, f"{folder}/requests.json")
    ...     with open(f"{folder}/requests.json") as file:
    ...         said = json.load(file)
    >>> said["vms"]["arrival"], said["vms"]["duration"]
    ([0.0, 10.0], [60.0, 60.0])
    """
    told = to_document(hosts, require_requests(requests))
    json_file.save(
        path, {"format": FORMAT, "version": version_of(told), **told}, by_line=("changes", "host_events", "rules")
    )


def version_of(told: dict[str, Any]) -> int:
    """Return the version of the format that has all that `to_document` told."""
    return WITH_MORE if "rules" in told or "labels" in told["hosts"] or "labels" in told["vms"] else VERSION


def to_document(hosts: Instance | Iterable[Host], requests: Requests) -> dict[str, Any]:
    """Return hosts and requests as an object that JSON can hold."""
    columns = requests.host_columns(hosts)
    vms: dict[str, Any] = {"name": list(requests.vm_names)} if requests.vm_names.are_given else {}
    vms |= {
        "demand": _by_resource(requests.demand, requests),
        "priority": requests.priority.tolist(),
        "arrival": requests.arrival.tolist(),
        "duration": [seconds if isfinite(seconds) else None for seconds in requests.duration.tolist()],
    }
    if requests.elastic:
        vms["reservation"] = _by_resource(requests.reserved, requests)
    if requests.vm_labels is not None:
        vms["labels"] = [dict(row) for row in requests.vm_labels]
    named = {} if columns["host_names"] is None else {"name": list(columns["host_names"])}
    labels = {"labels": [dict(row) for row in columns["host_labels"]]} if any(columns["host_labels"] or ()) else {}
    rules = rules_document(requests.rules_on(hosts))
    weights = requests.objective.resource_weights
    return {
        "resources": list(requests.resources),
        "objective": {
            "weighting": requests.objective.weighting,
            "resource_weights": None if weights is None else dict(weights),
        },
        "hosts": {**named, "capacity": _by_resource(columns["capacity"], requests), **labels},
        "vms": vms,
        "changes": [_filled(vars(change)) for change in requests.changes],
        "host_events": [vars(event) for event in requests.host_events],
        **({"rules": rules} if rules else {}),
    }


def from_fields(fields: Fields) -> tuple[Instance, Requests]:
    """Read what `to_document` makes; every key must be known."""
    where = fields.where
    resources = resource_names(fields.take("resources", list), None)
    objective = Fields(fields.take("objective", dict, default={}), f"{where}: objective")
    hosts = Fields(fields.take("hosts", dict), f"{where}: hosts")
    vms = Fields(fields.take("vms", dict), f"{where}: vms")
    changes = fields.take("changes", list, default=[])
    host_events = fields.take("host_events", list, default=[])
    rules = read_rules(fields.take("rules", list, default=[]), f"{where}: rules")
    fields.finish()
    weighting = objective.take("weighting", str, default="priority")
    weights = objective.take("resource_weights", dict, type(None), default=None)
    objective.finish()
    requests = Requests.from_arrays(
        _numbers(vms, "arrival"),
        _amounts(vms, "demand", resources),
        duration=_durations(vms),
        priority=_numbers(vms, "priority", optional=True),
        reservation=_amounts(vms, "reservation", resources) if vms.holds("reservation") else None,
        resources=resources,
        vm_names=vms.take("name", list, default=None),
        changes=[_change(Fields(given, f"{where}: changes[{i}]")) for i, given in enumerate(changes)],
        host_events=[_host_event(Fields(given, f"{where}: host_events[{i}]")) for i, given in enumerate(host_events)],
        objective=Objective(weighting, weights),
        vm_labels=vms.take("labels", list, default=None),
        rules=rules,
    )
    vms.finish()
    return _on_hosts(requests, hosts), requests


def _on_hosts(requests: Requests, hosts: Fields) -> Instance:
    capacity = _amounts(hosts, "capacity", requests.resources)
    names, labels = hosts.take("name", list, default=None), hosts.take("labels", list, default=None)
    hosts.finish()
    return Instance.from_arrays(
        requests.demand,
        capacity,
        priority=requests.priority,
        resources=requests.resources,
        vm_names=requests.vm_names if requests.vm_names.are_given else None,
        host_names=names,
        vm_labels=requests.vm_labels,
        host_labels=labels,
        objective=requests.objective,
        reservation=requests.reserved if requests.elastic else None,
        rules=requests.rules,
    )


def _by_resource(table: Any, requests: Requests) -> dict[str, list[float]]:
    return {resource: np.asarray(table)[:, k].tolist() for k, resource in enumerate(requests.resources)}


def _amounts(fields: Fields, key: str, resources: tuple[str, ...]) -> Any:
    given = Fields(fields.take(key, dict), f"{fields.where}, {key}")
    columns = [_numbers(given, resource) for resource in resources]
    given.finish()
    if len({len(column) for column in columns}) > 1:
        raise FileError(f"{given.where}: the columns are not of the same length: give one amount per row in each.")
    return as_table([as_column(column) for column in columns])


def _numbers(fields: Fields, key: str, *, optional: bool = False) -> Any:
    column = fields.take(key, list, default=None) if optional else fields.take(key, list)
    _refuse_others(column or [], NUMBERS, fields, key, "a number")
    return column


def _durations(vms: Fields) -> list[float] | None:
    column = vms.take("duration", list, default=None)
    _refuse_others(column or [], (*NUMBERS, type(None)), vms, "duration", "a number, or null for until the end")
    return None if column is None else [np.inf if seconds is None else seconds for seconds in column]


def _refuse_others(column: list[Any], kinds: tuple[type, ...], fields: Fields, key: str, expected: str) -> None:
    for position, entry in enumerate(column):
        if type(entry) not in kinds:
            raise FileError(f"{fields.where}[{position}]: {key} is {shown(entry)}: expected {expected}.")


def _change(given: Fields) -> Change:
    demand = given.take("demand", dict, default=None)
    priority = given.take("priority", *NUMBERS, default=None)
    change = Change(given.take("time", *NUMBERS), given.take("vm", str), demand, priority)
    given.finish()
    return change


def _host_event(given: Fields) -> HostEvent:
    event = HostEvent(given.take("time", *NUMBERS), given.take("host", str), given.take("action", str))
    given.finish()
    return event


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: dict(entry) if key == "demand" else entry for key, entry in fields.items() if entry is not None}
