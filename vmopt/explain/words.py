"""Words: sentences made of the records of explanations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmopt.plurals import count
from vmopt.summary.figures import number, signed
from vmopt.summary.layout import printable

if TYPE_CHECKING:
    from vmopt.explain.records import Bid, Explanation, HostReason, Nearest, Step

HEADS = {
    "fits no host": "fits no host, even when it is empty",
    "forbidden": "runs in no placement that keeps the rules",
    "outbid": "was outbid: no best placement runs it",
    "left out": "was left out, and could as well run",
    "no room left": "found no room beside what runs",
}


def explanation(found: Explanation) -> str:
    """Say it all, a line for each part.

    Examples
    --------
    >>> import vmopt
    >>> solution = vmopt.solve(vmopt.Instance.from_arrays([[4], [9]], [[8]], resources=["cpu"]))
    >>> print(vmopt.explain(solution, "vm-1"))
    vm-1 fits no host, even when it is empty.
      hosts: too small for it, cpu short by at least 1, on 1 host
      nearest: host-0, where cpu is short by 5
      it would run with 5 more of cpu on host-0
    """
    if found.kind == "runs":
        others = ", ".join(found.beside) + (" and more" if found.n_beside > len(found.beside) else "")
        beside = f", beside {count(found.n_beside, 'VM')}: {others}" if found.n_beside else ", alone"
        return printable(f"{found.vm} runs on {found.host}{beside}.")
    head = HEADS[found.kind]
    if found.kind == "left out" and not found.certain:
        head = "was left out, though a host has room for it"
    lines = [f"{found.vm} {head}.", f"  hosts: {'; '.join(map(str, found.hosts))}"]
    lines += [f"  nearest: {found.nearest}"] * (found.nearest is not None)
    lines += [f"  rules: {why}" for why in found.because]
    lines += [f"  {found.bid}"] * (found.bid is not None)
    lines += [f"  it would run {step}" for step in found.steps]
    lines += [f"  open: {remark}" for remark in found.open]
    return "\n".join(map(printable, lines))


def host_reason(reason: HostReason) -> str:
    """Say why some hosts do not take it.

    Examples
    --------
    >>> from vmopt.explain.records import HostReason
    >>> print(HostReason("full", 186, "host-3", resource="cpu", short=3, worth_more=120))
    cpu short by at least 3 on 186 hosts (120 of them full by VMs worth more)
    """
    hosts = count(reason.hosts, "host")
    if reason.why == "rule":
        return f"{reason.rule} {'never lets it run' if reason.always else 'does not let it run now'} on {hosts}"
    if reason.why == "free":
        return f"room for it on {hosts}"
    short = f"{reason.resource} short by at least {number(reason.short, 12)}"
    if reason.why == "too small":
        return f"too small for it, {short}, on {hosts}"
    some = "" if reason.worth_more == reason.hosts else f"{reason.worth_more:,} of them "
    return f"{short} on {hosts}" + (f" ({some}full by VMs worth more)" if reason.worth_more else "")


def nearest(host: Nearest) -> str:
    """Say what is missing on a host."""
    missing = [f"{resource} is short by {number(amount, 12)}" for resource, amount in host.short]
    against = [f"{rule} is against it" for rule in host.rules]
    like = f" (one of {host.alike:,} of its kind)" if host.alike > 1 else ""
    return f"{host.host}{like}, where {' and '.join([*missing, *against]) or 'nothing is missing'}"


def bid(given: Bid) -> str:
    """Say what it is worth, and what it would take."""
    said = f"worth {number(given.value)}"
    if given.cost is not None:
        said += f"; what it needs is worth {number(given.cost)} at the solution's prices"
    if given.takers:
        said += f", and {count(given.takers, 'VM')} worth at least as much for what they take run instead: "
        said += ", ".join(given.examples) + (" and more" if given.takers > len(given.examples) else "")
    if given.found is not None:
        said += f"; the best found with it is {number(given.found)}, the solution is {number(given.objective)}"
    elif given.at_best is not None:
        said += f"; with it at most {number(given.at_best)}, the solution is {number(given.objective)}"
    return said


def step(given: Step) -> str:
    """Say what would let it run.

    Examples
    --------
    >>> from vmopt.explain.records import Step
    >>> print(Step("move", "h1", vm="db", source="h1", target="h2"))
    on h1 if db moved from h1 to h2
    """
    if given.kind == "place":
        changes = ", ".join(f"{what} {signed(by)}" for what, by in given.levels or (("objective", given.gain),))
        return f"on {given.host} as things are ({changes})"
    if given.kind == "capacity":
        return f"with {number(given.amount, 12)} more of {given.resource} on {given.host}"
    if given.kind == "move":
        return f"on {given.host} if {given.vm} moved from {given.source} to {given.target}"
    sure = "" if given.least else " (less may do)"
    if given.kind == "tier":
        return f"in every best placement in tier {given.tier} or above{sure}"
    if given.kind == "rule":
        return f"on {given.host} without rule {given.number}: {given.rule}"
    what = "a value of its own" if given.own_value else "a priority"
    if given.kind == "swap":
        few = ", ".join(given.instead[:3]) + (" and more" if len(given.instead) > 3 else "")
        where = f"on {given.host} in place of {few}" if few else f"on {given.host}"
        return f"{where}, to the better with {what} above {number(given.above, 9)}"
    return f"in every best placement with {what} above {number(given.above, 9)}{sure}"
