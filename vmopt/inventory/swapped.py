"""Whether the tables of hosts and of VMs were given the wrong way round."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from vmopt.inventory.columns import TableColumns
from vmopt.inventory.headers import ONLY_VMS, header_of, words
from vmopt.inventory.sheet import Sheet


def refuse_one_table(hosts: Sheet, vms: Sheet) -> None:
    """Refuse one sheet of a workbook for both, where it has others.

    Raises
    ------
    FileError
    """
    if hosts.source == vms.source and ", sheet " in hosts.source:
        hosts.ask("the hosts and the VMs are one table: say which sheet holds which: sheets={'hosts': ...}")


def refuse_headers_of_vms(hosts: Sheet, vms: Sheet) -> None:
    """Refuse a first table with a header that only VMs have, where the second has none.

    Raises
    ------
    FileError
    """
    only = [title for title in hosts.columns if header_of(title).word in words(ONLY_VMS)]
    if only and not any(header_of(title).word in words(ONLY_VMS) for title in vms.columns):
        _refuse(hosts, f"it has a column {only[0]!r}")


def refuse_swapped(hosts: TableColumns, vms: TableColumns) -> None:
    """Refuse a first table of which a column names rows of the second.

    Raises
    ------
    FileError
    """
    names = set(vms.sheet.texts(vms.name)) if vms.name is not None else set()
    for title in set(hosts.labels.values()) - hosts.fixed:
        cells = set(hosts.sheet.texts(title)) - {""}
        if cells and cells <= names and len(cells) > 1:
            _refuse(hosts.sheet, f"its column {title!r} names rows of {vms.sheet.source}, and is no stated label")


def refuse_upside_down(
    hosts: TableColumns, vms: TableColumns, capacity: Mapping[str, list[Fraction]], demand: Mapping[str, list[Fraction]]
) -> None:
    """Refuse tables where no VM fits on any host, but every host would on any VM, and hosts are not fewer."""
    small = [max(capacity[resource]) < min(demand[resource]) for resource in capacity]
    if small and all(small) and len(hosts.sheet) >= len(vms.sheet) > 1:
        _refuse(hosts.sheet, "what its rows have is less than what any VM asks for")


def _refuse(hosts: Sheet, why: str) -> None:
    hosts.ask(f"this looks like the table of VMs ({why}): give the hosts first, then the VMs")
