"""Broken rules of an instance, each told as people write it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from vmopt.arrays import IntArray
from vmopt.rules.breach import Breach
from vmopt.rules.text import shown_rule


def breaches_of(instance: Any, host_index: IntArray) -> tuple[Breach, ...]:
    """Where a placement breaks hard rules.

    Examples
    --------
    >>> import vmopt
    >>> import numpy as np
    >>> cluster = vmopt.Instance.from_arrays([[1], [1]], [[4]], rules=[vmopt.Spread("vm-*", over="host")])
    >>> print(*breaches_of(cluster, np.array([0, 0])))
    Spread(vm-*) is broken: group 'vm-*': vm-0, vm-1 on host-0
    """
    both = zip(instance.rules, instance.rules_in_force, strict=True)
    return tuple(breach for rule, here in both for breach in told(rule, here.breaches(host_index)))


def told(rule: Any, breaches: Sequence[Breach]) -> list[Breach]:
    """Tell breaches by the name and the text of their rule, made only where there are any: nearly never."""
    if not breaches:
        return []
    text, sign, rest = shown_rule(rule).partition("(")
    said = f"{type(rule).__name__}({rest}" if sign else text
    return [replace(breach, said=said) for breach in breaches]
