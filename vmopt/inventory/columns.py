"""Which column of a table holds what: by its header, or as it was said."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from vmopt.errors import OptionError
from vmopt.inventory.headers import LABEL, NAMES, NUMBERED, PER_CPU, RESERVED, SOCKETS, Header, header_of, words
from vmopt.inventory.numerals import split
from vmopt.inventory.sheet import Sheet, shown
from vmopt.inventory.units import unit_called

KINDS = ("vm", "container", "")
SIDES = ("hosts", "vms")


@dataclass
class TableColumns:
    """The columns of one table.

    Attributes
    ----------
    sheet : Sheet
    name : str or None
        The column of names.
    resources : dict of str to Header
        Columns of amounts, by the resource.
    reserved : dict of str to Header
    others : dict of str to str
        Columns of VMs alone: priority, value, kind, current, move_cost.
    labels : dict of str to str
        All others, by the key of the label.
    fixed : set of str
        Columns that are labels whatever they hold.
    homes : list of str or None
        The host of each VM, where a column says where they run now.
    notes : list of str
        What is to be known of columns that were taken for labels.
    """

    sheet: Sheet
    name: str | None = None
    resources: dict[str, Header] = field(default_factory=dict)
    reserved: dict[str, Header] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    fixed: set[str] = field(default_factory=set)
    homes: list[str | None] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def said_of(side: str, said: Mapping[str, str], sheet: Sheet, other: Sheet) -> dict[str, str]:
    """Return what was said of one table: meaning to header. ``hosts.cpu`` is said of hosts alone.

    Raises
    ------
    OptionError
        If neither table, or not that one, has such a column.
    """
    found = {}
    for key, given in said.items():
        where, dot, meaning = key.partition(".")
        if not dot or where not in SIDES:
            where, meaning = "", key
        title = _title(given, sheet)
        if where in ("", side) and title is not None:
            found[meaning] = title
        elif where == side or (not where and _title(given, other) is None):
            raise OptionError(
                f"there is no column {given[:40]!r} for {meaning}: {sheet.source} has {', '.join(sheet.columns)}."
            )
    return found


def match(side: str, sheet: Sheet, said: Mapping[str, str], labels: Collection[str]) -> TableColumns:
    """Find names, known resources, and what is said of VMs alone; what is left may be amounts or labels."""
    columns = TableColumns(sheet)
    headers = {title: header_of(title) for title in sheet.columns}
    left = {title: header for title, header in headers.items() if title not in said.values()}
    _take_said(columns, side, headers, said)
    for title, header in list(left.items()):
        if title.startswith(LABEL) or title in labels:
            columns.fixed.add(title)
            columns.labels[title.removeprefix(LABEL).strip()] = left.pop(title).title
        elif side == "vms" and title.startswith(RESERVED):
            stated = header_of(title.removeprefix(RESERVED).strip())
            columns.reserved[stated.resource or stated.word] = left.pop(title)._replace(unit=stated.unit)
        elif side == "vms" and _is_of_vms(header, sheet):
            columns.others.setdefault(header.word.replace(" ", "_"), left.pop(title).title)
    _take_resources(columns, left)
    if columns.name is None:
        columns.name = _names(side, sheet, left)
        left.pop(columns.name or "", None)
    columns.labels |= {title: title for title in left}
    return columns


def amounts_in(sheet: Sheet, header: Header) -> bool:
    """Whether a column that is not known by its header holds amounts."""
    if header.word in NUMBERED or not header.word:
        return False
    cells = [cell for cell in sheet.columns[header.title] if cell not in (None, "") and cell == cell]
    return bool(cells) and not any(isinstance(cell, bool) for cell in cells) and all(map(_is_amount, cells))


def _take_said(columns: TableColumns, side: str, headers: Mapping[str, Header], said: Mapping[str, str]) -> None:
    for meaning, title in said.items():
        if meaning == "name":
            columns.name = title
        elif side == "vms" and meaning in ("priority", "value", "kind", "current", "move_cost"):
            columns.others[meaning] = title
        else:
            columns.resources[meaning] = headers[title]


def _take_resources(columns: TableColumns, left: dict[str, Header]) -> None:
    """Take the columns of known resources; two of one resource are asked back."""
    stated = set(columns.resources)
    in_sockets = any(header.word in PER_CPU for header in left.values())
    for title, header in list(left.items()):
        resource = header.resource
        if resource is None or resource in stated or (in_sockets and header.word in SOCKETS):
            continue
        if resource in columns.resources:
            first = columns.resources[resource].title
            columns.sheet.ask(
                f"which column holds {resource}: {first!r} or {title!r}? Say it: columns={{{resource!r}: {first!r}}}"
            )
        columns.resources[resource] = left.pop(title)


def _names(side: str, sheet: Sheet, left: Mapping[str, Header]) -> str | None:
    """Find the column of names: by its header, else the only one whose texts are all there and all different."""
    by_word = {header.word: title for title, header in reversed(list(left.items()))}
    known = [by_word[word] for word in words(NAMES[side]) if word in by_word]
    if known:
        sure = header_of(known[0]).word == "name"
        unlike = [title for title in known if sheet.columns[title] != sheet.columns[known[0]]]
        if unlike and not sure:
            _ask(sheet, [known[0], *unlike])
        return str(known[0])
    texts = [title for title in left if not all(map(_is_amount, filter(None, sheet.columns[title])))]
    texts = [title for title in texts if all(sheet.texts(title)) and not title.startswith(LABEL)]
    different = [title for title in texts if len(set(sheet.texts(title))) == len(sheet)]
    if len(different) > 1:
        _ask(sheet, different)
    return different[0] if different else None


def _ask(sheet: Sheet, titles: list[str]) -> None:
    sheet.ask(f"which column holds the names: {' or '.join(map(repr, titles))}? Say it: name_column={titles[0]!r}")


def _title(given: str, sheet: Sheet) -> str | None:
    """Return the header as it stands in the table, whatever its case and blanks."""
    wanted = " ".join(given.split())
    if wanted in sheet.columns:
        return wanted
    alike = [title for title in sheet.columns if title.casefold() == wanted.casefold()]
    return alike[0] if len(alike) == 1 else None


def _is_of_vms(header: Header, sheet: Sheet) -> bool:
    if header.word == "kind":
        return {text.casefold() for text in sheet.texts(header.title)} <= set(KINDS)
    return header.word in ("priority", "value", "move cost")


def _is_amount(cell: object) -> bool:
    if isinstance(cell, str):
        pieces = split(cell)
        return pieces is not None and (not pieces[2] or unit_called(pieces[2]) is not None)
    return shown(cell) != "''" and not isinstance(cell, bool) and hasattr(cell, "__float__")
