"""Files of sections, as the HA manager keeps its rules, groups and resources; and configurations of guests."""

from __future__ import annotations

import re
from typing import Any

HEAD = re.compile(r"([\w-]+):\s*(\S+)\s*")
OF_HA = {"node-affinity", "resource-affinity", "group", "vm", "ct"}
LINE = re.compile(r"\s+([\w-]+)(?:\s+(.*?))?\s*")
SETTING = re.compile(r"([\w.-]+):\s*(.*?)\s*")
"""Containers have settings of LXC as well, such as ``lxc.apparmor.profile``."""


def sections(text: str) -> list[dict[str, Any]] | None:
    r"""Read a file of sections; None where it is something else. A property without a value is set.

    Examples
    --------
    >>> sections("node-affinity: db\n\tresources vm:101\n\tnodes n1:2,n2\n\tdisable\n")
    [{'type': 'node-affinity', 'section': 'db', 'resources': 'vm:101', 'nodes': 'n1:2,n2', 'disable': '1'}]
    """
    found: list[dict[str, Any]] = []
    indented = False
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        head, setting = HEAD.fullmatch(line), LINE.fullmatch(line)
        if head and not line[:1].isspace():
            found.append({"type": head[1], "section": head[2]})
        elif setting and found:
            indented = True
            found[-1][setting[1]] = "1" if setting[2] is None else setting[2]
        else:
            return None
    return found if indented or all(one["type"] in OF_HA for one in found) else None


def settings(text: str) -> dict[str, str] | None:
    r"""Read a guest's configuration, of which snapshots are no part; None where it is something else.

    Examples
    --------
    >>> settings("#note\ncores: 2\nscsi0: local-lvm:vm-7-disk-0,size=3G\n[before]\ncores: 1\n")
    {'cores': '2', 'scsi0': 'local-lvm:vm-7-disk-0,size=3G'}
    """
    found: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("["):
            break
        told = SETTING.fullmatch(line)
        if told:
            found[told[1]] = told[2]
        elif line.strip() and not line.startswith("#"):
            return None
    return found or None
