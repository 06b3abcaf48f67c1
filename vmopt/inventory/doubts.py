"""Columns that change what the rows mean: how many there are of each, and whether they run at all."""

from __future__ import annotations

from vmopt.inventory.columns import TableColumns
from vmopt.inventory.headers import header_of
from vmopt.inventory.numerals import split
from vmopt.plurals import count

COUNTS = [
    "count",
    "quantity",
    "qty",
    "copies",
    "replicas",
    "how many",
    "anzahl",
    "menge",
    "stückzahl",
    "quantité",
    "cantidad",
]
STATES = ("status", "state", "power state", "powerstate", "zustand", "état", "estado")
OFF = {
    *("off", "powered off", "poweredoff", "stopped", "shutoff", "shut off", "shutdown", "halted", "deallocated"),
    *("terminated", "suspended", "aus", "ausgeschaltet", "gestoppt", "arrêté", "apagado", "detenido"),
}
TEMPLATES = ("template", "is template", "vorlage")
YES = {"true", "yes", "1", "ja", "x", "vrai", "oui", "si", "sí"}


def refuse_counts(columns: TableColumns) -> None:
    """Refuse a column that says how many a row stands for: each row is one host or VM.

    Raises
    ------
    FileError
        That asks for a row of each.
    """
    titles = [*columns.labels.values(), *(header.title for header in columns.resources.values())]
    for title in titles:
        if header_of(title).word in COUNTS and title not in columns.fixed:
            several = [row for row, cell in enumerate(columns.sheet.texts(title)) if _is_several(cell)]
            if several:
                told = (
                    f"there are {columns.sheet.texts(title)[several[0]]} of this row: give each a row of its own, or "
                )
                columns.sheet.fail(several[0], title, f"{told}say that {title!r} is a label: labels=[{title!r}]")


def off_notes(columns: TableColumns) -> list[str]:
    """Say how many rows do not run, or are templates: they are placed as all others are."""
    found = []
    for title in columns.labels.values():
        word, cells = header_of(title).word, [cell.casefold() for cell in columns.sheet.texts(title)]
        wanted = OFF if word in STATES else YES if word in TEMPLATES else set[str]()
        n = sum(cell in wanted for cell in cells)
        what = "off" if word in STATES else "a template" if n == 1 else "templates"
        if n:
            rows = f"{n:,} of {count(len(cells), 'VM')} {'is' if n == 1 else 'are'}"
            found.append(f"{rows} {what} by {title!r}, and placed as the others: leave out what is not to run")
    return found


def _is_several(cell: str) -> bool:
    pieces = split(cell)
    return pieces is not None and not pieces[1] and not pieces[2] and pieces[0].isdigit() and pieces[0] != "1"
