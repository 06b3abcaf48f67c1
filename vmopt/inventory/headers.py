"""What the header of a column says: a word that is known, and a unit."""

from __future__ import annotations

import re
from typing import NamedTuple

from vmopt.inventory.units import UNITS, Unit, unit_called

RESOURCES = {
    "cpu": (
        *("cpu", "cpus", "vcpu", "vcpus", "core", "cores", "cpu cores", "num cpu", "num cpus", "maxcpu", "cpu count"),
        *("num cores", "total cores", "processors", "kerne", "cpu kerne", "cpu anzahl", "prozessoren"),
        *("processeurs", "cœurs", "coeurs", "procesadores", "núcleos", "nucleos"),
    ),
    "memory": (
        *("memory", "mem", "ram", "memory size", "mem size", "main memory", "maxmem", "total memory", "ram size"),
        *("arbeitsspeicher", "hauptspeicher", "mémoire", "memoire", "memoria"),
    ),
    "disk": (
        *("disk", "storage", "disk size", "disk space", "maxdisk"),
        *("festplatte", "plattenplatz", "festplattenplatz", "disque", "stockage", "disco", "almacenamiento"),
    ),
    "gpu": ("gpu", "gpus"),
}
SOCKETS = ("cpu", "cpus", "num cpu", "num cpus", "cpu count")
"""What counts sockets in a table that says how many cores each has."""
PER_CPU = ("cores per", "cores per cpu", "cores per socket", "cores p s")
NAMES = {  # the surest first
    "hosts": "name, host, hostname, host name, node, node name, server, server name, machine, hypervisor, "
    "hypervisor hostname, esxi host, fqdn, nom, nombre, rechner, rechnername, servername, serveur, servidor",
    "vms": "name, vm, vm name, vmname, virtual machine, guest, guest name, instance, instance name, hostname, "
    "host name, pod, container, machine, display name, nom, nombre, servername, rechnername, maschine",
}
CURRENT = (
    "current, current host, running on, runs on, host, hostname, host name, node, hypervisor, server, esxi host, "
    "physical host"
)
ONLY_VMS = (
    "vm, vm name, vmname, virtual machine, guest, guest name, pod, container, current, current host, running on, "
    "runs on, priority, move cost"
)
NUMBERED = ("id", "uuid", "vmid", "rack", "zone", "row", "room", "site", "vlan", "year", "age", "serial", "port", "ip")
"""Often numbers, and never amounts."""
LABEL, RESERVED = "label:", "reserved:"
IN_BRACKETS = re.compile(r"(.*?)\s*[(\[{]\s*([^)\]}]*?)\s*[)\]}]\s*(.*)")
BEHIND = re.compile(r"(.*?\S)(?:\s+in\s+|\s*[,/_.\-:]\s*|\s+)(\S+)")
JOINED = re.compile(r"(.*[a-z])((?:[KMGT]i?B)|[MG]Hz)")


def words(line: str) -> list[str]:
    """Take a list of words apart."""
    return line.split(", ")


class Header(NamedTuple):
    """A header, taken apart.

    Attributes
    ----------
    title : str
        As it is written.
    word : str
        In lower case, without signs and without the unit.
    unit : Unit or None
    """

    title: str
    word: str
    unit: Unit | None

    @property
    def resource(self) -> str | None:
        """The resource that goes by this word, if it is a known one."""
        return next((name for name, words in RESOURCES.items() if self.word in words), None)


def header_of(title: str) -> Header:
    """Take a header apart.

    Examples
    --------
    >>> [header_of(title).word for title in ("Memory (GiB)", "mem_gb", "MemoryMB")], header_of("mem_gb").unit.name
    (['memory', 'mem', 'memory'], 'GB')
    >>> header_of("vCPUs").resource, header_of("Cost center").resource
    ('cpu', None)
    """
    title, whole = title.lstrip("# "), title
    brackets = IN_BRACKETS.fullmatch(title)
    if brackets is not None and unit_called(brackets[2]):
        return Header(whole, _word(f"{brackets[1]} {brackets[3]}"), unit_called(brackets[2]))
    for pattern in (JOINED, BEHIND):
        found = pattern.fullmatch(title)
        unit = unit_called(found[2]) if found is not None else None
        if found is not None and unit is not None and unit.measures is not None:
            return Header(whole, _word(found[1]), unit)
    word = _word(title)
    return Header(whole, word, UNITS[word] if word in ("cores", "vcpus", "cpus") else None)


def is_known(title: str) -> bool:
    """Whether a header is one that names, amounts, or hosts of VMs go by."""
    word, names = header_of(title).word, f"{NAMES['hosts']}, {NAMES['vms']}, {CURRENT}"
    return header_of(title).resource is not None or word in words(names)


def _word(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().casefold()
