"""`vmopt verify`: recheck a solution from the data alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vmopt.cli import options
from vmopt.cli.checking.check import Check, any_wrong
from vmopt.cli.checking.claims import MOST_SHOWN, as_claimed, of_other_data
from vmopt.cli.checking.nest import nest_as_claimed
from vmopt.cli.checking.search import RECHECK
from vmopt.cli.checking.search import recheck as prove_anew
from vmopt.cli.claims import certificate_of, format_of, load_claims
from vmopt.cli.codes import Exit
from vmopt.cli.traffic import traffic_of

if TYPE_CHECKING:
    from vmopt.model.instance import Instance

LABELS = {True: "ok", False: "WRONG", None: "open"}


def verify(
    file: options.InstanceFile,
    solution: Annotated[
        Path,
        typer.Argument(
            metavar="SOLUTION",
            help="A solution by 'vmopt solve --output', a JSON object of VM names to host names, or CSV (vm, host).",
            show_default=False,
        ),
    ],
    recheck: Annotated[
        bool, typer.Option("--recheck", help="Prove anew, by a search of its own, what the bound rests on.")
    ] = False,
    time_limit: Annotated[float, typer.Option("--time-limit", "-t", help="Seconds for --recheck.")] = 60.0,
    weighting: options.Weighting = None,
    rule: options.Rules = None,
    goal: options.Goals = None,
    slack: options.Slack = None,
    network: options.Network = None,
    traffic: options.Traffic = None,
    latency_weight: options.LatencyWeight = 0.0,
    as_json: options.AsJson = False,
) -> int:
    """Recheck a placement, its rules, its objective and its bound from the data; only --recheck may ask a solver.

    A solution of other data, such as yesterday's, is read by name; what is left is checked against the capacities.
    The exit code is 0 if nothing is other than the file says, 1 if something is, 2 if a file cannot be read, and 3 if
    --recheck proved less than the file says, in its time. Where latency had a price, give the same network, traffic and
    weight as to 'vmopt solve', or an instance that holds them; so too the rules. What could not be checked is labelled
    'open', not 'ok'. A plan by 'vmopt plan --output' is checked in every state that it can pass through; containers,
    flavours and hosts are checked with the answer of 'vmopt nest'.
    """
    from vmopt import io
    from vmopt.change.document import FORMAT as PLAN
    from vmopt.methods.locality.request import with_latency
    from vmopt.nesting.read import ANSWER

    written = format_of(solution)
    if written == ANSWER:
        return _show([*nest_as_claimed(file, solution)], as_json=as_json)
    instance = options.instance_of(file, weighting, rule, goal, slack)
    talk = traffic_of(instance, network, traffic, localise=False, latency_weight=latency_weight)
    if talk is not None:
        instance = with_latency(instance, talk.network, talk.traffic, latency_weight)
    if written == PLAN:
        return _show([*_plan(instance, solution)], as_json=as_json)
    claims = load_claims(solution)
    if claims.get("instance", io.fingerprint(instance)) != io.fingerprint(instance):
        checks = [*of_other_data(instance, claims["placement"], file, solution)]
    else:
        checks = [*as_claimed(instance, claims, solution)]
        if recheck:
            checks += prove_anew(instance, certificate_of(claims, str(solution)), time_limit)
    return _show(checks, as_json=as_json)


def _plan(instance: Instance, path: Path) -> Iterator[Check]:
    """Check a plan from its actions and what waits for what."""
    from vmopt.change import read_plan, verify_plan

    made = read_plan(instance, path)
    faults = verify_plan(made)
    yield Check("plan", not faults, f"{made.outcome.value}, {made.count():,} actions")
    for fault in faults[:MOST_SHOWN]:
        yield Check(fault.what, False, fault.told)


def _show(checks: list[Check], *, as_json: bool) -> Exit:
    from vmopt.cli import console, documents
    from vmopt.summary.layout import Fact

    if as_json:
        documents.show([{"what": what, "holds": holds, "told": told} for what, holds, told in checks])
    else:
        console.show([Fact(what, f"{LABELS[holds]}: {told}") for what, holds, told in checks])
    if any_wrong(checks):
        return Exit.NO_PLACEMENT
    return Exit.UNPROVEN if any(what == RECHECK and holds is None for what, holds, _ in checks) else Exit.SOLVED
