"""`vmopt check`: what cannot be had of an instance, before any search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vmopt.cli import options
from vmopt.cli.codes import Exit

if TYPE_CHECKING:
    from vmopt.explain import Conflict
    from vmopt.model.instance import Instance
    from vmopt.rules.contradictions import Contradiction
    from vmopt.summary.layout import Fact

SHOWN = 10


def check(
    file: options.InstanceFile,
    time_limit: options.TimeLimit = 60.0,
    weighting: options.Weighting = None,
    rule: options.Rules = None,
    as_json: options.AsJson = False,
) -> int:
    """Say which rules cannot all be had, and what keeps an instance from having any placement.

    Contradictions are counted from the rules alone: VMs that run in no placement. Where VMs must run and cannot all, a
    conflict is found: rules, VMs and hosts none of which could be left out, and what would mend it. The exit code is 0
    if there is a placement, 1 if it is proven that there is none, 2 if the file cannot be read, and 3 if that was not
    found out in time.
    """
    from vmopt.cli import console, documents
    from vmopt.rules.contradictions import contradictions

    instance = options.instance_of(file, weighting, rule)
    found = contradictions(instance)
    conflict, known = _conflict(instance, time_limit)
    if as_json:
        plain = None if conflict is None else conflict.to_dict()
        placement = conflict is None if known else None
        documents.show({"placement": placement, "contradictions": _plain(instance, found), "conflict": plain})
    else:
        console.show(_facts(found, conflict, known=known))
    if not known:
        return Exit.UNPROVEN
    return Exit.SOLVED if conflict is None else Exit.NO_PLACEMENT


def _conflict(instance: Instance, time_limit: float) -> tuple[Conflict | None, bool]:
    """Return the conflict, and whether it is known that there is one or none."""
    from vmopt.errors import SolverError
    from vmopt.explain import conflict

    try:
        return conflict(instance, time_limit=time_limit), True
    except SolverError:
        return None, False


def _facts(found: tuple[Contradiction, ...], conflict: Conflict | None, *, known: bool) -> list[Fact]:
    from vmopt.summary.layout import Fact

    said = "none" if conflict is not None else "there is one" if known else "not found out in time"
    facts = [Fact("placement", said)]
    facts += [Fact("never runs", str(one)) for one in found[:SHOWN]]
    if len(found) > SHOWN:
        facts.append(Fact("never runs", f"and {len(found) - SHOWN:,} contradictions more"))
    if conflict is not None:
        facts += [Fact("conflict" if not n else "", line) for n, line in enumerate(str(conflict).splitlines())]
    return facts


def _plain(instance: Instance, found: tuple[Contradiction, ...]) -> list[dict[str, Any]]:
    return [
        {
            "rules": list(one.rules),
            "vms": [instance.vm_names[vm] for vm in one.vms.tolist()],
            "why": one.why,
            "mend": one.mend,
            "fatal": one.fatal,
        }
        for one in found
    ]
