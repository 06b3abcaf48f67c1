"""Domains: each host by itself, all hosts of equal label, or the whole cluster."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.errors import InstanceError
from vmopt.rules.selection import Grouping, Groups

HOST = "host"


def domains_of(instance: Any, over: str | None) -> Grouping:
    """Return the domain of each host, -1 where a host has no such label.

    Parameters
    ----------
    over : str or None
        ``"host"``, a label of the hosts such as ``"rack"``, or None for all hosts together.

    Raises
    ------
    InstanceError
        If no host has that label.
    """
    if over is None:
        return Grouping(np.zeros(instance.n_hosts, dtype=np.int64), ("the cluster",))
    if over == HOST:
        return Grouping(np.arange(instance.n_hosts), instance.host_names)
    return Groups.labelled(over).among(instance.host_names, instance.host_labels, "host")


def checked_over(over: Any) -> str | None:
    """Return what a rule's domains are, or say that it is neither a label nor None."""
    if over is None or (isinstance(over, str) and over):
        return over
    raise InstanceError(f"a rule holds over {over!r}: give 'host', or a label of the hosts such as 'rack'.")
