"""Steps by hand: what they break is what the data say, what they cost is what a sum says."""

from __future__ import annotations

from itertools import product

import pytest

import vmopt
from vmopt.errors import OptionError
from vmopt.explore import Session
from vmopt.explore.actions import act

DEMAND, CAPACITY, VALUE = [4, 3, 2, 2], [6, 5], [8, 5, 3, 1]


@pytest.fixture
def session():
    rules = [vmopt.Spread(["vm-2", "vm-3"], penalty=0.5), vmopt.Ban("vm-1", "host-0")]
    given = [[amount] for amount in DEMAND], [[amount] for amount in CAPACITY]
    return Session(vmopt.solve(vmopt.Instance.from_arrays(*given, value=VALUE, resources=["cpu"], rules=rules), gap=0))


def test_every_placement_is_judged_as_by_hand(session):
    """All 81 placements, reached move by move."""
    for where in product([None, 0, 1], repeat=4):
        for vm, host in enumerate(where):
            judged = session.move(vm, host)
        load = [sum(DEMAND[vm] for vm in range(4) if where[vm] == host) for host in (0, 1)]
        broken = sum(used > has for used, has in zip(load, CAPACITY, strict=True)) + (where[1] == 0)
        lost = 0.5 * (where[2] == where[3] is not None)
        value = sum(VALUE[vm] for vm in range(4) if where[vm] is not None)
        assert (len(judged.broken), judged.objective, judged.penalty) == (broken, value - lost, lost)
        assert judged.placed == sum(host is not None for host in where)
        if judged.allowed:
            assert judged.objective <= judged.bound
    first = session.states[0].solution.objective
    assert judged.since_start == judged.objective - first


def test_a_step_says_what_it_changed(session):
    said = []
    for host in ("host-0", None, None, "host-1", "host-0"):
        session.move("vm-2", host)
        said.append(session.state.said)
    assert said[1:] == [
        "vm-2 runs nowhere, before on host-0",
        "vm-2 runs nowhere, as before",
        "vm-2 runs on host-1",
        "vm-2 runs on host-0, before on host-1",
    ]
    session.move("vm-2", "host-0")
    assert session.state.said == "vm-2 runs on host-0, as before"


def test_undo_takes_back_one_step(session):
    before = session.judge()
    session.move("vm-0", None)
    assert session.judge().change == -8
    assert session.undo() == before
    assert session.undo() == before


def test_a_drain_is_solved_from_what_was_moved(session):
    session.move("vm-3", None)
    act(session, {"do": "what-if", "kind": "drain", "who": "host-1", "seconds": "5"})
    assert session.state.said == "what if host-1 is drained"
    assert session.judge().allowed
    assert session.judge().objective == 8 + 3
    assert not (session.solution.host_index == 1).any()
    assert "host-1" in session.move("vm-3", "host-1").broken[0]


@pytest.mark.parametrize(
    ("kind", "who", "value", "best"),
    [
        ("fail", "host-0", "", 5 + 3),
        ("resize", "vm-0", "cpu=1", 8 + 5 + 3 + 1),
        ("priority", "vm-3", "9", None),
        ("add-rule", "", "ban([vm-0], [host-0, host-1])", 5 + 3 + 1),
        ("drop-rule", "", "1", None),
    ],
)
def test_each_question_is_answered(session, kind, who, value, best):
    act(session, {"do": "what-if", "kind": kind, "who": who, "value": value, "seconds": "5"})
    assert session.judge().allowed
    assert best is None or session.judge().objective == best


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "nothing that can be done"),
        ({"do": "move", "vm": "nobody", "host": "host-0"}, "nobody"),
        ({"do": "move", "vm": "vm-0", "host": "nowhere"}, "nowhere"),
        ({"do": "what-if", "kind": "burn"}, "nothing that can be asked"),
        ({"do": "what-if", "kind": "drain", "who": " , ", "seconds": "1"}, "no name"),
        ({"do": "what-if", "kind": "drain", "who": "host-0", "seconds": "nan"}, "seconds"),
        ({"do": "what-if", "kind": "drain", "who": "host-0", "seconds": "1e9"}, "seconds"),
        ({"do": "what-if", "kind": "resize", "who": "vm-0", "value": "cpu", "seconds": "1"}, "names no amount"),
        ({"do": "what-if", "kind": "resize", "who": "vm-0", "value": "cpu=much", "seconds": "1"}, "amount of cpu"),
        ({"do": "what-if", "kind": "add-rule", "value": "fly(a)", "seconds": "1"}, "fly"),
    ],
)
def test_nonsense_changes_nothing(session, form, said):
    state = session.state
    with pytest.raises(vmopt.VmoptError, match=said):
        act(session, form)
    assert session.state is state


def test_what_is_broken_cannot_be_asked_about(session):
    session.move("vm-1", "host-0")
    with pytest.raises(OptionError, match="not allowed"):
        session.ask()


def test_there_must_be_a_placement():
    none = vmopt.solve(vmopt.Instance.from_arrays([[9]], [[8]], rules=[vmopt.MustRun("vm-0")]))
    with pytest.raises(OptionError, match="no placement to explore"):
        Session(none)


def test_where_there_is_no_placement_nothing_changes(session):
    ask = {"do": "what-if", "kind": "add-rule", "seconds": "5"}
    act(session, {**ask, "value": "must-run([vm-0])"})
    with pytest.raises(OptionError, match="that there is none is proven"):
        act(session, {**ask, "value": "ban([vm-0], [host-0, host-1])"})
    assert len(session.states) == 2
