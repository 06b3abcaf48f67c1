"""What a file claims of bounds: as far as it is shown, it is worked out anew from the data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from vmopt.cli.checking.check import ROUNDING, Check, differ
from vmopt.cli.claims import proofs_of
from vmopt.errors import FileError

if TYPE_CHECKING:
    from vmopt.model.instance import Instance


def bound(instance: Instance, objective: float, claims: dict[str, Any], where: str) -> Iterator[Check]:
    """Prove the bound again where it is shown, and say whose word it is where it is not."""
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
        yield Check(
            "bound", None, f"{claimed}, {how} by {certificate.by}: only another search can recheck it{by_prices}"
        )
    elif not isinstance(claimed, int | float) or claimed < shown - ROUNDING * abs(shown):
        yield Check("bound", False, "the {} prove {}, the file says {}".format(certificate.by, *differ(shown, claimed)))
    else:
        yield Check("bound", True, f"{number(shown)}, proven again by the {certificate.by}, no solver needed")
        yield Check("gap", True, f"{percent(max(0.0, relative_gap(objective, shown)))} at most")


def _levels(claims: dict[str, Any]) -> Iterator[Check]:
    """Say what of the levels' bounds can be rechecked; whether they hold shows when the file is read as a whole."""
    from vmopt.summary.figures import count

    levels = claims.get("levels")
    if not isinstance(levels, list) or not all(isinstance(level, dict) for level in levels):
        raise FileError("the solution's bound is said to be by levels, but it holds none.")
    by = [level.get("bound_by") for level in levels]
    shown = sum(name in ("total", "prices") for name in by)
    more = f"; {count(len(by) - shown, 'level')} with a claim that is not rechecked" if shown < len(by) else ""
    holds = True if shown == len(by) else None
    yield Check("bound", holds, f"that of {count(shown, 'level')} is proven again by prices or is all of it{more}")


def goals(claims: dict[str, Any]) -> Iterator[Check]:
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
        yield Check(
            str(row.get("goal")), True if shown else None, f"{row.get('value')}, bound {row.get('bound')}, {how}"
        )
