"""What worth and costs add up to is a whole number of units, so bounds may be rounded to one."""

from __future__ import annotations

from fractions import Fraction
from math import gcd, inf, lcm

from vmopt.nesting.nested import Nested


def cost_unit(nested: Nested) -> Fraction | None:
    """Greatest amount that the costs of all flavours are multiples of; None where nothing costs anything."""
    costs = [Fraction(str(flavor.cost)) for flavor in nested.flavors]
    parts = lcm(*(cost.denominator for cost in costs))
    common = gcd(*(int(cost * parts) for cost in costs))
    return Fraction(common, parts) if common else None


def worth_at_most(nested: Nested, bound: float, total: int) -> int:
    """Units of worth that a bound on the utilisation leaves possible, of `total` that there are."""
    worth = nested.cluster.worth
    return total if worth is None or bound == inf else min(total, worth.at_most(bound))
