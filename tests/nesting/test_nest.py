"""Containers in VMs on hosts: against brute force on every backend, and what is refused."""

import pytest

import vmopt
from tests.nesting.fuzz import brute, draw, faults
from tests.thorough import few
from vmopt.errors import InstanceError
from vmopt.nesting import Flavor, Nested, nest
from vmopt.status import Status


@pytest.mark.parametrize("seed", range(few(60)))
def test_both_levels_are_the_best_there_are(seed):
    for backend in ("cp-sat", "highs", "scip", "cbc")[: 4 if seed < 10 else 1]:
        assert faults(seed, backend) == [], backend


def test_an_answer_is_shown_in_one_line():
    found = nest([vmopt.VM("web", {"cpu": 2})], [Flavor("small", {"cpu": 4})], [vmopt.Host("h", {"cpu": 9})])
    assert str(found).startswith("NestSolution(optimal; utilisation 0.222222, bound 0.222222; ")
    assert str(found).endswith("; 1 container in 1 VM)")


def test_spread_is_over_hosts_and_not_over_vms():
    containers = [vmopt.VM("a", {"cpu": 1}), vmopt.VM("b", {"cpu": 1})]
    small, one = [Flavor("s", {"cpu": 1})], [vmopt.Host("h", {"cpu": 4})]
    assert len(nest(containers, small, one, threads=1).placement) == 2
    assert len(nest(containers, small, one, rules=[vmopt.Spread(["a", "b"])], threads=1).placement) == 1


def test_no_time_claims_nothing_that_is_wrong():
    containers, flavors, hosts, rules = draw(3)
    worth, _ = brute(Nested.of(containers, flavors, hosts, rules=rules))
    found = nest(containers, flavors, hosts, rules=rules, time_limit=0, threads=1)
    assert found.status is not Status.INFEASIBLE
    assert found.levels[0].value <= worth + 1e-9 <= found.levels[0].bound + 2e-9


def test_who_must_run_and_cannot_is_infeasible():
    found = nest(
        [vmopt.VM("a", {"cpu": 9})],
        [Flavor("s", {"cpu": 4})],
        [vmopt.Host("h", {"cpu": 9})],
        rules=[vmopt.MustRun("a")],
        threads=1,
    )
    assert (found.status, found.levels) == (Status.INFEASIBLE, ())


@pytest.mark.parametrize(
    ("flavors", "hosts"),
    [([], 4), ([Flavor("s", {"cpu": 9})], 4), ([Flavor("s", {"cpu": 0})], 4), ([Flavor("s", {"cpu": 2})], 0)],
)
def test_where_nothing_fits_nothing_runs(flavors, hosts):
    found = nest([vmopt.VM("a", {"cpu": 1})], flavors, [vmopt.Host("h", {"cpu": hosts})], threads=1)
    assert (found.status, found.vms, found.unplaced) == (Status.OPTIMAL, (), ("a",))


@pytest.mark.parametrize(
    ("flavors", "said"),
    [
        ([Flavor("s", {"cpu": 1}), Flavor("s", {"cpu": 2})], "two flavors"),
        ([Flavor("s", {"gpu": 1})], "names resource 'gpu'"),
        (["s"], "a flavor is 's'"),
        (3, "flavors is 3"),
    ],
)
def test_flavors_that_make_no_sense_are_refused(flavors, said):
    with pytest.raises(InstanceError, match=said):
        nest([vmopt.VM("a", {"cpu": 1})], flavors, [vmopt.Host("h", {"cpu": 4})])


@pytest.mark.parametrize(
    "given", [{"capacity": 3}, {"capacity": {"cpu": -1}}, {"cost": -1}, {"most": 0.5}, {"name": 4}]
)
def test_amounts_that_make_no_sense_are_refused(given):
    with pytest.raises(InstanceError):
        Flavor(**{"name": "s", "capacity": {"cpu": 1}, **given})


def test_what_is_not_known_is_refused():
    soft = vmopt.Spread(["a"], penalty=1)
    with pytest.raises(InstanceError, match="no soft rules"):
        nest([vmopt.VM("a", {"cpu": 1})], [], [vmopt.Host("h", {"cpu": 4})], rules=[soft])
    sliced = vmopt.Host("h", {"cpu": 4}, parts={"gpu": [{"milli": 1000}]})
    share = vmopt.VM("a", {"cpu": 1}, pieces=[vmopt.Pieces("gpu", each={"milli": 500})])
    with pytest.raises(InstanceError, match="no parts of hosts"):
        nest([share], [Flavor("f", {"cpu": 2})], [sliced])
