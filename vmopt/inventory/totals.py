"""Rows at the end of a table that sum up the rows above: they are no hosts and no VMs."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from vmopt.inventory.numerals import Mark, split, value_of
from vmopt.inventory.sheet import Sheet, shown, text_of

CALLED = {
    *("total", "totals", "grand total", "sum", "sums", "average", "avg", "mean"),
    *("summe", "gesamt", "gesamtsumme", "insgesamt", "durchschnitt", "mittelwert"),
    *("somme", "totaux", "moyenne", "suma", "total general", "promedio", "totale", "media", "totaal"),
}
"""Words that such rows begin with."""
MOST = 3
CLOSE = Fraction(1, 100)
"""Sums are often rounded."""


def without_totals(sheet: Sheet) -> Sheet:
    """Leave out rows at the end that sum up the others, and note it.

    Raises
    ------
    FileError
        If a last row is called so, and is neither the sum nor the mean of the others: it is asked back.
    """
    first = len(sheet)
    while first and len(sheet) - first < MOST and _is_summary(sheet, first - 1):
        first -= 1
    if first in (len(sheet), 0):
        return sheet
    for row in range(first, len(sheet)):
        if not _sums_up(sheet, row, first):
            where = f"{sheet.line} {sheet.lines[row]}"
            sheet.ask(
                f"{where} is called {shown(_name(sheet, row))}, and is neither the sum nor the mean of those above: "
                "delete it, or rename it if it is one of them"
            )
    places = " and ".join(f"{sheet.line} {sheet.lines[row]}" for row in range(first, len(sheet)))
    note = f"{places} left out: {'it sums' if len(sheet) - first == 1 else 'they sum'} up the rows above"
    columns = {title: cells[:first] for title, cells in sheet.columns.items()}
    return replace(sheet, columns=columns, lines=sheet.lines[:first], notes=(*sheet.notes, note))


def _name(sheet: Sheet, row: int) -> str:
    """The first cell of a row with something in it."""
    return next((text for cells in sheet.columns.values() if (text := text_of(cells[row]))), "")


def _is_summary(sheet: Sheet, row: int) -> bool:
    """Whether a row is called so, or holds amounts alone where those above begin with a text."""
    if _name(sheet, row).casefold().strip(" :=-") in CALLED:
        return True
    texts = [cells for cells in sheet.columns.values() if row and split(text_of(cells[0])) is None and cells[0]]
    here = [text_of(cells[row]) for cells in sheet.columns.values()]
    alone = all(split(cell) is not None for cell in here if cell) and any(here)
    return alone and bool(texts) and row >= 2 and _sums_up(sheet, row, row)


def _sums_up(sheet: Sheet, row: int, first: int) -> bool:
    """Whether an amount of a row is the sum, or the mean, of those in the rows before the first of the kind."""
    return any(_is_sum(cells[:first], cells[row], mark) for cells in sheet.columns.values() for mark in (".", ","))


def _is_sum(above: list[Any], last: Any, mark: Mark) -> bool:
    told, values = _number(last, mark), [_number(cell, mark) for cell in above if text_of(cell)]
    numbers = [value for value in values if value is not None]
    if told is None or not numbers or len(numbers) < len(values) or not sum(numbers):
        return False
    total = sum(numbers, Fraction(0))
    return any(abs(told - one) <= abs(one) * CLOSE for one in (total, total / len(numbers)))


def _number(cell: Any, mark: Mark) -> Fraction | None:
    pieces = split(text_of(cell))
    return None if pieces is None else value_of(pieces[0], pieces[1], mark)
