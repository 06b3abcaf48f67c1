"""What keeps a VM off hosts: for each reason how many, and the host that is nearest to taking it."""

from __future__ import annotations

from dataclasses import dataclass

from vmopt.explain.plain import Record
from vmopt.plurals import count
from vmopt.summary.figures import number


@dataclass(frozen=True)
class HostReason(Record):
    """Hosts that do not take the VM for one reason, or those that would.

    Attributes
    ----------
    why : str
        ``"too small"`` (even when empty), ``"rule"``, ``"full"`` or ``"free"``.
    hosts : int
        How many hosts.
    example : str
        The host of these that is nearest to taking it.
    rule : str or None
        The first rule that does not let it run there.
    always : bool
        Whether that rule does so whoever else runs.
    resource : str or None
        What is short, the scarcest of several.
    short : float
        By how much at least, over these hosts, in the user's own units.
    worth_more : int
        On how many of them all VMs that would have to leave are worth more than it.
    pieces : str or None
        What it asks of their parts, where these are too small or too full for it.

    Examples
    --------
    >>> print(HostReason("full", 186, "host-3", resource="cpu", short=3, worth_more=120))
    cpu short by at least 3 on 186 hosts (120 of them full by VMs worth more)
    """

    why: str
    hosts: int
    example: str
    rule: str | None = None
    always: bool = False
    resource: str | None = None
    short: float = 0.0
    worth_more: int = 0
    pieces: str | None = None

    def __str__(self) -> str:
        hosts = count(self.hosts, "host")
        if self.why == "rule":
            return f"{self.rule} {'never lets it run' if self.always else 'does not let it run now'} on {hosts}"
        if self.why == "free":
            return f"room for it on {hosts}"
        short = f"{self.resource} short by at least {number(self.short, 12)}"
        if self.pieces is not None:
            short = f"parts short of {self.pieces}"
        if self.why == "too small":
            return f"too small for it, {short}, on {hosts}"
        some = "" if self.worth_more == self.hosts else f"{self.worth_more:,} of them "
        return f"{short} on {hosts}" + (f" ({some}full by VMs worth more)" if self.worth_more else "")


@dataclass(frozen=True)
class Nearest(Record):
    """The host that is nearest to taking the VM: the fewest rules against it, then the least that is short.

    Attributes
    ----------
    host : str
    short : tuple of (resource, amount)
        What is missing there, in the user's own units.
    rules : tuple of str
        Rules that do not let it run there.
    alike : int
        How many hosts are of its class.
    pieces : str or None
        What it asks of the parts there, where these are too small or too full for it.
    """

    host: str
    short: tuple[tuple[str, float], ...]
    rules: tuple[str, ...]
    alike: int
    pieces: str | None = None

    def __str__(self) -> str:
        missing = [f"{resource} is short by {number(amount, 12)}" for resource, amount in self.short]
        missing += [f"parts are short of {self.pieces}"] * (self.pieces is not None)
        against = [f"{rule} is against it" for rule in self.rules]
        like = f" (one of {self.alike:,} of its kind)" if self.alike > 1 else ""
        return f"{self.host}{like}, where {' and '.join([*missing, *against]) or 'nothing is missing'}"
