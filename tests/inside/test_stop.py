"""Searches for landings end where they are told to, and claim nothing then; programs count in large units."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import vmopt
from vmopt.methods.patterns.beam import explore
from vmopt.methods.patterns.branching import branch
from vmopt.methods.patterns.host_program import solve
from vmopt.methods.patterns.inside import Holding, Shelf
from vmopt.methods.patterns.knapsack import Knapsack, Priced, RelaxedKnapsack
from vmopt.methods.patterns.parameters import PricingEffort
from vmopt.rules.inside import book, inside_of
from vmopt.rules.inside.layout import Need, Seat
from vmopt.rules.inside.small_program import land_by_program


def priced(search: Any, stop: Callable[[], bool], **effort: bool) -> tuple[RelaxedKnapsack, Priced]:
    """Eight GPUs, and shares of 0.6 and 0.4 of one: no more than eight of the large ones land."""
    shares = [vmopt.VM(f"v{n}", {"cpu": 1}, pieces=[vmopt.Pieces("gpu", 1, {"milli": n})]) for n in (6, 4)]
    host = vmopt.Host("h", {"cpu": 24}, parts={"gpu": [{"milli": 10}] * 8})
    here = inside_of(vmopt.Instance.from_rows([host], shares))
    assert here is not None
    knapsack = Knapsack(
        np.array([[1], [1]]), np.array([24]), merge=False, holding=Holding(Shelf(here.book), here.group.of, 0)
    )
    relaxed = knapsack.relax(np.array([5.0, 3.0]), np.array([20, 20]))
    assert relaxed is not None
    return relaxed, search(relaxed, 0.0, PricingEffort(beam=200, core=100, width=200, **effort), stop)


BEST = 8 * 5.0 + 8 * 3.0


@pytest.mark.parametrize(
    ("search", "every", "landing"),
    [
        (explore, False, True),
        (explore, True, True),
        (explore, False, False),
        (explore, True, False),
        (branch, False, False),
    ],
)
def test_few_searches_begin_after_the_stop(
    search: Any, every: bool, landing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    searches: list[int] = []
    land = book.Book._land
    monkeypatch.setattr(book.Book, "_land", lambda *given: (searches.append(1), land(*given))[1])
    _, found = priced(search, lambda: False, every=every, landing=landing)
    if landing:
        assert found.profit[0] == pytest.approx(BEST)
    enough = len(searches) // 2
    assert enough > 10
    searches.clear()
    relaxed, found = priced(search, lambda: len(searches) >= enough, every=every, landing=landing)
    assert len(searches) <= enough + book.ASKED_EVERY
    assert found.bound >= BEST - 1e-9
    if every:
        assert (len(found.counts), found.bound) == (0, relaxed.top)


@pytest.mark.parametrize(
    ("capacity", "amount", "fit"), [(1050, 300, 3), (899, 300, 2), (900, 300, 3), (7, 0, 5), (0, 3, 0)]
)
def test_programs_in_large_units_land_as_many(capacity: int, amount: int, fit: int) -> None:
    seat, share = [Seat("gpu", 0, (capacity,), 0, ())], ((Need("gpu", 1, (amount,), None),),)
    assert land_by_program(seat, [share] * fit) is not None
    assert amount == 0 or land_by_program(seat, [share] * (fit + 1)) is None


def test_programs_in_large_units_land_mixed_amounts() -> None:
    seats = [Seat("gpu", n, (1099,), 0, ()) for n in range(2)]
    asks = [((Need("gpu", 1, (amount,), None),),) for amount in (600, 500, 800, 200)]
    assert land_by_program(seats, asks) is None
    assert land_by_program(seats, asks[1:]) is not None


def test_a_program_of_a_host_finds_the_best_that_lands() -> None:
    _, found = priced(lambda relaxed, threshold, _, stop: solve(relaxed, threshold, 60.0, stop), lambda: False)
    assert (found.counts[0].tolist(), found.profit[0]) == ([8, 8], pytest.approx(BEST))
    assert found.bound == pytest.approx(BEST)


@pytest.mark.parametrize(("seconds", "late"), [(0.0, False), (60.0, True)])
def test_a_program_of_a_host_that_is_stopped_claims_nothing(seconds: float, late: bool) -> None:
    relaxed, found = priced(lambda r, threshold, _, stop: solve(r, threshold, seconds, stop), lambda: late)
    assert BEST - 1e-9 <= found.bound <= relaxed.top


def test_a_program_of_a_host_finds_nothing_beyond_the_best() -> None:
    relaxed, _ = priced(lambda relaxed, threshold, _, stop: solve(relaxed, threshold, 60.0, stop), lambda: False)
    found = solve(relaxed, BEST, 60.0, lambda: False)
    assert len(found.counts) == 0
    assert found.bound == pytest.approx(BEST)
