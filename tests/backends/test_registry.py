"""The backends by name."""

from __future__ import annotations

import pytest

from vmopt.backends import BackendInfo, BackendList, Capability, backends, get, registry
from vmopt.backends.loading import ortools_version
from vmopt.backends.pulp import backend as pulp
from vmopt.errors import BackendError, OptionError, SolverError

OUR_OWN = ["cp-sat", "highs", "scip", "glop", "pdlp", "cbc"]


def test_every_backend_is_listed_and_runs_here(listed: BackendList) -> None:
    """Tests that all of our own backends are listed in order, available, with a version and no complaint."""
    ours = [info for info in listed if not info.name.startswith("pulp:")]
    assert [info.name for info in ours] == OUR_OWN
    assert all(info.available and info.version and info.reason is None for info in ours)
    assert ours[0].version == ortools_version()
    assert ours[-1].version.startswith("PuLP ")


def test_solvers_of_pulp_are_listed(listed: BackendList) -> None:
    """Tests that what PuLP finds is listed, and that CP-SAT through PuLP is not."""
    found = [info.name for info in listed if info.name.startswith("pulp:")]
    assert {"pulp:PULP_CBC_CMD", "pulp:COIN_CMD"} & set(found)
    assert "pulp:CPSAT" not in found


@pytest.mark.parametrize("name", OUR_OWN)
def test_names_and_capabilities_agree(name: str, listed: BackendList) -> None:
    """Tests that a backend got by name is the one that is listed."""
    info = next(info for info in listed if info.name == name)
    assert (get(name).name, get(name).capabilities) == (name, info.capabilities)


@pytest.mark.parametrize(
    ("name", "guess"),
    [("cpsat", "cp-sat"), ("CP-SAT", "cp-sat"), ("Highs", "highs"), ("glopp", "glop"), ("pulp-name", "pulp:NAME")],
)
def test_unknown_names_are_refused_with_a_guess(name: str, guess: str) -> None:
    """Tests that a misspelt name is answered with the one that was meant and with all of them."""
    with pytest.raises(OptionError, match=f"no backend {name!r}. Did you mean {guess!r}\\?") as caught:
        get(name)
    assert all(known in str(caught.value) for known in OUR_OWN)


def test_unlike_names_are_refused_without_a_guess() -> None:
    """Tests that nothing is guessed where nothing is close."""
    with pytest.raises(OptionError, match=r"no backend 'qqqqqqqq'. There are: cp-sat"):
        get("qqqqqqqq")


def test_solvers_of_pulp_may_be_written_in_any_case(listed: BackendList) -> None:
    """Tests that the case of a solver's name does not matter."""
    found = next(info.name for info in listed if info.name.startswith("pulp:"))
    assert get(found.lower()).name == found


def test_solvers_that_pulp_does_not_find_are_unavailable() -> None:
    """Tests that a solver that is not here is refused, with the reason and a way on."""
    with pytest.raises(BackendError, match=r"'pulp:MOSEK' cannot run here: PuLP finds no MOSEK.* lists those that can"):
        get("pulp:MOSEK")
    with pytest.raises(BackendError, match="take cp-sat"):
        get("pulp:CPSAT")


def test_a_missing_cbc_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that cbc is not available where PuLP finds none, nor where its file has gone."""
    monkeypatch.setattr(pulp, "solvers_found", lambda: {"solvers": [], "cbc": None})
    with pytest.raises(BackendError, match=r"PuLP finds no CBC.*pulp\[cbc\]"):
        get("cbc")
    monkeypatch.setattr(pulp, "solvers_found", lambda: {"solvers": [], "cbc": "/no/such/cbc"})
    with pytest.raises(BackendError, match="there is no file /no/such/cbc"):
        get("cbc")


def test_a_broken_pulp_leaves_the_other_backends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the list is whole where PuLP cannot be loaded, with PuLP's words."""

    def broken():
        raise SolverError("PuLP failed: no such module")

    monkeypatch.setattr(pulp, "solvers_found", broken)
    shown = {info.name: info for info in backends()}
    assert list(shown) == OUR_OWN
    assert (shown["cbc"].available, shown["cbc"].reason) == (False, "PuLP failed: no such module")
    assert shown["cp-sat"].available


def test_the_list_is_a_table(listed: BackendList) -> None:
    """Tests that the list prints as text and as HTML, one line a backend."""
    text = str(BackendList([*listed, BackendInfo("x<y", False, Capability.INTEGER, None, "not & here")]))
    html = BackendList([BackendInfo("x<y", False, Capability.INTEGER, None, "not & here")])._repr_html_()
    assert len(text.splitlines()) == len(listed) + 2
    assert text.splitlines()[0].split() == ["backend", "available", "can", "version"]
    assert text.splitlines()[-1].split()[:2] == ["x<y", "no"]
    assert "<td>x&lt;y</td><td>no</td><td>integer</td><td></td><td>not &amp; here</td>" in html
    assert listed[:2] == (listed[0], listed[1])


def test_every_maker_makes_its_backend() -> None:
    """Tests that the one line of each backend in the registry leads to it."""
    assert {name: registry._make(name).name for name in registry.BACKENDS} == {name: name for name in OUR_OWN}
