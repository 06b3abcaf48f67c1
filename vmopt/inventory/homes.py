"""Where VMs run now: the column that names hosts, in full, short, or in other case."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from vmopt.inventory.columns import TableColumns
from vmopt.inventory.headers import CURRENT, header_of, words
from vmopt.inventory.sheet import shown

SURELY = ("current host", "running on", "runs on", "host", "node", "hypervisor", "esxi host", "physical host")
"""Words that a VM's own name does not go by."""


def take_current(vms: TableColumns, host_names: Collection[str]) -> None:
    """Find the column that says where VMs run now, and the host that each of its cells names.

    Raises
    ------
    FileError
        If some of its cells name hosts and one does not: it is asked back.
    """
    known = _names(host_names)
    stated = vms.others.get("current")
    for title in [stated] if stated is not None else list(vms.labels.values()):
        word = header_of(title).word
        if stated is None and (word not in words(CURRENT) or title in vms.fixed):
            continue
        cells = vms.sheet.texts(title)
        found = [_host(cell, known) for cell in cells] if known else [cell or None for cell in cells]
        if stated is not None or word == "current" or any(found):
            _refuse_unknown(vms, title, cells, found, host_names)
            vms.others["current"], vms.homes = title, found
            vms.labels = {key: column for key, column in vms.labels.items() if column != title}
            return
        if word in SURELY and any(cells):
            vms.notes.append(f"no cell of {title!r} is one of the hosts: a label, and no VM is taken to run now")


def _refuse_unknown(
    vms: TableColumns, title: str, cells: list[str], found: list[str | None], host_names: Collection[str]
) -> None:
    for row, (cell, host) in enumerate(zip(cells, found, strict=True)):
        if cell and host is None and host_names:
            told = f"{shown(cell)} is none of the hosts: correct it, leave it empty, or say that {title!r} is a label: "
            vms.sheet.fail(row, title, f"{told}labels=[{title!r}]")


def _names(host_names: Iterable[str]) -> dict[str, str | None]:
    """Hosts by all that they may be called; None under what may be several."""
    found: dict[str, str | None] = {}
    for name in host_names:
        for called in {name.casefold(), name.casefold().partition(".")[0]}:
            found[called] = name if found.get(called, name) == name else None
    return found | {name: name for name in host_names}


def _host(cell: str, known: dict[str, str | None]) -> str | None:
    """The host that a cell names."""
    for called in (cell, cell.casefold(), cell.casefold().partition(".")[0]):
        if called in known:
            return known[called]
    return None
