"""Where one more VM should go: hosts that take it, the best first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.errors import OptionError
from vmopt.explain.gains import Gains
from vmopt.explain.guests import guest
from vmopt.explain.one import require_placement
from vmopt.explain.plain import Record
from vmopt.explain.scene import Scene
from vmopt.plurals import count, plural
from vmopt.solution import Solution, require_solution
from vmopt.summary.figures import number, percent, signed
from vmopt.summary.layout import Table, printable, table_html, table_text


@dataclass(frozen=True)
class HostRank(Record):
    """A host that takes the VM.

    Attributes
    ----------
    host : str
    gain : float
        What the objective changes by.
    levels : tuple of (level, change)
        What each level of goals changes by, and latency that decides among equals.
    left : tuple of (resource, amount)
        What the host has left then, in the user's own units; elastic VMs get what they must.
    utilisation : float
        Of its fullest resource then.

    Examples
    --------
    >>> import vmopt
    >>> solution = vmopt.solve(vmopt.Instance.from_arrays([[6], [5]], [[8], [8]], current=[0, 1]))
    >>> vmopt.rank_hosts(solution, vmopt.VM("next", {"resource-0": 3})).hosts[0].host
    'host-1'
    """

    host: str
    gain: float
    left: tuple[tuple[str, float], ...]
    utilisation: float
    levels: tuple[tuple[str, float], ...] = ()

    @property
    def changes(self) -> tuple[tuple[str, float], ...]:
        """What tells the host from others: the levels, or the objective."""
        return self.levels or (("objective", self.gain),)

    def __str__(self) -> str:
        left = ", ".join(f"{number(amount, 12)} of {resource}" for resource, amount in self.left)
        changes = ", ".join(f"{what} {signed(by)}" for what, by in self.changes)
        return printable(f"{self.host}: {changes}, {left} left")


@dataclass(frozen=True, repr=False)
class Ranking(Record):
    """The hosts that take a VM beside what runs, the best first.

    Attributes
    ----------
    vm : str
    hosts : tuple of HostRank
        Those that were asked for.
    n_hosts : int
        How many take it in all.

    Examples
    --------
    >>> import vmopt
    >>> solution = vmopt.solve(vmopt.Instance.from_arrays([[6], [5]], [[8], [8]], current=[0, 1]))
    >>> found = vmopt.rank_hosts(solution, vmopt.VM("next", {"resource-0": 3}))
    >>> [host.host for host in found.hosts], found.n_hosts
    (['host-1'], 1)
    """

    vm: str
    hosts: tuple[HostRank, ...]
    n_hosts: int

    @property
    def table(self) -> Table:
        """The hosts as a table."""
        resources = [resource for resource, _ in self.hosts[0].left] if self.hosts else []
        changed = [what for what, _ in self.hosts[0].changes] if self.hosts else []
        header = ("host", *changed, *(f"{resource} left" for resource in resources), "fullest")
        rows = [
            (
                row.host,
                *(signed(by) for _, by in row.changes),
                *(number(amount, 12) for _, amount in row.left),
                percent(row.utilisation, 1),
            )
            for row in self.hosts
        ]
        return Table(header, rows)

    @property
    def head(self) -> str:
        """How many hosts take it."""
        if not self.hosts:
            return printable(f"No host takes the VM {self.vm} beside what runs.")
        return printable(f"{count(self.n_hosts, 'host')} {plural(self.n_hosts, 'takes', 'take')} the VM {self.vm}.")

    def __str__(self) -> str:
        return f"{self.head}\n\n{table_text(self.table)}" if self.hosts else self.head

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.head)}</p>{table_html(self.table)}"


def rank_hosts(solution: Solution, vm: Any, top: int = 5, *, talks_to: Mapping[str, float] | None = None) -> Ranking:
    """Say where a VM that does not run should go: hosts with room that all hard rules allow, beside what runs.

    First comes where the objective gains most (soft rules, latency and elastic VMs tell hosts apart), level by level
    where it has several, then where least is left, each resource as a part of what the cluster has; then the order of
    the instance.

    Parameters
    ----------
    solution : Solution
    vm : str, int, VM or mapping of resource to amount
        A VM that does not run; a new one; or what a new one without labels asks for.
    top : int
        How many hosts.
    talks_to : mapping of str to float, optional
        Where latency counts: the VMs with which a new one exchanges data, and bit/s. Default: with nobody.

    Raises
    ------
    OptionError
        If the VM runs already, or `talks_to` makes no sense.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[3]], [[9], [5], [2]], resources=["cpu"])
    >>> print(rank_hosts(vmopt.solve(cluster, method="greedy-priority"), {"cpu": 4}))
    2 hosts take the VM new.
    <BLANKLINE>
    host    objective  cpu left  fullest
    host-1      +0.25         1   80.0 %
    host-0      +0.25         2   77.8 %
    """
    require_placement(require_solution(solution))
    checks.integer(top, "top", 1)
    instance, number_of = guest(solution.instance, vm, talks_to)
    host_index = np.append(solution.host_index, np.full(instance.n_vms - solution.instance.n_vms, -1))
    if host_index[number_of] >= 0:
        host = instance.host_names[int(host_index[number_of])]
        raise OptionError(f"VM {instance.vm_names[number_of]!r} runs on {host!r} already: give one that does not.")
    scene = Scene(instance, host_index)
    hosts = np.flatnonzero(scene.takes(number_of))
    gains = Gains(scene, number_of, hosts)
    left = scene.free[hosts] - instance.reserved[number_of]
    share = left @ (1.0 / np.maximum(instance.total, 1))
    order = gains.order(share, hosts)[:top]
    used = np.where(instance.capacity[hosts] > 0, 1 - left / np.maximum(instance.capacity[hosts], 1), 0.0)
    rows = tuple(
        HostRank(
            instance.host_names[int(hosts[n])],
            float(gains.objective[n]),
            tuple((name, scene.own(left[n, k], k)) for k, name in enumerate(instance.resources)),
            float(used[n].max(initial=0.0)),
            gains.of_levels(n),
        )
        for n in order.tolist()
    )
    return Ranking(instance.vm_names[number_of], rows, len(hosts))
