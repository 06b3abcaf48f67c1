"""Records of explanations: facts with fields, of which every sentence is made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from vmopt import checks
from vmopt.explain.bid import Bid
from vmopt.explain.least_change import Step
from vmopt.explain.plain import Record
from vmopt.explain.reasons import HostReason, Nearest
from vmopt.plurals import count
from vmopt.summary.layout import printable

HEADS = {
    "fits no host": "fits no host, even when it is empty",
    "forbidden": "runs in no placement that keeps the rules",
    "outbid": "was outbid: no best placement runs it",
    "left out": "was left out, and could as well run",
    "no room left": "found no room beside what runs",
}


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
    >>> print(why)
    vm-1 fits no host, even when it is empty.
      hosts: too small for it, resource-0 short by at least 1, on 1 host
      nearest: host-0, where resource-0 is short by 6
      it would run with 6 more of resource-0 on host-0
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
        if self.kind == "runs":
            others = ", ".join(self.beside) + (" and more" if self.n_beside > len(self.beside) else "")
            beside = f", beside {count(self.n_beside, 'VM')}: {others}" if self.n_beside else ", alone"
            return printable(f"{self.vm} runs on {self.host}{beside}.")
        head = HEADS[self.kind]
        if self.kind == "left out" and not self.certain:
            head = "was left out, though a host has room for it"
        lines = [f"{self.vm} {head}.", f"  hosts: {'; '.join(map(str, self.hosts))}"]
        lines += [f"  nearest: {self.nearest}"] * (self.nearest is not None)
        lines += [f"  rules: {why}" for why in self.because]
        lines += [f"  {self.bid}"] * (self.bid is not None)
        lines += [f"  it would run {step}" for step in self.steps]
        lines += [f"  open: {remark}" for remark in self.open]
        return "\n".join(map(printable, lines))

    __repr__ = __str__
