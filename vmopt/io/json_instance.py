"""Instances as JSON: rows for people, columns for a million VMs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import isnan
from typing import Any, Literal

import numpy as np

from vmopt.errors import FileError, InstanceError, OptionError
from vmopt.io import json_file
from vmopt.io.files import PathLike
from vmopt.io.json_file import Fields
from vmopt.io.json_goals import goal_levels_document, read_goal_levels
from vmopt.io.json_latency import latency_document, read_latency
from vmopt.io.json_row_parts import take_parts
from vmopt.io.json_rules import read_rules, rules_document
from vmopt.io.json_tables import CURRENT, HOST_KEYS, MOVE_COST, VM_KEYS, read_table
from vmopt.model.amounts import MAX_FLOAT, in_user_units
from vmopt.model.instance import Instance, require_instance
from vmopt.model.objective import Objective, Weighting
from vmopt.model.resources import resource_names

FORMAT = "vmopt-instance"
VERSION, WITH_MORE = 1, 2
"""Files with no latency, no rules and nothing that runs now keep the version that has none of them."""
ROWS_UP_TO = 2000
Layout = Literal["rows", "columns"]


def read_json(path: PathLike, *, weighting: Weighting | None = None) -> Instance:
    """Read an instance from JSON, plain or gzip.

    Parameters
    ----------
    path : path
        A file as `write_json` makes it; ``vmopt.io.schema("instance")`` says what it may hold.
    weighting : {"priority", "demand", "tiers"}, optional
        In place of the one that the file names.

    Raises
    ------
    FileError
        If the file cannot be read, is not JSON, or does not follow the schema.
    InstanceError
        If what it describes is no instance: a negative amount, a name given twice ...

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import vmopt
    >>> hosts, vms = '[{"name": "h1", "capacity": {"cpu": 8}}]', '[{"name": "web", "demand": {"cpu": 5}}]'
    >>> head = '"format": "vmopt-instance", "version": 1, "resources": ["cpu"], "objective": {"weighting": "priority"}'
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "cluster.json").write_text(f'{{{head}, "hosts": {hosts}, "vms": {vms}}}')
    ...     cluster = vmopt.io.read_json(f"{folder}/cluster.json")
    >>> list(cluster.vm_names), cluster.demand.tolist()
    (['web'], [[5]])
    """
    fields = json_file.load(path, FORMAT, VERSION, WITH_MORE)
    try:
        return _read(fields, str(path), weighting)
    except InstanceError as error:
        raise InstanceError(f"{path}: {error}") from None


def write_json(instance: Instance, path: PathLike, *, layout: Layout | None = None) -> None:
    """Write an instance as JSON, gzip if the name ends in ``.gz``; `read_json` returns an equal one.

    Parameters
    ----------
    instance : Instance
    path : path
    layout : {"rows", "columns"}, optional
        A line per VM and host, or an array per resource. Default: rows up to 2,000 VMs and hosts together, else
        columns.

    Raises
    ------
    FileError
        If the file cannot be written, or the instance has a rule of one's own.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[5], [4]], [[8]], resources=["cpu"])
    >>> with TemporaryDirectory() as folder:
    ...     vmopt.io.write_json(cluster, f"{folder}/cluster.json.gz")
    ...     again = vmopt.io.read_json(f"{folder}/cluster.json.gz")
    >>> again.demand.ravel().tolist(), again.resources
    ([5, 4], ('cpu',))
    """
    instance = require_instance(instance)
    if layout is not None and (not isinstance(layout, str) or layout not in ("rows", "columns")):
        raise OptionError(f"layout is {layout!r}: use 'rows', 'columns', or None to choose by size.")
    by_row = layout == "rows" or (layout is None and instance.n_vms + instance.n_hosts <= ROWS_UP_TO)
    hosts, vms = _host_columns(instance), _vm_columns(instance)
    document: dict[str, Any] = {"format": FORMAT, "version": _version(instance), "resources": instance.resources}
    if instance.transient:
        document["transient"] = instance.transient
    document["objective"] = _objective_document(instance.objective)
    document["hosts"] = _as_rows(hosts) if by_row else hosts
    document["vms"] = _as_rows(vms) if by_row else vms
    if instance.rules:
        document["rules"] = rules_document(instance.rules)
    json_file.save(path, document, by_line=("hosts", "vms", "rules"))


def _version(instance: Instance) -> int:
    more = (instance.rules, instance.transient, instance.objective.latency is not None, instance.objective.goal_levels)
    runs = instance.current is not None or instance.move_cost is not None
    return WITH_MORE if runs or any(more) else VERSION


def _read(fields: Fields, path: str, weighting: Weighting | None) -> Instance:
    resources = resource_names(fields.take("resources", list), None)
    objective, latency = _read_objective(fields.take("objective", dict, default={}), f"{path}: objective")
    if weighting is not None:
        if objective.goal_levels:
            raise InstanceError("the file has levels of goals, with a weighting of their own: leave the other one out.")
        objective = Objective(weighting, objective.resource_weights)
    host_rows, vm_rows = fields.take("hosts", list, dict), fields.take("vms", list, dict)
    of_parts = take_parts(host_rows, vm_rows, path)
    hosts = read_table(host_rows, f"{path}: hosts", HOST_KEYS, resources)
    vms = read_table(vm_rows, f"{path}: vms", VM_KEYS, resources)
    rules = [*read_rules(fields.take("rules", list, default=[]), f"{path}: rules"), *of_parts]
    transient = fields.take("transient", list, default=[])
    fields.finish()
    instance = Instance.from_arrays(
        vms["demand"],
        hosts["capacity"],
        priority=vms["priority"],
        value=vms["value"],
        resources=resources,
        vm_names=vms["name"],
        host_names=hosts["name"],
        is_container=vms["kind"],
        vm_labels=vms["labels"],
        host_labels=hosts["labels"],
        objective=objective,
        reservation=vms["reservation"],
        rules=rules,
        current=vms[CURRENT],
        move_cost=vms[MOVE_COST],
        transient=transient,
    )
    if latency is None:
        return instance
    goal = read_latency(latency, f"{path}: objective: latency", instance.vm_names)
    return instance.replace(objective=replace(objective, latency=goal))


def _read_objective(given: dict[str, Any], where: str) -> tuple[Objective, dict[str, Any] | None]:
    """Return the objective without its latency, which speaks of VMs that are read later, and that as it stands."""
    fields = Fields(given, where)
    latency = fields.take("latency", dict, type(None), default=None)
    weighting = fields.take("weighting", str, default="priority")
    weights = fields.take("resource_weights", dict, type(None), default=None)
    levels, slack = fields.take("levels", list, default=[]), fields.take("slack", list, default=[])
    fields.finish()
    for resource, weight in (weights or {}).items():
        if type(weight) not in (int, float):
            raise FileError(f"{where}: the weight of {resource!r} is {json_file.shown(weight)}: expected a number.")
    goals = read_goal_levels(levels, f"{where}: levels")
    return Objective(weighting, weights, levels=goals, slack=slack), latency


def _objective_document(objective: Objective) -> dict[str, Any]:
    document: dict[str, Any] = {"weighting": objective.weighting}
    if objective.resource_weights is not None:
        document["resource_weights"] = dict(objective.resource_weights)
    if objective.goal_levels:
        document["levels"] = goal_levels_document(objective.goal_levels)
        if any(objective.slack_of_levels):
            document["slack"] = list(objective.slack_of_levels)
    if objective.latency is not None:
        document["latency"] = latency_document(objective.latency)
    return document


def _host_columns(instance: Instance) -> dict[str, Any]:
    names = instance.host_names
    columns: dict[str, Any] = {"name": tuple(names)} if names.are_given else {}
    columns["capacity"] = _amounts(instance, instance.capacity)
    if instance.host_labels is not None:
        columns["labels"] = [dict(row) for row in instance.host_labels]
    return columns


def _vm_columns(instance: Instance) -> dict[str, Any]:
    names = instance.vm_names
    columns: dict[str, Any] = {"name": tuple(names)} if names.are_given else {}
    columns["demand"] = _amounts(instance, instance.demand)
    columns["priority"] = instance.priority
    if instance.own_value is not None:
        columns["value"] = instance.own_value  # NaN, no value, becomes null
    if instance.is_container is not None:
        columns["kind"] = np.where(instance.is_container, "container", "vm").tolist()
    if instance.elastic:
        columns["reservation"] = _amounts(instance, instance.reserved)
    if instance.current is not None:
        named = [*instance.host_names, None]
        columns[CURRENT] = [named[host] for host in instance.current.tolist()]
    if instance.move_cost is not None:
        columns[MOVE_COST] = instance.move_cost
    if instance.vm_labels is not None:
        columns["labels"] = [dict(row) for row in instance.vm_labels]
    return columns


def _amounts(instance: Instance, table: Any) -> dict[str, Any]:
    columns = (np.ascontiguousarray(column) for column in in_user_units(table, instance.scale))
    return dict(zip(instance.resources, columns, strict=True))


def _as_rows(columns: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield one object per row; no value, and no labels, are left out; who runs nowhere now says so."""
    lists = [_amounts_by_row(c) if isinstance(c, dict) else _listed(c) for c in columns.values()]
    for entries in zip(*lists, strict=True):
        row = zip(columns, entries, strict=True)
        yield {key: entry for key, entry in row if (entry is not None or key == CURRENT) and entry != {}}


def _amounts_by_row(table: dict[str, Any]) -> Iterator[dict[str, float]]:
    by_row = zip(*(column.tolist() for column in table.values()), strict=True)
    return (dict(zip(table, row, strict=True)) for row in by_row)


def _listed(column: Any) -> Iterator[Any]:
    """Yield the entries of a column: whole numbers without a point, no value as None."""
    if not isinstance(column, np.ndarray):
        yield from column
        return
    for number in column.tolist():
        whole = number.is_integer() and abs(number) < MAX_FLOAT
        yield int(number) if whole else None if isnan(number) else number
