import random

import numpy as np
import pytest

import vmopt
from tests.inside.brute import feasible, lands
from tests.inside.draws import cluster
from tests.inside.fuzz import faults
from tests.thorough import few
from vmopt.methods.patterns import inside
from vmopt.rules.inside import book, inside_of, landings
from vmopt.rules.inside.in_force import InsideInForce
from vmopt.rules.inside.landing import land
from vmopt.rules.inside.small_program import land_by_program


@pytest.mark.parametrize("seed", range(few(24)))
def test_nobody_claims_what_is_not_so(seed: int) -> None:
    assert faults(seed) == []


@pytest.mark.parametrize("seed", range(24, 24 + few(12)))
def test_a_book_that_forgets_claims_nothing_else(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests books that remember three landings, and patterns whose book is begun anew whenever it holds anything."""
    monkeypatch.setattr(book, "MOST_STANDS", 3)
    monkeypatch.setattr(inside, "MOST_STATES", 1)
    assert faults(seed) == []


@pytest.mark.parametrize("seed", range(few(40)))
def test_programs_land_what_searches_do(seed: int) -> None:
    hosts, vms = cluster(2000 + seed)
    instance, draw = vmopt.Instance.from_rows(hosts, vms), random.Random(seed)
    here = inside_of(instance)
    for at in range(len(hosts)) if here is not None else ():
        seats = here.book.hosts[here.part_class[at]] if here.part_class[at] >= 0 else ()
        for _ in range(5):
            some = [vm for vm in range(len(vms)) if draw.random() < 0.7 and here.group.of[vm] >= 0]
            asks = [here.book.asks[here.group.of[vm]] for vm in some]
            ways = land(seats, asks), land_by_program(seats, asks), land(seats, asks, most_steps=0)
            assert {way is not None for way in ways} == {lands(hosts[at], [vms[vm] for vm in some])}
            where = np.full(len(vms), -1)
            where[some] = at
            for way in ways:
                if way is not None and some:
                    (state,) = here.states_of(where)[1].tolist()
                    here.book._stands[state] = (), [way[n] for n in here_order(here, some)]
                    assert vmopt.check_landings(instance, where, landings(instance, where)) == ()


def here_order(here: InsideInForce, vms: list[int]) -> list[int]:
    """The book counts VMs by ask."""
    return sorted(range(len(vms)), key=lambda n: (here.group.of[vms[n]], vms[n]))


@pytest.mark.parametrize("seed", range(few(40)))
def test_verify_judges_as_brute_force_does(seed: int) -> None:
    hosts, vms = cluster(1000 + seed)
    instance, draw = vmopt.Instance.from_rows(hosts, vms), random.Random(seed)
    for _ in range(20):
        at = [draw.randint(-1, len(hosts) - 1) for _ in vms]
        assert (vmopt.verify(instance, np.array(at)) == ()) == feasible(hosts, vms, at)
