"""Patterns, landing and amounts that follow from pieces, each against what may be looked up one by one."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations_with_replacement

import numpy as np
import pytest

import vmopt
from tests.inside.draws import cluster
from vmopt import VM, Host, Pieces
from vmopt.bounds.price_bound import verify_bound
from vmopt.methods import column_generation, greedy
from vmopt.methods.patterns.inside import PartAmounts
from vmopt.methods.patterns.knapsack import Knapsack
from vmopt.methods.patterns.parameters import DEFAULT as PATTERNS
from vmopt.methods.patterns.pricing import Pricing
from vmopt.methods.patterns.program import PatternProgram
from vmopt.methods.search import Search
from vmopt.options import Options
from vmopt.problem import compile
from vmopt.rules.inside import inside_of
from vmopt.rules.inside.amounts import derived
from vmopt.rules.inside.landing import Grounds, land
from vmopt.rules.inside.layout import Need, PartUnits, Seat


def shares(sizes: list[int], n_gpus: int, n_hosts: int = 1) -> vmopt.Instance:
    vms = [VM(f"v{n}", {"cpu": 1}, value=s, pieces=[Pieces("gpu", 1, {"milli": s})]) for n, s in enumerate(sizes)]
    hosts = [Host(f"h{n}", {"cpu": 64}, parts={"gpu": [{"milli": 10}] * n_gpus}) for n in range(n_hosts)]
    return vmopt.Instance.from_rows(hosts, vms)


@pytest.mark.parametrize("seed", range(30))
def test_amounts_are_within_what_parts_offer(seed: int) -> None:
    """Whatever goes on a part takes no more of any amount than the part is said to offer, parts of all sizes."""
    draw = random.Random(seed)
    sizes, parts = draw.sample(range(1, 13), 4), draw.sample(range(4, 20), 3)
    units = PartUnits([{"gpu": tuple(vmopt.Part({"m": c}) for c in parts)}], [])
    seats = [units.seats({"gpu": (vmopt.Part({"m": c}),)}) for c in parts]
    asks = [((Need("gpu", 1, (s,), None),),) for s in sizes]
    amounts = list(derived(seats, asks, units))
    for c, capacity in enumerate(parts):
        for n in range(1, capacity // min(sizes) + 1):
            for some in combinations_with_replacement(range(4), n):
                if sum(sizes[g] for g in some) <= capacity:
                    assert all(sum(one.asked[g] for g in some) <= one.offered[c] for one in amounts), (some, capacity)


@pytest.mark.parametrize("seed", range(40))
def test_the_book_counts_what_lands(seed: int) -> None:
    """How many more VMs a host takes is what a search from the beginning says, one VM after the other."""
    instance, draw = vmopt.Instance.from_rows(*cluster(4000 + seed)), random.Random(seed)
    here = inside_of(instance)
    for kind, seats in enumerate(here.book.hosts) if here is not None else ():
        for ask in range(len(here.book.asks)):
            held = [draw.randrange(len(here.book.asks)) for _ in range(draw.randint(0, 3))]
            counts = tuple((g, held.count(g)) for g in sorted(set(held)))
            room = int(here.book.room(np.array([here.book.state(kind, counts)]), ask, 3)[0])
            asks = [here.book.asks[g] for g in held]
            more = [land(seats, [*asks, *[here.book.asks[ask]] * n]) is not None for n in range(5)]
            assert room == (min(3, more.index(False) - 1) if more[0] and False in more else 3 * more[0])


@pytest.mark.parametrize("effort", range(len(PATTERNS.pricing.efforts)))
@pytest.mark.parametrize("seed", range(6))
def test_priced_patterns_land(effort: int, seed: int) -> None:
    """Every pattern lands, and the bound is at least the best of all patterns that do."""
    draw = random.Random(seed)
    sizes = [draw.randint(3, 8) for _ in range(6)]
    problem = compile(shares(sizes, 2))
    parts, value = PartAmounts.of(problem), problem.vms.value + 0.1
    demand = np.hstack([problem.vms.demand, parts.demand[:, :1]])
    capacity = np.hstack([problem.hosts.capacity, parts.capacity[:, :1]])[0]
    pricing = Pricing((Knapsack(demand, capacity, holding=parts.holding[0]),), value)
    pricing.level[0] = effort
    found = pricing.price(0, np.zeros(len(value)), 0.0, problem.vms.count, effort, lambda: False)
    book, landing = inside_of(problem.instance).book, parts.holding[0]
    every = np.array(list(np.ndindex(*(problem.vms.count + 1))))
    lands = landing.holding(every) >= 0
    for counts, said in zip(every, lands.tolist(), strict=True):
        asks = [book.asks[landing.ask[j]] for j, n in enumerate(counts) for _ in range(n)]
        assert said == (land(book.hosts[0], asks) is not None)
    best = float((every[lands] @ value).max())
    assert (landing.holding(found.counts) >= 0).all()
    assert found.bound >= best - 1e-9
    if PATTERNS.pricing.efforts[effort].program:
        assert found.profit.max() == pytest.approx(best)
        assert found.bound == pytest.approx(best)


def test_bounds_know_what_leaves_less_than_others_take() -> None:
    """Three of 6 and three of 5 add up to 33 of 40, but beside a 6 goes no 5: it counts as a whole GPU."""
    instance = shares([6] * 3 + [5] * 3, 2, 2)
    relaxed = vmopt.relax(instance)
    assert relaxed.bound == pytest.approx(30.0)
    assert verify_bound(instance, relaxed.prices, relaxed.rule_prices) == relaxed.bound
    assert vmopt.solve(instance, gap=0).objective == pytest.approx(28.0)


def test_column_generation_proves_what_lands() -> None:
    instance = shares([3] * 14 + [4] * 4, 2, 2)
    solution = vmopt.solve(instance, method="column-generation", gap=0, time_limit=30)
    assert solution.status is vmopt.Status.OPTIMAL
    assert vmopt.verify(instance, solution) == ()


def test_a_program_that_needs_too_long_takes_turns_with_the_search() -> None:
    seats = [Seat("gpu", n, (10,), 0, ()) for n in range(3)]
    asks = [((Need("gpu", 1, (size,), None),),) for size in (6, 6, 6, 4, 4, 4)]
    assert Grounds(seats).all(asks, most_steps=1) is not None
    assert Grounds(seats).all([*asks, asks[-1]], most_steps=1) is None


def begun(instance: vmopt.Instance, gap: float = 1e-4) -> tuple[Search, PatternProgram]:
    """Return a search that has a placement, and its program over patterns."""
    search = Search(instance, Options(threads=1, gap=gap, time_limit=60))
    greedy.run_best(search)
    program = column_generation.begin(search)
    assert program is not None
    return search, program


def test_who_lands_on_no_empty_host_earns_nothing() -> None:
    """A VM for which a host has room, but too few parts, is in no pattern, and costs the bound nothing."""
    gpu = Pieces("gpu", 1, {"milli": 7})
    vms = [VM("three", {"cpu": 1}, value=99, pieces=[Pieces("gpu", 3, {"milli": 2})])]
    vms += [VM(f"v{n}", {"cpu": 1}, value=1 + n / 7, pieces=[gpu]) for n in range(6)]
    instance = vmopt.Instance.from_rows([Host("h", {"cpu": 8}, parts={"gpu": [{"milli": 10}] * 2})], vms)
    search, program = begun(instance)
    three = int(search.problem.vms.of[0])
    assert program.classes.knapsacks[0].copies[three] == 0
    assert program.valid.vms[three] == 0
    assert program.bound * program.classes.unit == pytest.approx(search.objective, abs=0.5)


@pytest.mark.parametrize("seed", range(3))
def test_the_bound_is_there_before_a_dive_that_would_not_do(seed: int) -> None:
    """Where patterns land, what quick pricing leaves open is closed before the dive: the proof adds nothing."""
    draw = random.Random(seed)
    search, program = begun(shares([draw.randint(3, 8) for _ in range(60)], 3, 8))
    column_generation.construct(search, program, PATTERNS)
    before = search.bound
    column_generation.prove(search, program, replace(PATTERNS, most_hosts_to_decide=0))
    assert search.bound == pytest.approx(before, rel=1e-4)
    assert search.objective <= search.bound
