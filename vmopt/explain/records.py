"""Records of explanations: facts with fields, of which every sentence is made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from vmopt import checks
from vmopt.explain.plain import Record


class Reason(StrEnum):
    """Why a VM does not run."""

    RUNS = "runs"
    """It does."""
    TOO_LARGE = "fits no host"
    """Not even an empty one."""
    FORBIDDEN = "forbidden"
    """Rules, or rules and capacity together: no placement at all runs it."""
    OUTBID = "outbid"
    """Proven: no best placement runs it."""
    LEFT_OUT = "left out"
    """It could as well run: by chance, or for want of time."""
    NO_ROOM = "no room left"
    """No host takes it beside what runs; whether a best placement would run it is not known."""


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
    """

    why: str
    hosts: int
    example: str
    rule: str | None = None
    always: bool = False
    resource: str | None = None
    short: float = 0.0
    worth_more: int = 0

    def __str__(self) -> str:
        from vmopt.explain import words

        return words.host_reason(self)


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
    """

    host: str
    short: tuple[tuple[str, float], ...]
    rules: tuple[str, ...]
    alike: int

    def __str__(self) -> str:
        from vmopt.explain import words

        return words.nearest(self)


@dataclass(frozen=True)
class Bid(Record):
    """What a VM is worth against what it would take from others.

    Attributes
    ----------
    value : float
        What it would add to the objective, when it gets all that it asks for.
    cost : float or None
        What the capacity and the limits of rules that it needs are worth at the solution's prices, where that is
        cheapest; None where the solution has no prices.
    takers : int
        How many VMs run, on hosts where it could, that are worth at least as much for what they take.
    examples : tuple of str
        Those of the takers that are worth least for what they take.
    at_best : float or None
        No placement that runs it is worth more; None where that is not known.
    found : float or None
        What a placement that runs it is worth; None where none was looked for, or found.
    objective : float
        What the solution is worth.
    """

    value: float
    cost: float | None
    takers: int
    examples: tuple[str, ...]
    at_best: float | None
    found: float | None
    objective: float

    def __str__(self) -> str:
        from vmopt.explain import words

        return words.bid(self)


@dataclass(frozen=True)
class Step(Record):
    """A least change that lets the VM run.

    Attributes
    ----------
    kind : str
        ``"place"`` (nothing else need change), ``"capacity"``, ``"move"``, ``"rule"``, ``"priority"``,
        ``"tier"`` or ``"swap"`` (in place of others).
    host : str or None
        Where the VM then runs.
    resource : str or None
    amount : float
        More of the resource on that host, in the user's own units.
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
        from vmopt.explain import words

        return words.step(self)


@dataclass(frozen=True, repr=False)
class Explanation(Record):
    """Why a VM does not run, or where it does.

    Attributes
    ----------
    vm : str
    kind : Reason
    certain : bool
        Whether the kind is proven.
    host : str or None
        Where it runs.
    beside : tuple of str
        Up to ten of the `n_beside` VMs that run on the same host.
    n_beside : int
    hosts : tuple of HostReason
        All hosts, by reason.
    nearest : Nearest or None
    bid : Bid or None
    steps : tuple of Step
        Changes each of which lets it run.
    because : tuple of str
        What keeps it from running in any placement: contradictions between rules, else a conflict with what must run.
    open : tuple of str
        What was not looked at, in words.

    Examples
    --------
    >>> import vmopt
    >>> solution = vmopt.solve(vmopt.Instance.from_arrays([[5], [9]], [[8]]))
    >>> why = vmopt.explain(solution, "vm-1")
    >>> why.kind.value, why.certain
    ('fits no host', True)
    """

    vm: str
    kind: Reason
    certain: bool
    host: str | None = None
    beside: tuple[str, ...] = ()
    n_beside: int = 0
    hosts: tuple[HostReason, ...] = ()
    nearest: Nearest | None = None
    bid: Bid | None = None
    steps: tuple[Step, ...] = ()
    because: tuple[str, ...] = ()
    open: tuple[str, ...] = ()

    def step(self, kind: str) -> Step | None:
        """Return the first change of a kind."""
        wanted = checks.text(kind, "kind", what="the kind of a step, such as 'move'")
        return next((step for step in self.steps if step.kind == wanted), None)

    def __str__(self) -> str:
        from vmopt.explain import words

        return words.explanation(self)

    __repr__ = __str__
