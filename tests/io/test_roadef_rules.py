"""What services demand in machine reassignment: small files of our own, and the published ones where they are here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.io.data import DATA, published
from vmopt import io, solve, verify
from vmopt.errors import InstanceError
from vmopt.io.roadef_rules import roadef_rules
from vmopt.model.instance import Instance
from vmopt.rules import Ban, Near

MODEL = """1
0 1
4
0 0 9 9 0 1 1 1
0 1 9 9 1 0 1 1
1 1 9 9 1 1 0 1
1 2 9 9 1 1 1 0
{services}
5
0 1 1
0 1 1
0 1 1
1 1 1
2 1 1
0
1 1 1"""
"""Four machines: neighbourhoods 0, 0, 1, 1; locations 0, 1, 1, 2. Services 0 (three processes), 1 and 2."""
MODELS = sorted(path.stem.removeprefix("model_") for path in (DATA / "roadef2012").glob("model_*.txt")) or ["a1_1"]


def read(directory: Path, *services: str) -> Instance:
    (directory / "model.txt").write_text(MODEL.format(services="\n".join([str(len(services)), *services])))
    return io.read_roadef(directory / "model.txt")


def broken(instance: Instance, *hosts: int) -> list[str]:
    """Names of the rules that a placement breaks, once for each breach."""
    return [breach.rule.partition("(")[0] for breach in verify(instance, np.array(hosts))]  # type: ignore[union-attr]


def test_conflict(tmp_path: Path) -> None:
    """Tests that processes of a service never share a machine; those of others may."""
    instance = read(tmp_path, "1 0", "1 0", "1 0")
    assert broken(instance, 0, 1, 2, 0, 0) == []
    assert broken(instance, 0, 0, 2, 3, 3) == ["Spread"]
    assert len(instance.rules) == 1


def test_spread(tmp_path: Path) -> None:
    """Tests that a service uses its number of locations, or as many as it has processes."""
    instance = read(tmp_path, "3 0", "1 0", "2 0")
    assert broken(instance, 0, 1, 3, 0, 0) == []
    assert broken(instance, 0, 1, 2, 0, 0) == ["Reach"]
    assert broken(instance, 1, -1, 2, 0, 0) == ["Reach"]
    assert broken(instance, 0, 1, -1, 0, 0) == []


def test_dependency(tmp_path: Path) -> None:
    """Tests that a service runs only in neighbourhoods of each of those that it depends on."""
    instance = read(tmp_path, "1 0", "1 2 0 2", "1 1 0")
    assert broken(instance, 0, 1, 2, 1, 0) == []
    assert broken(instance, 0, 1, 2, 2, 0) == ["Near"]
    assert broken(instance, 2, 3, -1, 0, 0) == ["Near"]
    assert broken(instance, 0, 1, -1, 1, 2) == ["Near", "Near"]
    assert broken(instance, 0, 1, 2, -1, 3) == []
    assert sum(isinstance(rule, Near) for rule in instance.rules) == 2


def test_many_on_one(tmp_path: Path) -> None:
    """Tests that however many depend on a service, it takes one rule; and that nobody is told to be near itself."""
    instance = read(tmp_path, "1 1 0", "1 2 0 0", "1 1 0")
    near = [rule for rule in instance.rules if isinstance(rule, Near)]
    assert [(rule.a.column.tolist(), rule.b.column.tolist()) for rule in near] == [
        ([-1, -1, -1, 0, 0], [0, 0, 0, -1, -1])
    ]


def test_nobody_to_depend_on() -> None:
    """Tests that processes whose partner has no process may run nowhere."""
    ban = roadef_rules(np.array([0, 2]), np.array([1, 1, 1]), [(0, 1), (1, 2)], n_hosts=2)[0]
    instance = Instance.from_arrays([[1], [1]], [[4], [4]], rules=[ban])
    assert isinstance(ban, Ban)
    assert solve(instance).host_index[0] == -1
    assert solve(instance).host_index[1] >= 0


def test_without_rules(tmp_path: Path) -> None:
    """Tests that rules can be left out, and that nothing else changes."""
    instance = read(tmp_path, "3 0", "1 1 0", "1 0")
    plain = io.read_roadef(tmp_path / "model.txt", rules=False)
    assert len(instance.rules) == 3
    assert plain.rules == ()
    assert instance.without_rules == plain


@pytest.mark.parametrize(
    ("services", "why"),
    [
        (("1 0", "1 1 3", "1 0"), r"model\.txt: a service depends on service 3, but there are 3"),
        (("1 0", "1 1 -1", "1 0"), r"model\.txt: a service depends on service -1"),
        (("1 0", "1 0"), r"model\.txt: a process belongs to service 2, but there are 2"),
        (("-1 0", "1 0", "1 0"), r"model\.txt: least of Reach"),
    ],
)
def test_services_that_are_not_there(tmp_path: Path, services: tuple[str, ...], why: str) -> None:
    """Tests that numbers that make no sense give one error that names the file."""
    with pytest.raises(InstanceError, match=why):
        read(tmp_path, *services)


@pytest.mark.parametrize("name", MODELS)
def test_published_assignments_keep_the_rules(tmp_path: Path, name: str) -> None:
    """Tests that the published initial assignment breaks nothing, and that rules survive a file."""
    instance = io.read_roadef(published("roadef2012", f"model_{name}.txt"))
    initial = np.loadtxt(published("roadef2012", f"assignment_{name}.txt"), dtype=np.int64)
    assert verify(instance, initial) == ()
    assert len(instance.rules) <= 10
    io.write(instance, tmp_path / "a.json")
    assert io.read(tmp_path / "a.json") == instance
