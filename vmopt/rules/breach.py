"""Breach: one place where a placement breaks a rule."""

from __future__ import annotations

from dataclasses import dataclass

from vmopt.arrays import IntArray

SHOWN = 3


@dataclass(frozen=True, eq=False)
class Breach:
    """What is broken, where, and by whom.

    Attributes
    ----------
    rule : str
        The rule as it was stated.
    group, domain : str or None
        The group of VMs, and the domain of hosts, if the rule speaks of any.
    vms : (n,) int64 array
        The placed VMs that break it together; of MustRun, those that run nowhere.
    excess : int
        How many of these too many there are: it holds when so many of them, whichever, run nowhere. 0 where it would
        not.
    names : tuple of str
        The names of the first of them.
    said : str
        The rule in the words of rule files, if they are known: breaches are told so.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[1], [1]], [[4]], rules=[vmopt.Spread("vm-*")])
    >>> breach = vmopt.verify(cluster, [0, 0])[0]
    >>> print(breach)
    Spread(vm-*) is broken: group 'vm-*': vm-0, vm-1 on host-0
    >>> breach.domain, breach.names, breach.excess
    ('host-0', ('vm-0', 'vm-1'), 1)
    """

    rule: str
    group: str | None
    domain: str | None
    vms: IntArray
    excess: int
    names: tuple[str, ...]
    said: str = ""

    def __str__(self) -> str:
        who = ", ".join(self.names[:SHOWN]) + (f" and {len(self.vms) - SHOWN} more" if len(self.vms) > SHOWN else "")
        where = "" if self.domain is None else f" on {self.domain}"
        group = "" if self.group is None else f" group {self.group!r}:"
        return f"{self.said or self.rule} is broken:{group} {who}{where}"
