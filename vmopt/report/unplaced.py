"""Unplaced: why VMs do not run, and for some of them what would let them."""

from __future__ import annotations

from dataclasses import dataclass

from vmopt.explain import Explanation, Report, explain
from vmopt.platforms.found import said_of
from vmopt.solution import Solution

LOOKED_AT = 6
"""Reasons for which the VM that is worth most is looked at more closely."""
STEPS = 3


@dataclass(frozen=True)
class UnplacedReason:
    """Why some VMs do not run.

    Attributes
    ----------
    reason : str
    vms : int
    fraction : float
        Of all that do not run.
    worth : float
    examples : tuple of str
    vm : str or None
        The one that is looked at more closely.
    near : str
        The host that is nearest to taking it, in words.
    steps : tuple of str
        What would let it run, each by itself.
    today, message : str
        Of one that was imported: how many hosts would take it as things are, and what its platform says of it.
    """

    reason: str
    vms: int
    fraction: float
    worth: float
    examples: tuple[str, ...]
    vm: str | None = None
    near: str = ""
    steps: tuple[str, ...] = ()
    today: str = ""
    message: str = ""


def reasons_of(solution: Solution, told: Report) -> list[UnplacedReason]:
    """Return the reasons, those with most VMs first.

    Examples
    --------
    >>> import vmopt
    >>> solved = vmopt.solve(vmopt.Instance.from_arrays([[4], [9]], [[8]], resources=["cpu"]))
    >>> [row] = reasons_of(solved, vmopt.explain(solved))
    >>> row.reason, row.vm, row.near
    ('fits no host: cpu short', 'vm-1', 'host-0, where cpu is short by 5')
    """
    rows = []
    for n, row in enumerate(told.reasons):
        looked = _closely(solution, told, row.reason) if n < LOOKED_AT else None
        rows.append(
            UnplacedReason(
                row.reason,
                row.vms,
                row.vms / told.unplaced,
                row.value,
                row.examples,
                None if looked is None else looked.vm,
                "" if looked is None or looked.nearest is None else str(looked.nearest),
                () if looked is None else tuple(map(str, looked.steps[:STEPS])),
                **said_of(solution.instance, row.examples[0] if looked is None else looked.vm),
            )
        )
    return rows


def _closely(solution: Solution, told: Report, reason: str) -> Explanation:
    """Explain the VM that is worth most of those with a reason; nothing is solved."""
    one = max((one for one in told.classes if one.reason == reason), key=lambda one: one.value)
    return explain(solution, one.example, time_limit=0)
