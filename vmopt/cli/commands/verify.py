"""`vmopt verify`: recheck a solution from the data alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isclose
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vmopt.cli import options
from vmopt.cli.claims import certificate_of, is_plan, load_claims, proofs_of
from vmopt.cli.codes import Exit
from vmopt.cli.recheck import RECHECK, Check
from vmopt.cli.recheck import recheck as prove_anew
from vmopt.cli.traffic import traffic_of
from vmopt.errors import FileError

if TYPE_CHECKING:
    from vmopt.arrays import IntArray
    from vmopt.model.instance import Instance

MAX_VIOLATIONS = 10
ROUNDING = 1e-9

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
    'open', not 'ok'. A plan by 'vmopt plan --output' is checked in every state that it can pass through.
    """
    from vmopt import io
    from vmopt.cli import console, documents
    from vmopt.methods.locality.request import with_latency
    from vmopt.summary.layout import Fact

    instance = options.instance_of(file, weighting, rule, goal, slack)
    talk = traffic_of(instance, network, traffic, localise=False, latency_weight=latency_weight)
    if talk is not None:
        instance = with_latency(instance, talk.network, talk.traffic, latency_weight)
    if is_plan(solution):
        return _plan(instance, solution, as_json=as_json)
    claims = load_claims(solution)
    if claims.get("instance", io.fingerprint(instance)) != io.fingerprint(instance):
        checks = [*_of_other_data(instance, claims["placement"], file, solution)]
    else:
        checks = [*_as_claimed(instance, claims, solution)]
        if recheck:
            checks += prove_anew(instance, certificate_of(claims, str(solution)), time_limit)
    if as_json:
        documents.show([{"what": what, "holds": holds, "told": told} for what, holds, told in checks])
    else:
        console.show([Fact(what, f"{LABELS[holds]}: {told}") for what, holds, told in checks])
    return _code(checks)


def _plan(instance: Instance, path: Path, *, as_json: bool) -> Exit:
    """Check a plan from its actions and what waits for what."""
    from vmopt.change import read_plan, verify_plan
    from vmopt.cli import console, documents
    from vmopt.summary.layout import Fact

    made = read_plan(instance, path)
    faults = verify_plan(made)
    told = [Fact("plan", f"{LABELS[not faults]}: {made.outcome.value}, {made.count():,} actions")]
    told += [Fact(fault.what, f"{LABELS[False]}: {fault.told}") for fault in faults[:MAX_VIOLATIONS]]
    if as_json:
        documents.show([{"what": fact.label, "holds": not faults, "told": fact.value} for fact in told])
    else:
        console.show(told)
    return Exit.NO_PLACEMENT if faults else Exit.SOLVED


def _code(checks: list[Check]) -> Exit:
    if _wrong(checks):
        return Exit.NO_PLACEMENT
    return Exit.UNPROVEN if any(what == RECHECK and holds is None for what, holds, _ in checks) else Exit.SOLVED


def _wrong(checks: list[Check]) -> bool:
    return any(holds is False for _, holds, _ in checks)


def _as_claimed(instance: Instance, claims: dict[str, Any], path: Path) -> Iterator[Check]:
    """Check placement, allocation, objective and bound, and whatever else the format promises."""
    from vmopt import io, metrics
    from vmopt.host_index import to_host_index

    host_index = to_host_index(instance, claims["placement"])
    given = claims.get("allocation")
    allocation = None if given is None else io.read_allocation(instance, host_index, given, str(path))
    objective = metrics.objective_of(instance, host_index, allocation)
    checks = [*_capacity(instance, host_index, allocation), *_objective(objective, claims)]
    if "format" in claims:
        checks += _bound(instance, objective, claims, str(path))
        checks += _goals(claims)
        if not _wrong(checks):
            checks += _everything_else(instance, path)
    yield from checks


def _of_other_data(instance: Instance, placement: dict[str, str], file: Path, path: Path) -> Iterator[Check]:
    """Check what is left, by name, of a placement that was made for other data."""
    from vmopt import metrics
    from vmopt.carried_over import carry_over
    from vmopt.summary.figures import number

    host_index, carried = carry_over(instance, placement)
    if carried.given and not carried.kept:
        raise FileError(f"{path} is the solution of another instance than {file}: they have no VM and host in common.")
    yield "made for", True, f"other data: {carried}; objective and bound of then are not compared"
    yield from _capacity(instance, host_index, None)
    yield "objective", True, f"{number(metrics.objective_of(instance, host_index))}, with the data as they are"


def _capacity(instance: Instance, host_index: IntArray, allocation: IntArray | None) -> Iterator[Check]:
    from vmopt.plurals import count
    from vmopt.rules import Breach
    from vmopt.summary.soft_rules import soft_rules_of
    from vmopt.verify import verify as violations_of

    found = violations_of(instance, host_index, allocation)
    breaches = [violation for violation in found if isinstance(violation, Breach)]
    overloads = [violation for violation in found if not isinstance(violation, Breach)]
    if not overloads:
        placed = int((host_index >= 0).sum())
        yield "capacity", True, f"{count(placed, 'VM')} placed, no host is asked for more than it has"
        if allocation is not None:
            yield "allocation", True, "every VM gets what it must, and no more than it asks for"
    yield from _all_wrong("capacity", overloads)
    n_hard = len(instance.rules) - len(instance.soft_rules)
    if n_hard and not breaches:
        yield "rules", True, f"{count(n_hard, 'rule')} kept"
    yield from _all_wrong("rules", breaches)
    yield from (("soft rules", True, fact.value) for fact in soft_rules_of(instance, host_index))


def _all_wrong(what: str, violations: Sequence[object]) -> Iterator[Check]:
    for violation in violations[:MAX_VIOLATIONS]:
        yield what, False, str(violation)
    if len(violations) > MAX_VIOLATIONS:
        yield what, False, f"and {len(violations) - MAX_VIOLATIONS:,} more"


def _objective(found: float, claims: dict[str, Any]) -> Iterator[Check]:
    from vmopt.summary.figures import number

    claimed = claims.get("objective")
    if claimed is None:
        yield "objective", True, f"{number(found)}; the file claims none"
    elif isinstance(claimed, int | float) and isclose(found, claimed, rel_tol=ROUNDING, abs_tol=ROUNDING):
        yield "objective", True, f"{number(found)}, recomputed from the data"
    else:
        yield "objective", False, "the data say {}, the file says {}".format(*_differ(found, claimed))


def _bound(instance: Instance, objective: float, claims: dict[str, Any], where: str) -> Iterator[Check]:
    from vmopt.bounds import Enumeration, Levels
    from vmopt.bounds.price_bound import verify_bound
    from vmopt.bounds.recheck import proven
    from vmopt.gap import relative_gap
    from vmopt.summary.figures import number, percent

    claimed, (certificate, prices) = claims.get("bound"), proofs_of(claims, where)
    if isinstance(certificate.proof, Levels):
        yield from _levels(claims)
        return
    shown = proven(instance, certificate)
    if shown is None:
        by_prices = (
            ""
            if prices is None
            else f"; its prices prove {number(verify_bound(instance, prices.capacity, prices.rules))}"
        )
        how = "proven" if isinstance(certificate.proof, Enumeration) else "claimed"
        yield "bound", None, f"{claimed}, {how} by {certificate.by}: only another search can recheck it{by_prices}"
    elif not isinstance(claimed, int | float) or claimed < shown - ROUNDING * abs(shown):
        yield "bound", False, "the {} prove {}, the file says {}".format(certificate.by, *_differ(shown, claimed))
    else:
        yield "bound", True, f"{number(shown)}, proven again by the {certificate.by}, no solver needed"
        yield "gap", True, f"{percent(max(0.0, relative_gap(objective, shown)))} at most"


def _levels(claims: dict[str, Any]) -> Iterator[Check]:
    """Say what of the levels' bounds can be rechecked; whether they hold shows when the file is read as a whole."""
    from vmopt.plurals import count

    levels = claims.get("levels")
    if not isinstance(levels, list) or not all(isinstance(level, dict) for level in levels):
        raise FileError("the solution's bound is said to be by levels, but it holds none.")
    by = [level.get("bound_by") for level in levels]
    shown = sum(name in ("total", "prices") for name in by)
    more = f"; {count(len(by) - shown, 'level')} with a claim that is not rechecked" if shown < len(by) else ""
    holds = True if shown == len(by) else None
    yield "bound", holds, f"that of {count(shown, 'level')} is proven again by prices or is all of it{more}"


def _goals(claims: dict[str, Any]) -> Iterator[Check]:
    """Say of each goal what it has, and whether its bound is shown anew when the file is read as a whole."""
    rows = claims.get("goals", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise FileError("goals are not an array of objects.")
    for row in rows:
        by = row.get("bound_by")
        if row.get("goal") == "utilisation" and row is rows[0]:
            continue  # the bound above is its own
        shown = "proof" in row or by == "nature"
        how = f"shown again by its {by}" if shown else f"claimed by {by}: only another search can recheck it"
        yield str(row.get("goal")), True if shown else None, f"{row.get('value')}, bound {row.get('bound')}, {how}"


def _everything_else(instance: Instance, path: Path) -> Iterator[Check]:
    """Whatever else the format promises, such as the status and the VMs it lists as unplaced."""
    from vmopt import io

    try:
        io.read_solution(instance, path)
    except FileError as error:
        yield "file", False, str(error)


def _differ(found: float, claimed: object) -> tuple[str, str]:
    from vmopt.summary.figures import apart, number

    return apart(found, claimed) if isinstance(claimed, int | float) else (number(found), repr(claimed))
