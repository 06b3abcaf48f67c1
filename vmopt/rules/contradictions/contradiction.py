"""A contradiction: rules, or a rule and the capacity, that cannot all be had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vmopt.arrays import IntArray

SHOWN = 3


@dataclass(frozen=True, eq=False)
class Contradiction:
    """Rules that keep VMs from running, whatever the placement.

    Attributes
    ----------
    rules : tuple of str
        The rules as they were stated.
    vms : (n,) int64 array
        The VMs that it is about.
    why : str
        What cannot be, in one sentence.
    mend : str
        What would make it possible, in one sentence.
    fatal : bool
        Whether it proves that there is no placement at all, since these VMs must run.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[1], [1]], [[4]], rules=[vmopt.Spread("vm-*")])
    >>> found = vmopt.contradictions(cluster)[0]
    >>> found.rules, found.vms.tolist(), found.fatal
    (('spread(vm-*)',), [0, 1], False)
    """

    rules: tuple[str, ...]
    vms: IntArray
    why: str
    mend: str
    fatal: bool

    def __str__(self) -> str:
        stated = " and ".join(self.rules)
        return f"{stated}: {self.why}. {self.mend}"


def listed(names: Sequence[str], total: int) -> str:
    """Name the first of many.

    Examples
    --------
    >>> listed(["web-1", "web-2", "web-3"], 41), listed(["db"], 1)
    ('web-1, web-2, web-3 and 38 more', 'db')
    """
    shown = ", ".join(names[:SHOWN])
    return shown + (f" and {total - SHOWN:,} more" if total > SHOWN else "")


def group_named(name: str, total: int) -> str:
    """Name one of many groups.

    Examples
    --------
    >>> group_named("web", 1), group_named("web", 3)
    ("group 'web'", "group 'web' (and likewise of 2 more groups)")
    """
    return f"group {name!r}" + (f" (and likewise of {total - 1} more groups)" if total > 1 else "")
