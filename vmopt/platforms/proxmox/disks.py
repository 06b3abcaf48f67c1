"""Disks of guests: on which storage, and how large."""

from __future__ import annotations

import re
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from vmopt.platforms.fields import NUMBER, Row
from vmopt.platforms.proxmox.tables import DISK

SIZE = re.compile(r"([0-9.]{1,20})([KMGT]?)")
OF_LXC = ("lxc.mount.entry", "lxc.cgroup2.devices.allow", "lxc.cgroup.devices.allow")
"""Settings of LXC by which containers use folders and devices of their node."""
UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


class Disk(NamedTuple):
    """A disk; of unknown size, None."""

    storage: str
    size: int | None


def size_of(text: str) -> int | None:
    """Bytes of a size such as ``32G``; None for what is none.

    Examples
    --------
    >>> size_of("3G"), size_of("528K"), size_of("4.5M"), size_of("all")
    (3221225472, 540672, 4718592, None)
    """
    told = SIZE.fullmatch(text)
    if told is None or not NUMBER.fullmatch(told[1]):
        return None
    return ceil(Fraction(told[1]) * UNITS[told[2]])


def disks_of(config: Row) -> list[Disk]:
    """Disks of a configuration: no CD, no drive of the cloud's settings, nothing that is passed through.

    Examples
    --------
    >>> disks_of(Row({"scsi0": "local-lvm:vm-7-disk-0,size=3G", "ide2": "local:iso/x.iso,media=cdrom"}, "7.conf"))
    [Disk(storage='local-lvm', size=3221225472)]
    """
    found = []
    for name, value in config.fields.items():
        if not DISK.fullmatch(name) or not isinstance(value, str):
            continue
        volume, *rest = value.split(",")
        options = dict(part.split("=", 1) for part in rest if "=" in part)
        storage, colon, path = volume.partition(":")
        if colon and options.get("media") != "cdrom" and "cloudinit" not in path and not volume.startswith("/"):
            found.append(Disk(storage, size_of(options.get("size", "-"))))
    return found


def bound_devices(config: Row) -> list[str]:
    """Devices of a node that a configuration passes on: they do not move."""
    starts = dict.fromkeys(("hostpci", "virtiofs", "dev", "parallel"), "") | {"usb": "spice", "serial": "socket"}
    devices = [
        name
        for name, value in config.fields.items()
        for start, harmless in starts.items()
        if re.fullmatch(rf"{start}\d+", name) and not (harmless and str(value).split(",")[0].endswith(harmless))
    ]
    return devices + [name for name, value in config.fields.items() if _is_of_node(name, str(value))]


def _is_of_node(name: str, value: str) -> bool:
    """Whether a disk is a device or a folder of the node: one that is said to be shared is on every node."""
    passed = DISK.fullmatch(name) is not None and value.startswith("/") and "shared=1" not in value.split(",")
    return passed or name in OF_LXC
