"""Fence, Ban and Empty: which hosts may run whom."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.rules.base import BaseRule, InForce, hosts_in, vms_in
from vmopt.rules.breach import Breach
from vmopt.rules.program import Cells, RuleRows
from vmopt.rules.selection import Grouping, Groups, Selected
from vmopt.rules.taken import Taken


class Eligibility(BaseRule):
    """What rules have in common that tell each VM its hosts."""

    fixed: ClassVar[bool] = True
    closes: ClassVar[bool] = True
    """Whether a host that it bans is none that a group may use, to rules that ask, such as `Skew`."""

    @abstractmethod
    def banned(self, here: InForce, vm: IntArray, host: IntArray) -> BoolArray:
        """Whether each of these VMs may not run on each of these hosts."""

    def candidates(self, here: InForce, host_index: IntArray) -> IntArray:
        """Find placed VMs that may be where they should not."""
        return np.flatnonzero(host_index >= 0)

    def find_breaches(self, here: InForce, host_index: IntArray) -> Iterator[Breach]:
        """Find VMs on hosts that are not theirs."""
        placed = self.candidates(here, host_index)
        wrong = placed[self.banned(here, placed, host_index[placed])]
        if wrong.size:
            yield here.breach(None, None, wrong, len(wrong))

    def violation(self, here: InForce, host_index: IntArray) -> float:
        """Count the VMs on hosts that are not theirs."""
        placed = self.candidates(here, host_index)
        return float(self.banned(here, placed, host_index[placed]).sum())

    def translate(self, here: InForce, cells: Cells, rows: RuleRows) -> None:
        """``x <= 0`` where it is banned."""
        rows.forbid(np.flatnonzero(self.banned(here, cells.vm, cells.host)), self.penalty)

    def forbids(self, here: InForce, vm: IntArray, host: IntArray) -> BoolArray:
        """Tell where it is banned."""
        return np.broadcast_to(self.banned(here, vm[:, None], host[None, :]), (len(vm), len(host)))

    def allows(self, here: InForce, vm: int, taken: Taken) -> BoolArray:
        """Tell where the VM is not banned."""
        hosts = np.arange(len(here.domain.of))
        return ~self.banned(here, np.full(len(hosts), vm), hosts)

    def added(self, here: InForce, vm: int, taken: Taken) -> FloatArray:
        """One where it is banned."""
        return (~self.allows(here, vm, taken)).astype(np.float64)


@dataclass(frozen=True, eq=False, repr=False)
class Fence(Eligibility):
    """These VMs run on these hosts only: ``x[i,h] = 0`` for i in `vms` and h not in `hosts`.

    Known as node affinity, node selector (Kubernetes), host aggregates, availability zones (OpenStack), VM-host
    affinity (VMware), node affinity (Proxmox), Fence (BtrPlace).

    Parameters
    ----------
    vms : names, patterns, Groups, or (n_vms,) bool array, Series, dict by name
    hosts : names, patterns, Groups, or (n_hosts,) bool array, Series, dict by name
        None of them (``[]``): the VMs run nowhere, which `vmopt.contradictions` tells.
    penalty : float, optional
        Makes the rule soft: what each VM of these costs on another host, ``sum x[i,h]`` over i in `vms` and h not in
        `hosts`.

    Examples
    --------
    >>> import vmopt
    >>> fast = vmopt.Fence("vm-0", vmopt.Groups.labelled("disk", "ssd"))
    >>> labels = [{"disk": "hdd"}, {"disk": "ssd"}]
    >>> dict(vmopt.solve(vmopt.Instance.from_arrays([[1]], [[2], [2]], host_labels=labels, rules=[fast])).placement)
    {'vm-0': 'host-1'}
    """

    name: ClassVar[str] = "fence"

    vms: Selected
    hosts: Selected

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "vms", Groups.of(self.vms))
        object.__setattr__(self, "hosts", Groups.of(self.hosts))

    def find(self, instance: Any) -> tuple[Grouping, Grouping, Grouping | None]:
        """Find the VMs and their hosts."""
        return vms_in(instance, self.vms), hosts_in(instance, self.hosts), None

    def candidates(self, here: InForce, host_index: IntArray) -> IntArray:
        """Find those of its VMs that are placed: there may be thousands of fences of a few VMs each."""
        mine = here.group.anybody
        return np.asarray(mine[host_index[mine] >= 0])

    def banned(self, here: InForce, vm: IntArray, host: IntArray) -> BoolArray:
        """Whether a VM that is fenced is outside of its hosts."""
        return np.asarray(here.group.holds(vm) & ~here.domain.holds(host))


class Ban(Fence):
    """These VMs never run on these hosts: ``x[i,h] = 0`` for i in `vms` and h in `hosts`.

    Known as node anti-affinity and taints (Kubernetes), VM-host anti-affinity (VMware), Ban (BtrPlace).

    Parameters
    ----------
    vms : names, patterns, Groups, or (n_vms,) bool array, Series, dict by name
    hosts : names, patterns, Groups, or (n_hosts,) bool array, Series, dict by name
    penalty : float, optional
        Makes the rule soft: what each VM of these costs on such a host, ``sum x[i,h]`` over i in `vms`, h in `hosts`.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[1]], [[2], [1]], rules=[vmopt.Ban("vm-0", "host-0")])
    >>> dict(vmopt.solve(cluster).placement)
    {'vm-0': 'host-1'}
    """

    name: ClassVar[str] = "ban"

    def banned(self, here: InForce, vm: IntArray, host: IntArray) -> BoolArray:
        """Whether a VM that is banned is on one of these hosts."""
        return np.asarray(here.group.holds(vm) & here.domain.holds(host))


@dataclass(frozen=True, eq=False, repr=False)
class Empty(Eligibility):
    """Nothing runs on these hosts: ``x[i,h] = 0`` for h in `hosts`.

    Known as cordon and drain (Kubernetes), maintenance mode (VMware, Proxmox), disabled services (OpenStack), Offline
    (BtrPlace).

    Parameters
    ----------
    hosts : names, patterns, Groups, or (n_hosts,) bool array, Series, dict by name
    penalty : float, optional
        Makes the rule soft: what each VM there costs, ``sum x[i,h]`` over all i and h in `hosts`.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[1]], [[2]], rules=[vmopt.Empty("host-0")])
    >>> vmopt.solve(cluster).unplaced
    ('vm-0',)
    """

    name: ClassVar[str] = "empty"

    hosts: Selected

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "hosts", Groups.of(self.hosts))

    def find(self, instance: Any) -> tuple[Grouping, Grouping, Grouping | None]:
        """Find the hosts."""
        everyone = Grouping(np.zeros(instance.n_vms, dtype=np.int64), ("all VMs",))
        return everyone, hosts_in(instance, self.hosts), None

    def banned(self, here: InForce, vm: IntArray, host: IntArray) -> BoolArray:
        """Whether a host is to be empty."""
        return here.domain.holds(host)
