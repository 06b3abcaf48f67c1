"""What a bound's proof shows, worked out anew from the data."""

from __future__ import annotations

from math import fsum

from vmopt.bounds import AllPlaced, Bound, PatternBound, Prices
from vmopt.bounds.pattern_bound import verify_pattern_bound
from vmopt.bounds.price_bound import verify_bound
from vmopt.errors import PlacementError
from vmopt.model.instance import Instance
from vmopt.problem.units import units_of


def proven(instance: Instance, certificate: Bound) -> float | None:
    """Upper bound of the objective that a certificate proves; None where only another search could recheck it.

    Prices, patterns and the values of all VMs are added up anew. Where objectives come in steps, which values and
    penalties have to bear out, the last step at or below that sum is proven.

    Raises
    ------
    PlacementError
        If prices or certificate have the wrong shape or are negative, or objectives come in no such steps.

    Examples
    --------
    >>> import numpy as np
    >>> cluster = Instance.from_arrays([[4], [5]], [[8]], value=[6, 9])
    >>> prices = Prices(np.array([[1.7]]))
    >>> round(proven(cluster, Bound(13.6, prices)), 6), proven(cluster, Bound(12.0, prices, step=3.0))
    (14.1, 12.0)
    """
    match certificate.proof:
        case Prices(capacity, rules):
            bound = verify_bound(instance, capacity, rules)
        case PatternBound():
            bound = verify_pattern_bound(instance, certificate.proof)
        case AllPlaced():
            bound = fsum(instance.value.tolist())
        case _:
            return None
    return at_last_step(instance, bound, certificate.step) if certificate.step else bound


def at_last_step(instance: Instance, bound: float, step: float) -> float:
    """Last of the steps that objectives come in at or below a bound."""
    units = instance.once(units_of)
    if units is None or float(units.unit) != step:
        raise PlacementError(f"values and penalties do not come in steps of {step:g}.")
    return float(units.at_most(bound) * units.unit)
