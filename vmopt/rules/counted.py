"""Soft rules whose violations are counted in whole numbers, each at an exact price."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from vmopt.arrays import IntArray
from vmopt.model.worth import as_meant
from vmopt.rules.in_force import InForce


@dataclass(frozen=True, eq=False)
class Counted:
    """A soft rule whose violation is a whole number, at a price.

    Attributes
    ----------
    rule : InForce
        At a penalty of one per such unit.
    price : Fraction
    units : int
        How many of them are one in the rule's own unit.
    """

    rule: InForce
    price: Fraction
    units: int

    def broken(self, host_index: IntArray) -> int:
        """How much of it a placement breaks."""
        return round(self.rule.violation(host_index) * self.units)


def counted(instance: Any) -> tuple[Counted, ...]:
    """The soft rules that cost something.

    Examples
    --------
    >>> import vmopt
    >>> soft = vmopt.Spread("vm-*", penalty=2.5)
    >>> [one.price for one in counted(vmopt.Instance.from_arrays([[1]] * 3, [[9]], rules=[soft]))]
    [Fraction(5, 2)]
    """
    found = []
    for here in instance.soft_rules:
        if here.penalty:
            units = here.rule.units_per(instance)
            alone = replace(here, rule=replace(here.rule, penalty=float(units)))
            found.append(Counted(alone, as_meant(here.penalty) / units, units))
    return tuple(found)
