"""Action: one VM that moves, stops or starts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

NOWHERE = -1


class Kind(StrEnum):
    """What happens to a VM.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[6], [5]], [[8], [8], [8]], current=[0, 1], rules=[vmopt.Empty("host-0")])
    >>> vmopt.plan(vmopt.solve(cluster)).actions[0].kind is vmopt.Kind.MOVE
    True
    """

    MOVE = "move"
    """It goes to the host that it is to run on."""
    PARK = "park"
    """It goes to a host that it is to leave again, to make room for others."""
    STOP = "stop"
    START = "start"


@dataclass(frozen=True)
class Action:
    """A step of a plan. While it is under way, a VM that moves takes all its resources on both hosts.

    Attributes
    ----------
    kind : Kind
    vm : int
    source, target : int
        Hosts; -1 for none, of a VM that starts, and of one that stops.
    seconds : float
        How long it takes.

    Examples
    --------
    >>> Action(Kind.STOP, vm=3, source=1, target=-1).hosts
    (1,)
    """

    kind: Kind
    vm: int
    source: int
    target: int
    seconds: float = 1.0

    @property
    def hosts(self) -> tuple[int, ...]:
        """Hosts that it is at work on."""
        return tuple(host for host in (self.source, self.target) if host != NOWHERE)
