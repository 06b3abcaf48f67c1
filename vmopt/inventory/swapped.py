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
    only = _only_of_vms(hosts)
    if only and not _only_of_vms(vms):
        _refuse(hosts, f"it has a column {only[0]!r}")


def refuse_swapped(hosts: TableColumns, vms: TableColumns) -> None:
    """Refuse a first table of which a column names rows of the second, unless headers tell that it is that of hosts.

    Raises
    ------
    FileError
    """
    if _only_of_vms(vms.sheet) and not _only_of_vms(hosts.sheet):
        return
    names = set(vms.sheet.texts(vms.name)) if vms.name is not None else set()
    for title in sorted(set(hosts.labels.values()) - hosts.fixed):
        cells = set(hosts.sheet.texts(title)) - {""}
        if cells and cells <= names and len(cells) > 1:
            why = f"its column {title!r} names rows of {vms.sheet.source}"
            _refuse(hosts.sheet, why, f", or say that {title!r} is a label: labels=[{title!r}]")


def refuse_upside_down(
    hosts: TableColumns, vms: TableColumns, capacity: Mapping[str, list[Fraction]], demand: Mapping[str, list[Fraction]]
) -> None:
    """Refuse tables where no VM fits on any host, but every host would on any VM, and hosts are not fewer."""
    small = [max(capacity[resource]) < min(demand[resource]) for resource in capacity]
    if small and all(small) and len(hosts.sheet) >= len(vms.sheet) > 1:
        _refuse(hosts.sheet, "what its rows have is less than what any VM asks for")


def _only_of_vms(sheet: Sheet) -> list[str]:
    return [title for title in sheet.columns if header_of(title).word in words(ONLY_VMS)]


def _refuse(hosts: Sheet, why: str, otherwise: str = "") -> None:
    hosts.ask(f"this looks like the table of VMs ({why}): give the hosts first, then the VMs{otherwise}")
