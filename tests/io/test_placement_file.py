"""Placements by name, from files."""

from __future__ import annotations

from pathlib import Path

import pytest

import vmopt
from vmopt import io
from vmopt.errors import FileError

CLUSTER = vmopt.Instance.from_arrays([[4], [5]], [[8]], vm_names=["a", "b"], host_names=["h1"])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.json", '{"a": "h1", "b": null}'),
        ("p.json", '{"placement": {"a": "h1", "b": null}}'),
        ("p.csv", "vm,host\na,h1\nb,\n"),
        ("p.csv", "zone,host,vm\nz1,h1,a\nz1,,b\n"),
        ("p.csv", "VM,Host\na,h1\nb,\n"),
    ],
)
def test_every_form(tmp_path: Path, name: str, text: str) -> None:
    """Tests that each form says the same."""
    (tmp_path / name).write_text(text)
    assert io.read_placement(tmp_path / name) == {"a": "h1", "b": None}


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("p.json", '{"a": 3}', "expected the name of a host"),
        ("p.json", "[1]", "expected an object"),
        ("p.csv", "a,b,c\n1,2,3\n", "name two columns vm and host"),
        ("p.csv", "a,h1\nb,h1\n", "name two columns vm and host"),
        ("p.csv", "vm,host\na,h1\na,h1\n", "line 3, column 'vm': VM 'a' is there twice"),
    ],
)
def test_what_is_no_placement(tmp_path: Path, name: str, text: str, words: str) -> None:
    """Tests that anything else is refused, with the place."""
    (tmp_path / name).write_text(text)
    with pytest.raises(FileError, match=words):
        io.read_placement(tmp_path / name)


def test_a_start_keeps_its_proof_for_the_same_data_only(tmp_path: Path) -> None:
    """Tests that a solution of these data is read whole, and one of others as names."""
    path = tmp_path / "s.json"
    io.write_solution(vmopt.solve(CLUSTER, threads=1), path)
    assert isinstance(io.read_start(CLUSTER, path), vmopt.Solution)
    assert io.read_start(CLUSTER.replace(priority=[1, 9]), path) == {"b": "h1"}
