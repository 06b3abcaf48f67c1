"""Keep and Quarantine: who stays where it runs now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.errors import InstanceError
from vmopt.rules.base import InForce, hosts_in, vms_in
from vmopt.rules.fence import Eligibility
from vmopt.rules.selection import Grouping, Groups, Selected


class _AtHome(Eligibility):
    """What rules have in common by which VMs stay on the hosts that they run on: they close none for good."""

    closes: ClassVar[bool] = False

    def at_home(self, instance: Any, home: IntArray) -> tuple[Grouping, Grouping, Grouping | None]:
        """VMs by the hosts in `home`, and these hosts, numbered alike.

        Parameters
        ----------
        home : (n_vms,) int64 array
            -1 for VMs that the rule does not speak of.
        """
        hosts = np.unique(home[home >= 0])
        return self.numbered(instance, home, hosts)

    def numbered(self, instance: Any, home: IntArray, hosts: IntArray) -> tuple[Grouping, Grouping, Grouping | None]:
        """The same with these hosts."""
        number = np.full(instance.n_hosts + 1, -1, dtype=np.int64)
        number[hosts] = np.arange(len(hosts))
        names = tuple(instance.host_names[int(h)] for h in hosts)
        return Grouping(number[home], names), Grouping(number[:-1], names), None


@dataclass(frozen=True, eq=False, repr=False)
class Keep(_AtHome):
    """These VMs do not move: ``x[i,h] = 0`` for i in `vms` that run now and h not their host.

    Known as pinned VMs, safe-to-evict=false (Kubernetes), VMs without live migration, Root (BtrPlace).

    Parameters
    ----------
    vms : names, patterns, Groups, or (n_vms,) bool array
    penalty : float, optional
        Makes the rule soft: what each VM of these costs on another host.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4], [4]], [[4], [8]], current=[1, 1], rules=[vmopt.Keep("vm-0")])
    >>> vmopt.solve(cluster).placement["vm-0"]
    'host-1'
    """

    name: ClassVar[str] = "keep"

    vms: Selected

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "vms", Groups.of(self.vms))

    def find(self, instance: Any) -> tuple[Grouping, Grouping, Grouping | None]:
        """Find the VMs, and where they run."""
        return self.at_home(instance, np.where(vms_in(instance, self.vms).inside, current_of(instance, self), -1))

    def banned(self, here: InForce, vm: IntArray, host: IntArray) -> BoolArray:
        """Whether a VM that is kept is somewhere else."""
        return np.asarray((here.group.of[vm] >= 0) & (here.group.of[vm] != here.domain.of[host]))


@dataclass(frozen=True, eq=False, repr=False)
class Quarantine(_AtHome):
    """Nothing enters these hosts, and nothing moves away: a VM is on h in `hosts` if it runs there now, and only then.

    Known as cordoned nodes whose pods stay (Kubernetes), disabled services (OpenStack), Quarantine (BtrPlace).

    Parameters
    ----------
    hosts : names, patterns, Groups, or (n_hosts,) bool array
    penalty : float, optional
        Makes the rule soft: what each VM costs that enters or leaves.

    Examples
    --------
    >>> import vmopt
    >>> shut = vmopt.Quarantine("host-1")
    >>> cluster = vmopt.Instance.from_arrays([[4], [4]], [[4], [9]], current=[1, -1], rules=[shut])
    >>> dict(vmopt.solve(cluster).placement)
    {'vm-0': 'host-1', 'vm-1': 'host-0'}
    """

    name: ClassVar[str] = "quarantine"

    hosts: Selected

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "hosts", Groups.of(self.hosts))

    def find(self, instance: Any) -> tuple[Grouping, Grouping, Grouping | None]:
        """Find the hosts, and what runs there."""
        hosts, current = np.flatnonzero(hosts_in(instance, self.hosts).inside), current_of(instance, self)
        return self.numbered(instance, np.where(np.isin(current, hosts), current, -1), hosts)

    def concerns(self, here: InForce) -> BoolArray:
        """All VMs: who is not there may not enter."""
        return np.ones(len(here.group.of), dtype=bool)

    def banned(self, here: InForce, vm: IntArray, host: IntArray) -> BoolArray:
        """Whether a VM is elsewhere than a host that it may not leave, or on one that it may not enter."""
        return np.asarray(here.group.of[vm] != here.domain.of[host])


def current_of(instance: Any, rule: Any) -> IntArray:
    """Where VMs run now.

    Raises
    ------
    InstanceError
        If nobody says so.
    """
    if instance.current is None:
        raise InstanceError(f"{type(rule).__name__} needs to know where VMs run now: give the instance current=...")
    return np.asarray(instance.current)
