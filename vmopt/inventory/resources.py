"""The resources of an inventory: read from both tables, in one unit each, exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from vmopt.inventory.amounts import USUAL, Amounts, amounts_of, decimal_mark, unit_for
from vmopt.inventory.columns import TableColumns
from vmopt.inventory.margin import check_resources, offered
from vmopt.inventory.numerals import Mark
from vmopt.inventory.units import BYTES, CORES, PLAIN, Unit, require_unit


@dataclass
class AmountTable:
    """Amounts by resource, in the smallest whole unit of what is measured.

    Attributes
    ----------
    had, capacity : dict of str to list of Fraction
        What hosts have, and what they offer of it.
    demand, reserved : dict of str to list of Fraction
    units : dict of str to str
        In which the instance keeps them.
    factors : dict of str to Fraction
        Of those units.
    """

    had: dict[str, list[Fraction]] = field(default_factory=dict)
    capacity: dict[str, list[Fraction]] = field(default_factory=dict)
    demand: dict[str, list[Fraction]] = field(default_factory=dict)
    reserved: dict[str, list[Fraction]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    factors: dict[str, Fraction] = field(default_factory=dict)


def read_resources(
    hosts: TableColumns,
    vms: TableColumns,
    mark: Mark | None,
    units: Mapping[str, str],
    empty: int | None,
    overcommit: Mapping[str, Any],
    reserve: Mapping[str, Any],
) -> AmountTable:
    """Read all amounts."""
    resources = list(hosts.resources)
    for given, what in (
        (overcommit, "overcommit"),
        (reserve, "a reserve"),
        (units, "a unit"),
        (vms.reserved, "reserved:"),
    ):
        check_resources(given, resources, what)
    marks = [
        decimal_mark(side.sheet, [header.title for header in side.resources.values()], mark) for side in (hosts, vms)
    ]
    table = AmountTable()
    for resource in resources:
        stated = require_unit(units[resource]) if resource in units else None
        sides = []
        for side, own in zip((hosts, vms), marks, strict=True):
            zeros = None if empty is None else [Fraction(empty)] * len(side.sheet)
            sides.append(amounts_of(side.sheet, side.resources[resource], resource, own, stated, zeros))
        kept = _reserved(vms, resource, marks[1], stated or vms.resources[resource].unit, sides[1])
        _refuse_mixed(resource, hosts, vms, *sides)
        _refuse_unlike(resource, hosts, vms, *sides)
        unit = unit_for(resource, [*sides, *([kept] if kept else [])])
        written = max(sides[0].units, key=lambda one: one.measures is not None, default=PLAIN)
        table.had[resource], table.demand[resource] = sides[0].values, sides[1].values
        table.capacity[resource] = offered(resource, sides[0].values, written, overcommit, reserve)
        if vms.reserved:
            table.reserved[resource] = kept.values if kept else sides[1].values
        table.units[resource], table.factors[resource] = unit.name, unit.factor
    return table


def _refuse_unlike(resource: str, hosts: TableColumns, vms: TableColumns, had: Amounts, asked: Amounts) -> None:
    """Refuse bytes without a unit of which every VM asks for more than any host has: such as MB and GB.

    Raises
    ------
    FileError
        That asks for the units.
    """
    named = any(unit.measures is not None for side in (had, asked) for unit in side.units)
    wanted = [value for value in asked.values if value]
    if USUAL.get(resource) == BYTES and not named and wanted and min(wanted) > max(had.values):
        row, title = asked.values.index(min(wanted)), vms.resources[resource].title
        vms.sheet.fail(
            row,
            title,
            f"every VM asks for more {resource} than any host has in {hosts.resources[resource].title!r} of "
            f"{hosts.sheet.source}, and no number has a unit: name it in both headers, such as '{title} (MB)'",
        )


def _reserved(vms: TableColumns, resource: str, mark: Mark, unit: Unit | None, asked: Amounts) -> Amounts | None:
    """What VMs reserve; an empty cell stands for what the VM asks for."""
    header = vms.reserved.get(resource)
    stated = None if header is None or header.unit is not None else unit
    return None if header is None else amounts_of(vms.sheet, header, resource, mark, stated, asked.values)


def _refuse_mixed(resource: str, hosts: TableColumns, vms: TableColumns, *sides: Amounts) -> None:
    """Refuse amounts that measure different things, or of which some have a unit and others none.

    Raises
    ------
    FileError
        That asks for the unit.
    """
    named = [unit for side in sides for unit in side.units if unit.measures is not None]
    measured = {unit.measures for unit in named}
    if len(measured) > 1:
        usual = next((unit for unit in named if unit.measures == USUAL.get(resource)), named[0])
        for columns, side in zip((hosts, vms), sides, strict=True):
            for odd in (unit for unit in side.units if unit.measures not in (None, usual.measures)):
                told = f"{resource} is in {odd.name} here, and in {usual.name} elsewhere: use one kind of unit"
                columns.sheet.fail(side.first[odd], columns.resources[resource].title, told)
    if not named or (USUAL.get(resource) == CORES and measured == {CORES}):
        return
    for columns, side in zip((hosts, vms), sides, strict=True):
        if PLAIN in side.first:
            title, unit = columns.resources[resource].title, named[0].name
            columns.sheet.fail(
                side.first[PLAIN],
                title,
                f"the number has no unit, and others of {resource} are in {unit}: say which it is, in the header such "
                f"as '{title} ({unit})', or units={{{resource!r}: {unit!r}}}",
            )
