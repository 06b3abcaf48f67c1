"""What a VM of each class is worth, in all or to one tier."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.bounds.level_worth import worth_of
from vmopt.level_values import tiers_of
from vmopt.rules.eligible import class_members


def exact_class_values(instance: Any, tier: int | None) -> tuple[list[Fraction], bool]:
    """What a VM of each class is worth, and whether that is more than a double near it.

    Parameters
    ----------
    tier : int or None
        Which tier counts; None for all.

    Examples
    --------
    >>> import vmopt
    >>> exact_class_values(vmopt.Instance.from_arrays([[4], [2]], [[8]], priority=[1, 3]), None)
    ([Fraction(3, 4), Fraction(1, 2)], True)
    """
    if instance.worth is not None and tier is None:
        return [instance.worth.unit * n for n in instance.worth.number], True
    if instance.tiers is None:
        return [Fraction(value) for value in instance.vm_classes.value.tolist()], False
    worth, member = instance.once(worth_of), class_members(instance)[0]
    of, units = tiers_of(instance).of[member].tolist(), worth.value[member].tolist()
    rows = zip(units, of, strict=True)
    return [Fraction(v) * worth.unit[t] if tier in (None, t) else Fraction(0) for v, t in rows], worth.whole


def class_values(instance: Any, tier: int | None) -> FloatArray:
    """What a VM of each class is worth, as doubles."""
    return np.array([float(value) for value in exact_class_values(instance, tier)[0]], dtype=np.float64)
