"""Inside: the pieces of the VMs on a host fit its parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.errors import InstanceError
from vmopt.model.parts import OneOf, Part, parts_of
from vmopt.rules.base import HOST, BaseRule, InForce, domains_of, groups_in
from vmopt.rules.breach import Breach
from vmopt.rules.inside.implied import implied_limits
from vmopt.rules.inside.in_force import InsideInForce, TakenInside
from vmopt.rules.inside.in_place import TakenInPlace
from vmopt.rules.inside.known import check_known
from vmopt.rules.inside.rows import write_rows
from vmopt.rules.program import Cells, RuleRows
from vmopt.rules.selection import Grouping, Groups, Selected
from vmopt.rules.taken import Taken


@dataclass(frozen=True, eq=False, repr=False)
class Inside(BaseRule):
    """The pieces of the VMs on each host fit its parts: VMs of a group ask for the same, hosts of a group are alike.

    It is always hard. `Host(parts=...)` and `VM(pieces=...)` make it by themselves; for a million VMs give columns.

    Parameters
    ----------
    vms : label or column of strings
        Which VMs ask for what: ``Groups.labelled("shape")``, or a column of names of asks, None for no pieces.
    pieces : mapping of str to list of Pieces, or OneOf
        What the VMs of each group ask for.
    hosts : label or column of strings
        Which hosts have which parts, likewise.
    parts : mapping of str to mapping of kind to list of Part
        What the hosts of each group have.

    Examples
    --------
    >>> import vmopt
    >>> share = vmopt.Pieces("gpu", 1, {"milli": 600})
    >>> gpus = {"two": {"gpu": [{"milli": 1000}] * 2}}
    >>> rule = Inside(["share"] * 3, {"share": [share]}, ["two"], gpus)
    >>> cluster = vmopt.Instance.from_arrays([[1]] * 3, [[8]], rules=[rule])
    >>> len(vmopt.solve(cluster).placement)
    2
    """

    name: ClassVar[str] = "inside"
    over: ClassVar[str] = HOST

    vms: Selected
    pieces: Mapping[str, OneOf]
    hosts: Selected
    parts: Mapping[str, Mapping[str, tuple[Part, ...]]]

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.penalty is not None:
            raise InstanceError("Inside cannot be broken at a penalty: what does not fit does not run; leave it out.")
        for name in ("vms", "hosts"):
            object.__setattr__(self, name, _by_title(getattr(self, name), name))
        for name, read in (("pieces", OneOf.of), ("parts", parts_of)):
            given = getattr(self, name)
            if not isinstance(given, Mapping):
                raise InstanceError(f"{name} of Inside are a {type(given).__name__}: give them by the name of a group.")
            object.__setattr__(self, name, {str(title): read(one) for title, one in given.items()})
        check_known(self.pieces, self.parts)

    def __str__(self) -> str:
        return f"Inside({len(self.pieces)} asks for pieces, {len(self.parts)} kinds of hosts)"

    def find(self, instance: Any) -> tuple[Grouping, Grouping, Grouping | None]:
        """Find the asks of the VMs; each host is a domain."""
        return groups_in(instance, self.vms), domains_of(instance, HOST), None

    def on(self, instance: Any) -> InsideInForce:
        """Find who asks for what, and which hosts have what.

        Raises
        ------
        InstanceError
            If a group has no pieces, or no parts.
        """
        hosts: Groups = self.hosts
        alike = hosts.among(instance.host_names, instance.host_labels, "host")
        return InsideInForce(self, instance, *self.find(instance), alike=alike, pieces=self.pieces, parts=self.parts)

    def find_breaches(self, here: InForce, host_index: IntArray) -> Iterator[Breach]:
        """Find hosts whose VMs do not fit their parts."""
        assert isinstance(here, InsideInForce)
        hosts, states = here.states_of(host_index)
        wrong = [state for state in np.unique(states).tolist() if here.book.landed(state) is None]
        crowded = hosts[np.isin(states, wrong)]
        for h, vms in here.by_host_of(np.where(np.isin(host_index, crowded), host_index, -1)):
            yield here.breach(None, h, vms, here.too_many(h, vms))

    def violation(self, here: InForce, host_index: IntArray) -> float:
        """Count the hosts whose VMs do not fit."""
        return float(len(list(self.find_breaches(here, host_index))))

    def translate(self, here: InForce, cells: Cells, rows: RuleRows) -> None:
        """Say how many pieces land on each part: see `vmopt.rules.inside.rows`."""
        assert isinstance(here, InsideInForce)
        write_rows(here.group.of, here.part_class, here.book.hosts, here.book.asks, cells, rows)

    def allows(self, here: InForce, vm: int, taken: Taken) -> BoolArray:
        """Tell which hosts can land one more like this VM."""
        assert isinstance(taken, TakenInside | TakenInPlace)
        return taken.allowed(int(here.group.of[vm]))

    def room(self, here: InForce, vm: int, taken: Taken) -> IntArray:
        """How many more like this VM each host can land: what others land elsewhere changes nothing."""
        assert isinstance(taken, TakenInside | TakenInPlace)
        ask = int(here.group.of[vm])
        return taken.room(ask, int(here.sizes[ask]))

    def forbids(self, here: InForce, vm: IntArray, host: IntArray) -> BoolArray | None:
        """Which VMs do not even fit the parts of an empty host."""
        assert isinstance(here, InsideInForce)
        ask, parts = here.group.of[vm], here.part_class[host]
        return np.asarray(
            ~(np.append(here.most, np.ones((1, here.most.shape[1]), np.int64), axis=0) > 0)[ask][:, parts]
        )

    def most_in_domain(self, here: InForce) -> IntArray | None:
        """How many VMs with the same pieces a host can land."""
        assert isinstance(here, InsideInForce)
        return np.asarray(here.most.max(axis=1, initial=0))

    def implied(self, here: InForce) -> tuple[InForce, ...]:
        """What VMs take of all parts of a host together: see `vmopt.rules.inside.amounts`."""
        assert isinstance(here, InsideInForce)
        return implied_limits(here)


def _by_title(given: Any, what: str) -> Groups:
    if isinstance(given, list | tuple) and all(one is None or isinstance(one, str) for one in given):
        given = _column(given)
    groups = Groups.of(given)
    if groups.names is not None:
        raise InstanceError(f"{what} of Inside are told by names: give a label, or a column with a string for each.")
    return groups


def _column(given: list[str | None] | tuple[str | None, ...]) -> Groups:
    called = tuple(sorted({one for one in given if one is not None}))
    number: dict[str | None, int] = {title: n for n, title in enumerate(called)}
    return Groups(column=np.array([number.get(one, -1) for one in given], dtype=np.int64), called=called)
