"""Instances as CSV files: one line per host, one line per VM, and in a third, if need be, one line per rule."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.checks import as_path
from vmopt.errors import FileError, InstanceError
from vmopt.io.csv_labels import LABEL, label_columns, labels_in
from vmopt.io.csv_parts import PARTS, PIECES, part_columns, parts_in
from vmopt.io.csv_rules import read_rule_column, rule_column
from vmopt.io.csv_table import CsvTable, write_columns
from vmopt.io.files import PathLike
from vmopt.model.amounts import as_column, as_table, in_user_units
from vmopt.model.instance import Instance, require_instance
from vmopt.model.objective import Objective
from vmopt.plurals import count
from vmopt.rules.inside import Inside

RESERVED = "reserved:"
PREFIXES = (LABEL, RESERVED)
HOST_COLUMNS = ("name", PARTS)
RANKS = "where priorities are ranks, which may be any integers, say so: objective=vmopt.Objective('tiers')"
VM_COLUMNS = ("name", "priority", "value", "kind", "current", "move_cost", PIECES)
KINDS = ("vm", "container", "")


def read_csv(
    hosts_path: PathLike, vms_path: PathLike, *, rules: PathLike | None = None, objective: Objective | None = None
) -> Instance:
    r"""Read an instance from a file of hosts and a file of VMs, and its rules from a third.

    The header of either file names a column per resource. Reserved names are ``name`` and ``label:<key>`` in both,
    ``priority``, ``value``, ``kind``, ``current`` (the name of the host that it runs on now), ``move_cost`` and
    ``reserved:<resource>`` for VMs; all of these may be left out, and so may a cell of theirs. What a VM does not
    reserve less of, it reserves as it asks for it. ``parts`` of hosts and ``pieces`` of VMs are cells in JSON, said as
    in rows of JSON files.

    Parameters
    ----------
    hosts_path, vms_path : path
        Plain or gzip.
    rules : path, optional
        A file with one column, ``rule``, and in each line a rule as `vmopt.rules.parse_rule` reads it, in double
        quotes where it has commas.
    objective : Objective, optional
        CSV does not hold one; default: priority weighting.

    Raises
    ------
    FileError
        If a file cannot be read, or a cell makes no sense: the message names file, line and column.
    InstanceError
        If what they describe is no instance, such as a name given twice.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import vmopt
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "hosts.csv").write_text("name,cpu,memory\nh1,8,32\n")
    ...     _ = Path(folder, "vms.csv").write_text("name,cpu,memory,label:app\nweb,5,16,shop\n")
    ...     cluster = vmopt.io.read_csv(f"{folder}/hosts.csv", f"{folder}/vms.csv")
    >>> cluster.resources, cluster.demand.tolist(), dict(cluster.vm_labels[0])
    (('cpu', 'memory'), [[5, 16]], {'app': 'shop'})
    """
    hosts, vms = CsvTable(hosts_path), CsvTable(vms_path)
    resources = _resources(hosts, HOST_COLUMNS)
    for name in hosts.columns:
        if name.startswith(RESERVED):
            raise FileError(f"{hosts_path}, line 1: {name!r} is a column of VMs: only they reserve.")
    if not resources:
        raise FileError(f"{hosts_path}, line 1: there is no resource: add a column for each, such as cpu.")
    unknown = [name for name in _resources(vms, VM_COLUMNS) if name not in resources]
    if unknown:
        known = ", ".join(resources)
        raise FileError(f"{vms_path}, line 1: {unknown[0]!r} is no resource of {hosts_path}: it has {known}.")
    vms.require(resources)
    stated = [] if rules is None else read_rule_column(rules)
    try:
        return Instance.from_arrays(
            as_table([vms.numbers(resource) for resource in resources]),
            as_table([hosts.numbers(resource) for resource in resources]),
            priority=_priorities(vms, objective),
            value=_own_values(vms),
            resources=resources,
            vm_names=_names(vms),
            host_names=_names(hosts),
            is_container=_containers(vms),
            vm_labels=labels_in(vms),
            host_labels=labels_in(hosts),
            objective=objective,
            reservation=_reservation(vms, resources),
            rules=[*stated, *parts_in(hosts, vms)],
            current=_current(vms),
            move_cost=vms.numbers("move_cost", empty="1") if "move_cost" in vms.columns else None,
        )
    except InstanceError as error:
        files = f"{hosts_path} and {vms_path}" if rules is None else f"{hosts_path}, {vms_path} and {rules}"
        raise InstanceError(f"{files}: {error}") from None


def write_csv(instance: Instance, hosts_path: PathLike, vms_path: PathLike, *, rules: PathLike | None = None) -> None:
    """Write an instance as CSV files, gzip where the name ends in ``.gz``; `read_csv` returns an equal one.

    Parameters
    ----------
    instance : Instance
    hosts_path, vms_path : path
    rules : path, optional
        Where to write the rules, but for that of parts; it is needed where there are any. Where there are none, a
        header is written.

    Raises
    ------
    FileError
        If a file cannot be written, or the instance has what CSV cannot hold: an objective other than the default, a
        resource with a reserved name, transient resources, an empty label, a rule with a column of groups, rules and
        no file for them.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[5], [4]], [[8]], resources=["cpu"])
    >>> with TemporaryDirectory() as folder:
    ...     vmopt.io.write_csv(cluster, f"{folder}/hosts.csv", f"{folder}/vms.csv")
    ...     with open(f"{folder}/vms.csv") as file:
    ...         print(*file.read().split())
    cpu,priority 5,1.0 4,1.0
    """
    instance = require_instance(instance)
    hosts_path, vms_path = as_path(hosts_path, "hosts_path"), as_path(vms_path, "vms_path")
    rules = None if rules is None else as_path(rules, "rules")
    if instance.objective != Objective():
        raise FileError(f"CSV cannot hold {instance.objective}: write JSON, or replace(objective=None) first.")
    if instance.transient:
        raise FileError("CSV cannot hold transient resources: write JSON, or replace(transient=()) first.")
    lines = [rule for rule in instance.rules if not isinstance(rule, Inside)]
    if lines and rules is None:
        what = f"its {count(len(lines), 'rule')}"
        raise FileError(f"{hosts_path} and {vms_path} cannot hold {what}: name a third file, rules=.")
    stated = None if rules is None else rule_column(lines, rules)
    hosts = _named(instance.host_names) | _amounts(instance, instance.capacity, hosts_path)
    vms = _named(instance.vm_names) | _amounts(instance, instance.demand, vms_path)
    if instance.elastic:
        reserved = _amounts(instance, instance.reserved, vms_path)
        vms |= {RESERVED + resource: column for resource, column in reserved.items()}
    vms["priority"] = instance.priority.tolist()
    if instance.own_value is not None:
        vms["value"] = ["" if np.isnan(value) else value for value in instance.own_value.tolist()]
    if instance.is_container is not None:
        vms["kind"] = np.where(instance.is_container, "container", "vm").tolist()
    if instance.current is not None:
        named = [*instance.host_names, ""]
        vms["current"] = [named[host] for host in instance.current.tolist()]
    if instance.move_cost is not None:
        vms["move_cost"] = instance.move_cost.tolist()
    hosts |= label_columns(instance.host_labels, hosts_path)
    vms |= label_columns(instance.vm_labels, vms_path)
    parts, pieces = part_columns(instance, [rule for rule in instance.rules if isinstance(rule, Inside)], hosts_path)
    write_columns(hosts_path, hosts | parts)
    write_columns(vms_path, vms | pieces)
    if rules is not None and stated is not None:
        write_columns(rules, stated)


def _resources(table: CsvTable, reserved: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in table.columns if name not in reserved and not name.startswith(PREFIXES))


def _names(table: CsvTable) -> list[str] | None:
    names = table.columns.get("name")
    if names is not None and not all(names):
        table.fail(names.index(""), "name", "the name is empty; give each row one, or leave the column out")
    return names


def _priorities(vms: CsvTable, objective: Objective | None) -> Any:
    if "priority" not in vms.columns:
        return None
    column = vms.numbers("priority", empty="1", signed=True)
    if (objective is None or objective.weighting == "priority") and not (column > 0).all():
        row = int(np.argmax(column <= 0))
        vms.fail(row, "priority", f"it is {column[row]}, but weights are above 0; {RANKS}")
    return column


def _own_values(vms: CsvTable) -> Any:
    if "value" not in vms.columns:
        return None
    values = vms.numbers("value", empty="0").tolist()
    return [value if cell else None for value, cell in zip(values, vms.columns["value"], strict=True)]


def _reservation(vms: CsvTable, resources: tuple[str, ...]) -> Any:
    """Table of reservations; None where the file has no column of them. An empty cell stands for the demand."""
    known = {RESERVED + resource: resource for resource in resources}
    given = [name for name in vms.columns if name.startswith(RESERVED)]
    for name in given:
        if name not in known:
            raise FileError(f"{vms.path}, line 1: {name!r} reserves no resource: there are {', '.join(resources)}.")
    if not given:
        return None
    columns = []
    for name, resource in known.items():
        asked = vms.numbers(resource)
        if name not in given:
            columns.append(asked)
            continue
        reserved = vms.numbers(name, empty="0").tolist()
        pairs = zip(reserved, asked.tolist(), vms.columns[name], strict=True)
        columns.append(as_column([least if cell else demand for least, demand, cell in pairs]))
    return as_table(columns)


def _current(vms: CsvTable) -> list[str | None] | None:
    """Names of hosts; None for a VM that runs nowhere now, and for all where the file has no such column."""
    cells = vms.columns.get("current")
    return None if cells is None else [cell or None for cell in cells]


def _containers(vms: CsvTable) -> Any:
    if "kind" not in vms.columns:
        return None
    return np.array([kind == "container" for kind in vms.one_of("kind", KINDS)])


def _named(names: Any) -> dict[str, list[Any]]:
    return {"name": list(names)} if names.are_given else {}


def _amounts(instance: Instance, table: Any, path: PathLike) -> dict[str, list[Any]]:
    for resource in instance.resources:
        if resource in (*VM_COLUMNS, *HOST_COLUMNS) or resource.startswith(PREFIXES) or resource != resource.strip():
            raise FileError(f"cannot write {path}: {resource!r} cannot name a resource in CSV; write JSON.")
    columns = in_user_units(table, instance.scale)
    return {resource: column.tolist() for resource, column in zip(instance.resources, columns, strict=True)}
