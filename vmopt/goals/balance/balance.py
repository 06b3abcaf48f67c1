"""Balance as it is stated: resources, and a kind of measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import Any, ClassVar

import numpy as np

from vmopt import checks
from vmopt.arrays import IntArray
from vmopt.errors import InstanceError
from vmopt.goals.balance.above import ABOVE
from vmopt.goals.balance.fragments import FRAGMENTS
from vmopt.goals.balance.fullest import FULLEST
from vmopt.goals.balance.kind import BalanceKind, Loads, Stated
from vmopt.goals.balance.ratio import RATIO
from vmopt.goals.balance.spread import SPREAD
from vmopt.goals.base import BaseGoal
from vmopt.goals.measure import Measure
from vmopt.goals.minorant import Minorant
from vmopt.model.index_labels import by_place
from vmopt.model.loads import loads
from vmopt.model.parts import Part
from vmopt.model.shapes import Shape
from vmopt.rules.inside import Inside
from vmopt.rules.program import Cells, RuleRows

KINDS: dict[str, BalanceKind] = {
    "max": FULLEST,
    "spread": SPREAD,
    "above": ABOVE,
    "ratio": RATIO,
    "fragments": FRAGMENTS,
}
READ_BY = {"level": "above", "target": "ratio", "size": "fragments"}
"""Which kind reads a parameter."""
WEIGHED = ("above", "fragments")
"""Kinds that add up resources."""


@dataclass(frozen=True)
class Balance(BaseGoal):
    """How hosts are filled, to be as small as can be; ``u[h,k] = load[h,k] / capacity[h,k]``.

    ============= ==================================================================================================
    ``max``       ``max_{h,k} u[h,k]``: the fullest host (makespan; VMware DRS and proxlb even this out)
    ``spread``    ``max_k (max_h u[h,k] - min_h u[h,k])`` over the hosts that have any of the resource
    ``above``     ``sum_{h,k} w[k] max(0, load[h,k] - level * capacity[h,k])``: ROADEF's safety capacities
    ``ratio``     ``sum_h max(0, target * free[h,k1] - free[h,k2])``: ROADEF's balance cost
    ``fragments`` ``sum_{h,k} w[k] (free[h,k] mod size)``: what is left over by pieces of a size (VMR2L)
    ============= ==================================================================================================

    Parameters
    ----------
    resources : str, sequence of str, or mapping of str to float, optional
        Which count, with weights w where they are summed up; default: all, alike. Two of them, in order, for ``ratio``.
    kind : {"max", "spread", "above", "ratio", "fragments"}
    level : float or (n_hosts, n_resources) table
        For ``above``: part of the capacity from 0 to 1, or for each host an amount of each of these resources.
    target : float
        For ``ratio``, above 0.
    size : float
        For ``fragments``, above 0, in your own unit.

    Notes
    -----
    Amounts are in your own units. All hosts count, also those that run nothing.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4], [3], [1]], [[5], [8]], resources=["cpu"])
    >>> Balance().value(cluster, np.array([0, 1, 1])), Balance("cpu", "fragments", size=3).value(cluster, [1, 1, -1])
    (Fraction(4, 5), Fraction(3, 1))
    """

    name: ClassVar[str] = "balance"
    resources: Any = None
    kind: str = "max"
    level: Any = 0.8
    target: float = 1.0
    size: float | None = None

    def __post_init__(self) -> None:
        checks.choice(self.kind, "kind", KINDS, InstanceError)
        object.__setattr__(self, "resources", _weighted(self.resources))
        object.__setattr__(self, "level", _level(self.level))
        if not checks.is_number(self.target) or not isfinite(self.target) or self.target <= 0:
            raise InstanceError(f"target is {checks.shown(self.target)}: give a finite number above 0.")
        if self.kind == "fragments" and (not checks.is_number(self.size) or not 0 < float(self.size or 0) < 2**53):
            raise InstanceError(f"size is {checks.shown(self.size)}: say how large the pieces are, above 0.")
        if self.kind == "ratio" and (self.resources is None or len(self.resources) != 2):
            raise InstanceError("kind 'ratio' compares two resources: name both, in order.")
        self._refuse_what_is_not_read()

    def _refuse_what_is_not_read(self) -> None:
        """A parameter of another kind, or weights where nothing is weighed, would say nothing."""
        for name, kind in READ_BY.items():
            given, default = getattr(self, name), getattr(type(self), name)
            stated = given != default if checks.is_number(given) else given is not default
            if kind != self.kind and stated:
                raise InstanceError(f"{name} belongs to kind {kind!r}, and this is {self.kind!r}: leave it out.")
        weights = {weight for _, weight in self.resources or ()}
        if len(weights) > 1 and self.kind not in WEIGHED:
            kinds = " and ".join(map(repr, WEIGHED))
            raise InstanceError(f"kind {self.kind!r} weighs no resources, {kinds} do: name them without weights.")

    @property
    def separable(self) -> bool:  # type: ignore[override]
        """Whether it is a sum over hosts."""
        return KINDS[self.kind].separable

    def check(self, instance: Any) -> None:
        """Refuse an instance without one of the resources, or with another number of hosts than there are levels."""
        self.stated(instance)

    def stated(self, instance: Any) -> Stated:
        """What it says of an instance, in the instance's integer units."""
        return instance.once(self._stated)  # type: ignore[no-any-return]

    def _stated(self, instance: Any) -> Stated:
        given = self.resources or tuple((name, 1.0) for name in instance.resources)
        missing = next((name for name, _ in given if name not in instance.resources), None)
        if missing is not None:
            known = ", ".join(instance.resources)
            hint = f" (kind={missing} is a kind)" if missing in KINDS else _of_parts(instance, missing)
            raise InstanceError(f"balance speaks of resource {missing!r}{hint}, but the resources are {known}.")
        of = tuple(instance.resources.index(name) for name, _ in given)
        return Stated(of, tuple(Fraction(str(w)) for _, w in given), self.level, Fraction(str(self.target)), self.size)

    def value(self, instance: Any, host_index: IntArray) -> Fraction:
        """Measure the loads of the hosts."""
        host_index = np.asarray(host_index)
        held = loads(instance.demand, host_index, instance.n_hosts)
        return KINDS[self.kind].value(self.stated(instance), Loads(instance, held))

    def added(self, instance: Any, host_index: IntArray, vm: int) -> Sequence[Fraction]:
        """Measure the loads of the hosts, one of which holds the VM too."""
        held = loads(instance.demand, host_index, instance.n_hosts)
        return KINDS[self.kind].added(self.stated(instance), Loads(instance, held), instance.demand[vm])

    def host_keys(self, instance: Any) -> Sequence[IntArray]:
        """Tell hosts apart by their levels, where each has its own."""
        return KINDS[self.kind].host_keys(self.stated(instance), instance)

    def translate(self, instance: Any, cells: Cells, rows: RuleRows) -> Measure:
        """Write it over the cells."""
        return KINDS[self.kind].translate(self.stated(instance), instance, cells, rows)

    def shapes(self, instance: Any) -> tuple[Shape, ...]:
        """What its kind measures."""
        return (KINDS[self.kind].shape(self.stated(instance), instance),)

    def minorant(self, instance: Any) -> Minorant:
        """What it is at least, by what host classes hold."""
        return KINDS[self.kind].minorant(self.stated(instance), instance)

    def __str__(self) -> str:
        named = "" if self.resources is None else f"({', '.join(name for name, _ in self.resources)})"
        return f"{self.name}-{self.kind}{named}"


def _weighted(given: Any) -> tuple[tuple[str, float], ...] | None:
    """Resources with their weights."""
    if given is None:
        return None
    if isinstance(given, str):
        return ((given, 1.0),)
    what = "the name of a resource, a list of names, or a mapping of names to weights"
    listed = checks.listed(given.items() if isinstance(given, Mapping) else given, "resources", InstanceError, what)
    pairs = [(name, 1.0) if isinstance(name, str) else name for name in listed]
    for pair in pairs:
        if not isinstance(pair, tuple | list) or len(pair) != 2 or not isinstance(pair[0], str):
            raise InstanceError(f"resources are {checks.shown(given)}: give {what}.")
        if not checks.is_number(pair[1]) or not 0 < float(pair[1]) < 2**53:
            raise InstanceError(f"{pair[0]!r} of resources has weight {checks.shown(pair[1])}: give one above 0.")
    names = [name for name, _ in pairs]
    if not names or len(set(names)) < len(names):
        raise InstanceError("the resources of a balance are named twice, or there is none.")
    return tuple((name, float(weight)) for name, weight in pairs)


def _level(given: Any) -> Any:
    """A part of the capacity, or a table of amounts as tuples."""
    if checks.is_number(given):
        if not 0 <= float(given) <= 1:
            raise InstanceError(f"level is {given}: give a part of the capacity, from 0 to 1, or a table of amounts.")
        return float(given)
    by_place(given, "level", "the hosts and resources")
    try:
        table = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise InstanceError(f"level is {checks.shown(given)}: give a number or a table of amounts.") from None
    if table.ndim != 2 or not np.isfinite(table).all() or (table < 0).any():
        raise InstanceError(
            "levels are no table of finite amounts of at least 0, one row a host, one column a resource."
        )
    return tuple(map(tuple, table.tolist()))


def _of_parts(instance: Any, name: str) -> str:
    """Say where to go if it is what parts of hosts have: goals look at hosts alone."""
    parts = (kinds for rule in instance.rules if isinstance(rule, Inside) for kinds in rule.parts.values())
    found = sorted({kind for kinds in parts for kind, some in kinds.items() if _concerns(name, kind, some)})
    return f" (goals know no parts of hosts, such as {found[0]}: make each a host to balance them)" if found else ""


def _concerns(name: str, kind: str, parts: Sequence[Part]) -> bool:
    return kind in name.split(".") or any(name in part.capacity for part in parts)
