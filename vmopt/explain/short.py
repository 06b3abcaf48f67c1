"""Short: of what some VMs ask for more than some hosts have, in amounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vmopt.arrays import IntArray
from vmopt.explain.lots import Lots
from vmopt.explain.overasked import Overasked
from vmopt.explain.plain import Record
from vmopt.model.amounts import in_own_unit
from vmopt.model.instance import Instance
from vmopt.plurals import count, first_of

SHOWN = 5


@dataclass(frozen=True)
class Shortage(Record):
    """What VMs that must run ask for, against what hosts have.

    Attributes
    ----------
    resources : tuple of str
        What is short: one resource by itself, or several of which the hosts have enough one by one, but not together.
    asked, offered : float
        In the user's own unit; of several resources, each weighed by how scarce it is, what is offered counts as 1.
    hosts : int
        How many hosts have any of it.
    largest : tuple of str
        Of one resource, the VMs that ask for most, as few as together ask for what is too much.
    lot : float or None
        Where amounts add up and do not fit in whole: the size of lots of which what is asked for and offered is told.

    Examples
    --------
    >>> print(Shortage(("cpu",), 11.0, 8.0, 2, ("vm-1",)))
    of cpu they ask for 11, and 2 hosts with room have 8: short by 3
    >>> print(Shortage(("cpu", "memory"), 1.05, 1.0, 2, ()))
    of cpu, memory together, each weighed by how scarce it is, they ask for 105 % of what 2 hosts with room have
    >>> print(Shortage(("cpu",), 3.0, 2.0, 2, (), lot=5.0))
    of cpu in whole lots of 5 they take 3, and 2 hosts with room have 2: short by 1, for less than a lot is of no use
    """

    resources: tuple[str, ...]
    asked: float
    offered: float
    hosts: int
    largest: tuple[str, ...]
    lot: float | None = None

    @property
    def missing(self) -> float:
        """How much more is asked for than there is."""
        return self.asked - self.offered

    @property
    def mend(self) -> str:
        """What it takes at the least to mend it."""
        what = f"{self.missing:,.6g} of {self.resources[0]}"
        if self.lot is not None:
            return (
                f"By these lots it takes at the least room for {self.missing:,.6g} more of {self.lot:,.6g} of "
                f"{self.resources[0]}, each on one host, or VMs that take so many not to have to run."
            )
        if len(self.resources) > 1:
            what = f"{self.missing:.3g} times what these hosts have of {', '.join(self.resources)}, so weighed,"
        most = f"the {count(len(self.largest), 'VM')} that ask for most come to that: {first_of(self.largest, SHOWN)}"
        return (
            f"By amounts it takes at the least {what} to mend it: so much more on these hosts, or VMs that ask for so "
            f"much not to have to run{f' ({most})' if self.largest else ''}."
        )

    def __str__(self) -> str:
        hosts, have = f"{count(self.hosts, 'host')} with room", "has" if self.hosts == 1 else "have"
        if len(self.resources) > 1:
            together = f"of {', '.join(self.resources)} together, each weighed by how scarce it is,"
            return f"{together} they ask for {100 * self.asked:.4g} % of what {hosts} {have}"
        short = f"short by {self.missing:,.6g}"
        if self.lot is not None:
            lots = f"of {self.resources[0]} in whole lots of {self.lot:,.6g} they take {self.asked:,.6g}"
            return f"{lots}, and {hosts} {have} {self.offered:,.6g}: {short}, for less than a lot is of no use"
        return f"of {self.resources[0]} they ask for {self.asked:,.6g}, and {hosts} {have} {self.offered:,.6g}: {short}"


def shortage_among(instance: Instance, found: Overasked) -> Shortage | None:
    """Say what is short by itself, or else of several resources together; None where only limits of rules are."""
    alone = shortage_of(instance, found.vms.tolist(), found.giving.tolist())
    if alone is not None or not len(found.giving):
        return alone
    names = tuple(instance.resources[k] for k in found.resources.tolist())
    return Shortage(names, 1 + found.excess, 1.0, len(found.giving), ())


def shortage_in(instance: Instance, found: Lots) -> Shortage:
    """Say of which lots there are too few."""
    lot = float(in_own_unit(found.size, int(instance.scale[found.resource])))
    name = instance.resources[found.resource]
    return Shortage((name,), found.halves / 2, found.offered / 2, len(found.hosts), (), lot)


def shortage_of(instance: Instance, vms: Sequence[int], hosts: Sequence[int]) -> Shortage | None:
    """Compare what VMs must get with what hosts have; None where no resource by itself is short.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4, 1], [7, 1]], [[8, 9]], resources=["cpu", "memory"])
    >>> shortage_of(cluster, [0, 1], [0]).largest, shortage_of(cluster, [1], [0])
    (('vm-1',), None)
    """
    needed, offered = instance.reserved[list(vms)], instance.capacity[list(hosts)]
    asked, there = needed.sum(axis=0), offered.sum(axis=0)
    if not len(hosts) or not (asked > there).any():
        return None
    k = int(np.argmax((asked - there) / np.maximum(there, 1)))
    scale = int(instance.scale[k])
    return Shortage(
        resources=(instance.resources[k],),
        asked=float(in_own_unit(int(asked[k]), scale)),
        offered=float(in_own_unit(int(there[k]), scale)),
        hosts=int((offered[:, k] > 0).sum()),
        largest=tuple(instance.vm_names[vms[i]] for i in _largest(needed[:, k], int(asked[k] - there[k]))),
    )


def _largest(amounts: IntArray, missing: int) -> list[int]:
    """The largest amounts that come to what is missing."""
    order = np.argsort(-amounts, kind="stable")
    few = int(np.searchsorted(np.cumsum(amounts[order]), missing)) + 1
    return order[:few].tolist()  # type: ignore[no-any-return]
