"""Bars: hosts that a rule closes to VMs one by one, whatever else runs."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.rules.base import InForce, per_group
from vmopt.rules.fence import Ban, Empty, Fence
from vmopt.rules.gather import Gather
from vmopt.rules.near import Near
from vmopt.rules.quota import Quota
from vmopt.rules.skew import Skew
from vmopt.rules.spread import Spread


def barred(here: InForce) -> tuple[IntArray, IntArray]:
    """Return the VMs that may not run on some hosts, and these hosts.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[1], [1]], [[2], [2]])
    >>> vms, hosts = barred(vmopt.Ban("vm-1", "host-0").on(cluster))
    >>> vms.tolist(), hosts.tolist()
    ([1], [0])
    """
    vms, hosts = _masks(here)
    return np.flatnonzero(vms), np.flatnonzero(hosts)


def _masks(here: InForce) -> tuple[BoolArray, BoolArray]:
    rule, inside, hosts = here.rule, here.group.inside, here.domain.inside
    if isinstance(rule, Empty | Ban):
        return inside, hosts
    if isinstance(rule, Fence | Skew | Gather | Near):
        return inside, ~hosts
    if isinstance(rule, Spread):
        nobody = per_group(rule.most, here.group, "most") == 0
        return np.append(nobody, False)[here.group.of], hosts
    if isinstance(rule, Quota):
        return inside & (here.weight > rule.units(here)), hosts
    return np.zeros(0, dtype=bool), np.zeros(0, dtype=bool)
