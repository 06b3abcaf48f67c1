"""Extra specs as conditions: what the metadata of an aggregate must be."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction

from vmopt.platforms.fields import NUMBER

SCOPE = "aggregate_instance_extra_specs:"
OF_NUMBERS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
}
OF_TEXTS: dict[str, Callable[[str, str], bool]] = {
    "s==": operator.eq,
    "s!=": operator.ne,
    "s>=": operator.ge,
    "s>": operator.gt,
    "s<=": operator.le,
    "s<": operator.lt,
    "<in>": lambda given, wanted: wanted in given,
}


def matches(given: str, wanted: str) -> bool:
    """Whether a value is what an extra spec asks for, which may begin with an operator.

    Examples
    --------
    >>> matches("ssd", "ssd"), matches("12", ">= 8"), matches("b", "<or> a <or> b"), matches("ssd", "s!= ssd")
    (True, True, True, False)
    """
    words = wanted.split()
    if not words:
        return given == wanted
    first, rest = words[0], words[1:]
    if first == "<or>":
        return given in (part.strip() for part in wanted.split("<or>")[1:])
    if first == "<all-in>":
        return all(word in given for word in rest)
    if first in OF_TEXTS and rest:
        return OF_TEXTS[first](given, " ".join(rest))
    if first in OF_NUMBERS and rest:
        numbers = NUMBER.fullmatch(given), NUMBER.fullmatch(rest[0])
        return all(numbers) and OF_NUMBERS[first](Fraction(given), Fraction(rest[0]))
    return given == wanted
