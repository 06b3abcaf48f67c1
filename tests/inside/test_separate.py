"""Kinds of parts that are landed one by one, and what pieces add up to on a part."""

import random
from itertools import product

import numpy as np
import pytest

import vmopt
from tests.inside.brute import lands
from tests.inside.draws import cluster
from vmopt.rules.inside import inside_of
from vmopt.rules.inside.landing import Grounds
from vmopt.rules.inside.layout import Need, Seat
from vmopt.rules.inside.rest import Rest
from vmopt.rules.inside.separate import of_kinds, separate
from vmopt.rules.inside.sums import Sums


@pytest.mark.parametrize("seed", range(40))
def test_sums_are_what_some_of_the_pieces_add_up_to(seed: int) -> None:
    draw = random.Random(seed)
    unit, most = draw.choice([1, 3, 10]), draw.randint(1, 40)
    pieces = [unit * draw.randint(1, 12) for _ in range(draw.randint(0, 6))]
    told, coarse = Sums.of(unit * most, unit), Sums(unit, most, None)
    for piece in pieces:
        told, coarse = told.and_one_of(piece), coarse.and_one_of(piece)
    every = {sum(some) for some in product(*((0, piece) for piece in pieces))}
    for room in range(unit * most + 1):
        best = max(one for one in every if one <= room)
        assert told.within(room) == best
        assert best <= coarse.within(room) <= room


def test_what_no_pieces_add_up_to_is_no_room() -> None:
    """Tests two nodes of 64: a 24, an 8 and sixteen of 6 are 128, but no node is full with them."""
    nodes = [Seat("numa", n, (64,), 0, ()) for n in range(2)]
    asks = [((Need("numa", 1, (n,), None),),) for n in (24, 8, *[6] * 16)]
    assert not Rest(nodes, asks).may_fit(0, [((0,), 0)] * 2)
    assert Rest(nodes, asks[:-1]).may_fit(0, [((0,), 0)] * 2)
    assert Grounds(nodes).all(asks) is None
    assert Grounds(nodes).all(asks[:-1]) is not None


def test_kinds_go_together_where_a_choice_concerns_both() -> None:
    one, half, gpu, big = (Need(kind, n, (4,), None) for kind, n in (("numa", 1), ("numa", 2), ("gpu", 1), ("gpu", 2)))
    either = ((one, gpu), (half, big))
    assert separate(frozenset([((one, gpu), (half, gpu))])) == (frozenset(["gpu"]), frozenset(["numa"]))
    assert separate(frozenset([either])) == (frozenset(["gpu", "numa"]),)
    assert separate(frozenset([((one,),), ((gpu,),), either])) == (frozenset(["gpu", "numa"]),)
    assert of_kinds(((one, gpu), (half, gpu)), frozenset(["gpu"])) == ((gpu,),)
    assert of_kinds(((gpu,), (gpu, one)), frozenset(["numa"])) == ((), (one,))


@pytest.mark.parametrize("seed", range(40))
def test_one_more_lands_where_all_land_anew(seed: int) -> None:
    """VM after VM, whatever is already there moves only where it must, and whoever fits by brute force lands."""
    hosts, vms = cluster(6000 + seed)
    instance, draw = vmopt.Instance.from_rows(hosts, vms), random.Random(seed)
    here = inside_of(instance)
    for at in range(len(hosts)) if here is not None else ():
        grounds = Grounds(here.book.hosts[here.part_class[at]] if here.part_class[at] >= 0 else ())
        fill, landed, held = grounds.empty, [], []
        for vm in (vm for vm in draw.sample(range(len(vms)), len(vms)) if here.group.of[vm] >= 0):
            place = draw.randint(0, len(held))
            some = [*held[:place], vm, *held[place:]]
            found = grounds.one_more(fill, [here.book.asks[here.group.of[v]] for v in some], landed, place)
            assert (found is not None) == lands(hosts[at], [vms[v] for v in some])
            if found is None:
                continue
            (fill, landed), held = found, some
            again = grounds.empty
            for v, one in zip(held, landed, strict=True):
                again = grounds.shifted(again, here.book.asks[here.group.of[v]], one)
            assert again == fill


def test_nodes_and_gpus_of_full_hosts_are_proven() -> None:
    """Tests what a search in which both go together takes long for: an optimum of hosts that hold thirty each."""
    draw = np.random.default_rng(0)
    sizes = [(200, 6), (300, 4), (400, 6), (500, 8), (700, 8), (1000, 12)]
    host = {"gpu": [{"milli": 1000}] * 8, "numa": [{"cpu": 64}] * 2}
    hosts = [vmopt.Host(f"h{n}", {"cpu": 128}, parts=host) for n in range(20)]
    vms = [
        vmopt.VM(
            f"v{n}",
            {"cpu": cpu},
            priority=int(draw.integers(1, 4)),
            pieces=[vmopt.Pieces("gpu", 1, {"milli": milli}), vmopt.Pieces("numa", 1, {"cpu": cpu})],
        )
        for n, (milli, cpu) in enumerate(sizes[k] for k in draw.integers(len(sizes), size=500))
    ]
    instance = vmopt.Instance.from_rows(hosts, vms)
    solution = vmopt.solve(instance, method="column-generation", gap=0.002, time_limit=120, threads=1)
    assert solution.status is vmopt.Status.OPTIMAL
    assert vmopt.verify(instance, solution) == ()
