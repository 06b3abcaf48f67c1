"""Cells as exact amounts, and the unit that a resource is kept in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from math import isfinite, lcm
from typing import Any, NamedTuple

from vmopt.inventory.headers import Header
from vmopt.inventory.numerals import Mark, marks_of, split, value_of
from vmopt.inventory.sheet import Sheet, shown
from vmopt.inventory.units import BYTES, CORES, PLAIN, STEPS, UNITS, Unit, unit_called

USUAL = {"cpu": CORES, "memory": BYTES, "disk": BYTES}
FINEST = 10**6
"""A unit is taken if all amounts are whole multiples of a part of it, and the parts are not smaller than this."""
HOW = "write such as 16, 2.5, 16 GB, 4Gi or 500m"


class Amounts(NamedTuple):
    """One resource of one table.

    Attributes
    ----------
    values : list of Fraction
        In the smallest whole unit of what is measured.
    units : tuple of Unit
        Those that it was written in, most frequent first.
    first : dict of Unit to int
        The first row of each; of numbers without a unit, the first that is not 0.
    """

    values: list[Fraction]
    units: tuple[Unit, ...]
    first: dict[Unit, int]


def decimal_mark(sheet: Sheet, titles: Iterable[str], given: Mark | None) -> Mark:
    """Tell the decimal mark of a table, or ask for it.

    Raises
    ------
    FileError
        If numbers use both, or may mean either.
    """
    if given is not None:
        return given
    found = marks_of(cell for title in titles for cell in sheet.columns[title])
    if "." in found and "," in found:
        sheet.ask(
            f"the decimal mark is a point in {shown(found['.'])} and a comma in {shown(found[','])}: "
            "correct one of them, or say which it is: decimal='.'"
        )
    if "." in found or "," in found:
        return "," if "," in found else "."
    unsure = found.get(None)
    if unsure is not None and ("," in unsure or sheet.separator == ";"):
        told = f"{shown(unsure)} may be in thousands or have three decimals: say the decimal mark:"
        sheet.ask(f"{told} decimal='.' or decimal=','")
    return "."


def amounts_of(
    sheet: Sheet, header: Header, resource: str, mark: Mark, stated: Unit | None, empty: Sequence[Fraction] | None
) -> Amounts:
    """Read a column of amounts.

    Parameters
    ----------
    sheet : Sheet
    header : Header
    resource : str
    mark : {".", ","}
    stated : Unit, optional
        What a number without a unit is in, in place of what the header says.
    empty : sequence of Fraction, optional
        What empty cells stand for, row by row; by default they are refused.
    """
    default = stated or header.unit or PLAIN
    values: list[Fraction] = []
    units: dict[Unit, int] = {}
    first: dict[Unit, int] = {}
    known: dict[Any, tuple[Fraction, Unit]] = {}
    for row, cell in enumerate(sheet.columns[header.title]):
        if cell is None or cell == "" or cell != cell or (isinstance(cell, str) and cell.isspace()):
            if empty is None:
                sheet.fail(row, header.title, "the cell is empty: write 0 if there is none")
            values.append(empty[row])
            continue
        key = (type(cell), cell)
        if key not in known:
            known[key] = _amount(sheet, row, header.title, resource, mark, default)
        value, unit = known[key]
        units[unit] = units.get(unit, 0) + 1
        if value or unit != PLAIN:
            first.setdefault(unit, row)
        values.append(value)
    return Amounts(values, tuple(sorted(units, key=lambda unit: -units[unit])), first)


def unit_for(resource: str, of: Sequence[Amounts]) -> Unit:
    """Choose the unit of a resource: the first that it is written in, or a smaller one in which amounts are round."""
    written = [unit for amounts in of for unit in amounts.units if unit.measures is not None]
    if USUAL.get(resource) == CORES and all(unit.measures == CORES for unit in written):
        written = [UNITS["cores"]]
    if not written:
        return PLAIN
    steps = [UNITS[name] for name in STEPS[written[0].measures or CORES]]
    first = next((unit for unit in steps if unit.factor == written[0].factor), written[0])
    below = [unit for unit in steps if unit.factor < first.factor]
    different = {value for amounts in of for value in amounts.values}
    for unit in (first, *below):
        if _parts(different, unit) <= FINEST:
            return unit
    return first


def _parts(values: Iterable[Fraction], unit: Unit) -> int:
    """Into how many parts a unit has to be split for all amounts to be whole."""
    parts = 1
    for value in values:
        parts = lcm(parts, (value / unit.factor).denominator)
        if parts > FINEST:
            break
    return parts


def _amount(sheet: Sheet, row: int, column: str, resource: str, mark: Mark, default: Unit) -> tuple[Fraction, Unit]:
    """Read one cell."""
    cell = sheet.columns[column][row]
    value, name = _number(cell, mark)
    unit = unit_called(name) if name else default
    if value is None or unit is None:
        what = (
            f"the unit {name[:20]!r} is unknown" if value is not None else f"{shown(cell)} is no amount of {resource}"
        )
        sheet.fail(row, column, f"{what}: {HOW}")
    if value < 0:
        sheet.fail(row, column, f"{shown(cell)} is below 0")
    usual = USUAL.get(resource)
    if unit.measures is None and unit.name == "m" and usual == BYTES:
        sheet.fail(row, column, f"{shown(cell)} is thousandths of a byte: write Mi or MB for millions")
    if unit.measures is None and unit.name and usual is not None:
        unit = Unit(unit.name, usual, unit.factor)
    return value * unit.factor, unit


def _number(cell: Any, mark: Mark) -> tuple[Fraction | None, str]:
    """Return the number of a cell, and the name of its unit; a float is the decimal that it shows as."""
    if isinstance(cell, str):
        pieces = split(cell)
        return (None, "") if pieces is None else (value_of(pieces[0], pieces[1], mark), pieces[2])
    if isinstance(cell, bool) or not isinstance(cell, int | float | Decimal | Fraction):
        return (Fraction(repr(cell.item())), "") if hasattr(cell, "item") else (None, "")
    if not isfinite(cell):
        return None, ""
    return Fraction(repr(cell)) if isinstance(cell, float) else Fraction(cell), ""
