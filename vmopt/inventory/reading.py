"""Inventories: tables of hosts and VMs, as people keep them, become an instance."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from vmopt import checks
from vmopt.errors import FileError, InstanceError
from vmopt.inventory.columns import TableColumns, amounts_in, match, said_of
from vmopt.inventory.doubts import off_notes, refuse_counts
from vmopt.inventory.headers import header_of
from vmopt.inventory.homes import take_current
from vmopt.inventory.numerals import as_mark
from vmopt.inventory.opening import sheet_of
from vmopt.inventory.options import ReadingOptions
from vmopt.inventory.resources import AmountTable, read_resources
from vmopt.inventory.rows import columns_of
from vmopt.inventory.swapped import refuse_headers_of_vms, refuse_one_table, refuse_swapped, refuse_upside_down
from vmopt.model.amounts import as_column, as_table
from vmopt.model.instance import Instance
from vmopt.model.objective import Objective


@dataclass(frozen=True)
class Reading:
    """What was read, and how the columns were understood.

    Attributes
    ----------
    instance : Instance
    units : dict of str to str
        The unit of each resource; empty where the tables name none.
    told : tuple of str
        A line for each table, its columns and what they were taken for; and for each thing that was guessed.
    """

    instance: Instance
    units: dict[str, str]
    told: tuple[str, ...]


def read_inventory(
    hosts: Any,
    vms: Any,
    *,
    name_column: str | None = None,
    columns: Mapping[str, str] | None = None,
    labels: Collection[str] = (),
    units: Mapping[str, str] | None = None,
    sheets: Mapping[str, str] | None = None,
    separator: str | None = None,
    decimal: str | None = None,
    empty: int | None = None,
    overcommit: Mapping[str, Any] | None = None,
    reserve: Mapping[str, Any] | None = None,
    objective: Objective | None = None,
) -> Instance:
    """Read a table of hosts and a table of VMs, as people keep them.

    Parameters
    ----------
    hosts, vms : path or data frame
        CSV, TSV or any other separator, Parquet, Excel; a data frame of pandas or polars, an Arrow table, a dict of
        columns. Columns are found by their headers (``Name``, ``vCPUs``, ``RAM (GB)``); those that are neither names
        nor amounts are labels. Amounts may have units, in the header or the cell: ``4Gi``, ``500m``, ``2,5 cores``.
    name_column : str, optional
        The header of the names, where it cannot be told.
    columns : mapping of str to str, optional
        What else cannot be told: ``{"cpu": "Threads"}``; ``{"hosts.cpu": "Threads"}`` is said of hosts alone.
    labels : collection of str, optional
        Columns that are labels though they hold numbers.
    units : mapping of str to str, optional
        What numbers without a unit are in: ``{"memory": "GiB"}``.
    sheets : mapping of str to str, optional
        Which sheets of Excel files to read: ``{"hosts": "vHost", "vms": "vInfo"}``; default: such as are called so.
    separator, decimal : str, optional
        Between cells, and the decimal mark; default: as the table shows.
    empty : 0, optional
        Take empty amounts for 0; by default they are refused.
    overcommit : mapping of str to number, optional
        How often what a host has is promised: ``{"cpu": 4}``.
    reserve : mapping of str to str or number, optional
        What is kept back on each host before that: ``{"memory": "10%", "cpu": 2}``.
    objective : Objective, optional

    Raises
    ------
    FileError
        If a table cannot be read or understood: the message says where, and asks for what is missing.

    Examples
    --------
    >>> hosts = {"Host": ["h1", "h2"], "CPUs": [8, 4], "RAM": ["32GiB", "16 GiB"], "Rack": ["a", "b"]}
    >>> vms = {"VM": ["web", "db"], "vCPU": ["500m", "2"], "Memory (MiB)": [2048, 512]}
    >>> cluster = read_inventory(hosts, vms, overcommit={"cpu": 4})
    >>> cluster.resources, cluster.demand.tolist(), cluster.capacity.tolist(), cluster.scale.tolist()
    (('cpu', 'memory'), [[1, 4], [4, 1]], [[64, 64], [32, 32]], [2, 2])
    """
    options = ReadingOptions(
        columns={} if columns is None else columns,
        labels=labels,
        units={} if units is None else units,
        sheets={} if sheets is None else sheets,
        separator=separator,
        decimal=decimal,
        empty=empty,
        overcommit={} if overcommit is None else overcommit,
        reserve={} if reserve is None else reserve,
        objective=objective,
    )
    return understood(hosts, vms, name_column=name_column, options=options).instance


def understood(
    hosts: Any, vms: Any, *, name_column: str | None = None, options: ReadingOptions | None = None
) -> Reading:
    """Read an inventory as `read_inventory` does, and tell how it was understood."""
    given = ReadingOptions() if options is None else options
    chosen = checks.of_kind(given, ReadingOptions, "options", "ReadingOptions(...)")
    said = dict(chosen.columns)
    if name_column is not None:
        said["name"] = checks.text(name_column, "name_column", what="the header of the names")
    sheets = sheet_of(hosts, "hosts", chosen), sheet_of(vms, "vms", chosen)
    refuse_one_table(*sheets)
    refuse_headers_of_vms(*sheets)
    offering = match("hosts", sheets[0], said_of("hosts", said, *sheets), chosen.labels)
    asking = match("vms", sheets[1], said_of("vms", said, sheets[1], sheets[0]), chosen.labels)
    refuse_swapped(offering, asking)
    take_current(asking, sheets[0].texts(offering.name) if offering.name is not None else ())
    for side in (offering, asking):
        refuse_counts(side)
    _take_further(offering, asking)
    mark = as_mark(chosen.decimal)
    table = read_resources(offering, asking, mark, chosen.units, chosen.empty, chosen.overcommit, chosen.reserve)
    refuse_upside_down(offering, asking, table.had, table.demand)
    try:
        instance = _instance(offering, asking, table, chosen.objective)
    except InstanceError as error:
        raise InstanceError(f"{sheets[0].source} and {sheets[1].source}: {error}") from None
    told = _told(offering, "hosts", table), _told(asking, "VMs", table)
    notes = *_notes(offering, "hosts"), *_notes(asking, "VMs")
    return Reading(instance, table.units, (*told, *notes, *off_notes(asking)))


def _notes(columns: TableColumns, what: str) -> list[str]:
    """What is to be known of how a table was read."""
    return [f"{what}: {note}" for note in (*columns.sheet.notes, *columns.notes)]


def _take_further(hosts: TableColumns, vms: TableColumns) -> None:
    """Columns of amounts that both tables have, under whatever word, are resources too; the rest stay labels."""
    asked = {header_of(title).word: title for title in vms.labels.values()}
    for key, title in list(hosts.labels.items()):
        header = header_of(title)
        other = asked.get(header.word)
        if title in hosts.fixed or other is None or other in vms.fixed:
            continue
        if amounts_in(hosts.sheet, header) and amounts_in(vms.sheet, header_of(other)):
            hosts.resources[header.word], vms.resources[header.word] = header, header_of(other)
            del hosts.labels[key], vms.labels[other]
    missing = [resource for resource in vms.resources if resource not in hosts.resources]
    if missing:
        title = vms.resources[missing[0]].title
        hosts.sheet.ask(
            f"no column says what hosts have of {missing[0]}, which {vms.sheet.source} asks for in {title!r}: add it, "
            f"say which it is (columns={{'hosts.{missing[0]}': ...}}), or that {title!r} is a label: labels=[{title!r}]"
        )
    for resource in [resource for resource in hosts.resources if resource not in vms.resources]:
        title = hosts.resources.pop(resource).title  # nobody asks for it
        hosts.labels[title] = title
        note = f"{resource} in {title!r} limits nothing, for no column of {vms.sheet.source} asks for it: a label"
        hosts.notes.append(note)
    if not hosts.resources:
        raise FileError(
            f"{hosts.sheet.source} and {vms.sheet.source} share no column of amounts: which one holds cpu? "
            "Say it: columns={'cpu': ...}."
        )


def _instance(hosts: TableColumns, vms: TableColumns, table: AmountTable, objective: Objective | None) -> Instance:
    resources = tuple(table.demand)
    return Instance.from_arrays(
        _amounts(table.demand, table.factors),
        _amounts(table.capacity, table.factors),
        resources=resources,
        reservation=_amounts(table.reserved, table.factors) if table.reserved else None,
        objective=objective,
        **columns_of(hosts, "host"),
        **columns_of(vms, "vm"),
    )


def _amounts(columns: Mapping[str, list[Fraction]], factors: Mapping[str, Fraction]) -> Any:
    made = []
    for resource, values in columns.items():
        scaled = [value / factors[resource] for value in values]
        made.append(as_column([int(one) if one.denominator == 1 else float(one) for one in scaled]))
    return as_table(made)


def _told(columns: TableColumns, what: str, table: AmountTable) -> str:
    parts = [f"names in {columns.name!r}"] if columns.name is not None else ["no names"]
    for resource, header in columns.resources.items():
        unit = f" ({table.units[resource]})" if table.units[resource] else ""
        parts.append(f"{resource} in {header.title!r}{unit}")
    parts += [f"{key} in {title!r}" for key, title in columns.others.items()]
    parts += [f"labels {', '.join(columns.labels)}"] if columns.labels else []
    return f"{what}: {'; '.join(parts)}"
