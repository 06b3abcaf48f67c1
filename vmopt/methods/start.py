"""Where a search starts: a placement of before, and what it proved."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.bounds import Claim, Enumeration
from vmopt.carried_over import CarriedOver, carry_over
from vmopt.errors import OptionError
from vmopt.host_index import to_host_index
from vmopt.io.fingerprint import fingerprint
from vmopt.methods import greedy
from vmopt.methods.change.as_it_is import AS_IT_IS, as_it_is
from vmopt.methods.repair import repair
from vmopt.methods.ruled.keep import keep
from vmopt.methods.search import Search
from vmopt.methods.successors import in_their_places
from vmopt.methods.tiers.ladder import Ladder
from vmopt.metrics import objective_of
from vmopt.model.instance import Instance
from vmopt.solution import Solution
from vmopt.verify import verify

METHOD = "warm-start"


@dataclass(frozen=True)
class StartParameters:
    """How long a placement of before is mended."""

    put_back: float = 0.1
    """Part of the time left in which VMs are put back that rules need not take off."""
    as_it_is: float = 0.5
    """Part of it in which what runs now is made to keep capacities and rules: mostly it is done at once."""


DEFAULT = StartParameters()


def begin(search: Search | Ladder, warm_start: Any, parameters: StartParameters = DEFAULT) -> CarriedOver | None:
    """Offer a placement, with what is known about its bound; tell how much of it was kept, where that is a question.

    Names are read leniently: what is gone, and what does not fit any more, is left out. An array speaks of this
    instance, and must fit it.

    Raises
    ------
    OptionError, PlacementError
        If an array does not fit, or it is nothing that can be read as a placement.
    """
    if not isinstance(warm_start, Solution | Mapping):
        host_index = to_host_index(search.instance, warm_start, "warm_start")
        violations = verify(search.instance, host_index)
        if violations:
            raise OptionError(f"warm_start does not fit: {violations[0]}.")
        search.suggested.append(host_index)
        search.offer(host_index, METHOD)
        return None
    carried = _offer_by_name(search, warm_start, parameters.put_back)
    if isinstance(warm_start, Mapping):
        return carried
    if isinstance(search, Ladder):
        search.recall(warm_start)
    else:
        _take_proofs(search, warm_start)
    return carried


def begin_as_it_is(search: Search | Ladder, parameters: StartParameters = DEFAULT) -> None:
    """Offer what runs now, less what breaks a capacity or a rule, with all VMs that still fit beside it."""
    for placement in as_it_is(search.problem, time.perf_counter() + parameters.as_it_is * search.remaining):
        search.offer(placement, AS_IT_IS)


def _offer_by_name(search: Search | Ladder, warm_start: Solution | Mapping[str, str], share: float) -> CarriedOver:
    host_index, carried = carry_over(search.instance, warm_start)
    fits = repair(search.problem, host_index)
    carried = replace(carried, no_room=int(((host_index >= 0) & (fits < 0)).sum()))
    kept = keep(search.problem, fits, time.perf_counter() + share * search.remaining) if search.problem.rules else fits
    if kept is None:
        warnings.warn(
            "VMs that must run do not, or go nowhere, in the warm start: the search starts without it.", stacklevel=4
        )
        return replace(carried, against_rules=int((fits >= 0).sum()))
    carried = replace(carried, against_rules=int(((fits >= 0) & (kept != fits)).sum()))
    if carried.given and not carried.kept:
        look_at = "its rules" if carried.against_rules == carried.given else "that it belongs to this instance"
        warnings.warn(f"nothing of the warm start could be kept ({carried}): check {look_at}.", stacklevel=4)
    search.suggested.append(kept)
    more = None
    if isinstance(warm_start, Solution) and not isinstance(search, Ladder):
        more = _successors(search, warm_start)
    if more is not None:  # the better one first: what is no better is not looked at
        search.offer(more, METHOD)
    if more is None or isinstance(search, Ladder) or objective_of(search.instance, kept) > search.objective:
        search.offer(kept, METHOD)
    return carried


def _successors(search: Search, solution: Solution) -> IntArray | None:
    """The patterns of before, with VMs of the same kind where others changed or went, and who fits beside them."""
    dealt = in_their_places(search.instance, solution.instance, solution.host_index)
    return None if dealt is None else greedy.complete(search.problem, repair(search.problem, dealt))


def _take_proofs(search: Search, solution: Solution) -> None:
    """Prove the bound of before anew: by its prices, which hold for any data, or as it is if the data are the same."""
    instance, other = search.instance, solution.instance
    if solution.prices is not None and instance.resources == other.resources:
        if _prices_stand(instance, other):
            search.tighten_by_prices(solution.prices, METHOD, solution.rule_prices)
        else:
            search.tighten_by_prices(_prices_for(instance, solution), METHOD)
    if solution.bound >= search.bound or not _same(instance, other):
        return
    if solution.pattern_bound is not None:
        search.tighten_by_patterns(solution.pattern_bound, METHOD)
    proof = solution.certificate.proof
    if isinstance(proof, Claim | Enumeration):
        search.tighten_by_claim(solution.bound, proof, METHOD)


def _same(instance: Instance, other: Instance) -> bool:
    """Whether the data are the same: amounts are compared first, which takes a fraction of a fingerprint's time."""
    if other is instance:
        return True
    columns = ((one.demand, one.capacity, one.value) for one in (instance, other))
    alike = all(np.array_equal(*pair) for pair in zip(*columns, strict=True))
    return alike and fingerprint(other) == fingerprint(instance)


def _prices_stand(instance: Instance, other: Instance) -> bool:
    """Whether prices speak of the same here: host classes, and the rules with their groups and domains."""
    if instance.rules != other.rules or not np.array_equal(instance.scale, other.scale):
        return False
    ours, theirs = instance.host_classes, other.host_classes
    pairs = zip(instance.rules_in_force, other.rules_in_force, strict=True)
    return np.array_equal(ours.capacity, theirs.capacity) and all(
        one.group.names == before.group.names and one.domain.names == before.domain.names for one, before in pairs
    )


def _prices_for(instance: Instance, solution: Solution) -> Any:
    """Prices per integer unit of the instance, taken from host classes of the same capacity, or the mean of all."""
    assert solution.prices is not None
    other = solution.instance
    per_unit = solution.prices * other.scale / instance.scale
    known = {
        tuple(row): price
        for row, price in zip((other.host_classes.capacity / other.scale).tolist(), per_unit, strict=True)
    }
    mean = np.average(per_unit, axis=0, weights=other.host_classes.count)
    capacity = instance.host_classes.capacity / instance.scale
    return np.array([known.get(tuple(row), mean) for row in capacity.tolist()])
