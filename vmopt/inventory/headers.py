"""What the header of a column says: a word that is known, and a unit."""

from __future__ import annotations

import re
from typing import NamedTuple

from vmopt.inventory.units import UNITS, Unit, unit_called

RESOURCES = {
    "cpu": ("cpu", "cpus", "vcpu", "vcpus", "core", "cores", "cpu cores", "num cpu", "num cpus", "maxcpu"),
    "memory": ("memory", "mem", "ram", "memory size", "mem size", "main memory", "maxmem"),
    "disk": ("disk", "storage", "disk size", "disk space", "maxdisk"),
    "gpu": ("gpu", "gpus"),
}
NAMES = {  # the surest first
    "hosts": "name, host, hostname, host name, node, node name, server, server name, machine, hypervisor, "
    "hypervisor hostname, esxi host, fqdn",
    "vms": "name, vm, vm name, vmname, virtual machine, guest, guest name, instance, instance name, hostname, "
    "host name, pod, container, machine, display name",
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
    brackets = IN_BRACKETS.fullmatch(title)
    if brackets is not None and unit_called(brackets[2]):
        return Header(title, _word(f"{brackets[1]} {brackets[3]}"), unit_called(brackets[2]))
    for pattern in (JOINED, BEHIND):
        found = pattern.fullmatch(title)
        unit = unit_called(found[2]) if found is not None else None
        if found is not None and unit is not None and unit.measures is not None:
            return Header(title, _word(found[1]), unit)
    word = _word(title)
    return Header(title, word, UNITS[word] if word in ("cores", "vcpus", "cpus") else None)


def _word(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().casefold()
