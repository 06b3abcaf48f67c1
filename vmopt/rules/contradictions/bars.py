"""Bars: hosts that a rule closes to VMs one by one, whatever else runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmopt.arrays import IntArray
from vmopt.rules.base import InForce, per_group
from vmopt.rules.fence import Ban, Empty, Fence
from vmopt.rules.gather import Gather
from vmopt.rules.near import Near
from vmopt.rules.quota import Quota
from vmopt.rules.skew import Skew
from vmopt.rules.spread import Spread


@dataclass(frozen=True, eq=False)
class Bar:
    """What a rule closes.

    Attributes
    ----------
    vms, hosts : int64 arrays
        The VMs, and the hosts that are closed to them; or those that are left to them.
    left : bool
        Whether these hosts are the only ones that are left: of thousands of fences, each leaves a few.
    """

    vms: IntArray
    hosts: IntArray
    left: bool


def barred(here: InForce) -> Bar:
    """Return the VMs that may not run on some hosts, and these hosts or all others; nothing where it closes none.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[1], [1]], [[2], [2]])
    >>> ban, fence = (barred(rule("vm-1", "host-0").on(cluster)) for rule in (vmopt.Ban, vmopt.Fence))
    >>> ban.vms.tolist(), ban.hosts.tolist(), ban.left, fence.vms.tolist(), fence.hosts.tolist(), fence.left
    ([1], [0], False, [1], [0], True)
    """
    vms, left = _vms(here), isinstance(here.rule, Fence | Skew | Gather | Near) and not isinstance(here.rule, Ban)
    hosts = here.domain.anybody
    closes = len(hosts) < len(here.domain.of) if left else len(hosts) > 0
    return Bar(vms, hosts, left) if len(vms) and closes else Bar(vms[:0], hosts[:0], False)


def _vms(here: InForce) -> IntArray:
    """VMs to which it closes hosts, if there are such hosts."""
    rule = here.rule
    if isinstance(rule, Empty | Fence | Skew | Gather | Near):
        return here.group.anybody
    if isinstance(rule, Spread):
        nobody = per_group(rule.most, here.group, "most") == 0
        return np.flatnonzero(np.append(nobody, False)[here.group.of])
    if isinstance(rule, Quota):
        return np.flatnonzero(here.group.inside & (here.weight > rule.units(here)))
    return np.zeros(0, dtype=np.int64)
