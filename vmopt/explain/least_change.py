"""Step: a least change that lets a VM run."""

from __future__ import annotations

from dataclasses import dataclass

from vmopt.explain.plain import Record
from vmopt.summary.figures import number, signed


@dataclass(frozen=True)
class Step(Record):
    """A least change that lets the VM run.

    Attributes
    ----------
    kind : str
        ``"place"`` (nothing else need change), ``"capacity"``, ``"part"``, ``"move"``, ``"rule"``, ``"priority"``,
        ``"tier"`` or ``"swap"`` (in place of others).
    host : str or None
        Where the VM then runs.
    resource : str or None
        Or a sort of part, in words.
    amount : float
        More of it on that host, in the user's own units.
    vm, source, target : str or None
        The VM to move, from where to where.
    rule : str or None
    number : int
        The position of the rule in the instance's.
    above : float
        The VM runs in every best placement where its priority, or its own value, is above this; in a swap: the
        placement is the better for it.
    own_value : bool
        Whether `above` is a value of its own.
    instead : tuple of str
        The VMs that leave for it in a swap.
    tier : int
        Where priorities are tiers: the lowest that is tried in which every best placement runs it.
    least : bool
        Whether nothing smaller of its kind does.
    gain : float
        What the objective changes by, where the VM is simply placed.
    levels : tuple of (level, change)
        What each level of goals changes by then, and latency that decides among equals.

    Examples
    --------
    >>> print(Step("move", "h1", vm="db", source="h1", target="h2"))
    on h1 if db moved from h1 to h2
    """

    kind: str
    host: str | None = None
    resource: str | None = None
    amount: float = 0.0
    vm: str | None = None
    source: str | None = None
    target: str | None = None
    rule: str | None = None
    number: int = -1
    above: float = 0.0
    own_value: bool = False
    instead: tuple[str, ...] = ()
    tier: int = 0
    least: bool = True
    gain: float = 0.0
    levels: tuple[tuple[str, float], ...] = ()

    def __str__(self) -> str:
        if self.kind == "place":
            changes = ", ".join(f"{what} {signed(by)}" for what, by in self.levels or (("objective", self.gain),))
            return f"on {self.host} as things are ({changes})"
        if self.kind == "capacity":
            return f"with {number(self.amount, 12)} more of {self.resource} on {self.host}"
        if self.kind == "part":
            return f"with {self.amount:.0f} more {self.resource} on {self.host}"
        if self.kind == "move":
            return f"on {self.host} if {self.vm} moved from {self.source} to {self.target}"
        sure = "" if self.least else " (less may do)"
        if self.kind == "tier":
            return f"in every best placement in tier {self.tier} or above{sure}"
        if self.kind == "rule":
            return f"on {self.host} without rule {self.number}: {self.rule}"
        what = "a value of its own" if self.own_value else "a priority"
        if self.kind == "swap":
            few = ", ".join(self.instead[:3]) + (" and more" if len(self.instead) > 3 else "")
            where = f"on {self.host} in place of {few}" if few else f"on {self.host}"
            return f"{where}, to the better with {what} above {number(self.above, 9)}"
        return f"in every best placement with {what} above {number(self.above, 9)}{sure}"
