"""Fault: something that a plan gets wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """What is wrong with a plan.

    Attributes
    ----------
    what : {"graph", "path", "capacity", "rule", "limit"}
    told : str

    Examples
    --------
    >>> from dataclasses import replace
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[6], [5]], [[8], [8], [8]], current=[0, 1], rules=[vmopt.Empty("host-0")])
    >>> steps = vmopt.plan(vmopt.solve(cluster))
    >>> [fault.what for fault in vmopt.verify_plan(replace(steps, actions=()))]
    ['graph']
    """

    what: str
    told: str

    def __str__(self) -> str:
        return f"{self.what}: {self.told}"
