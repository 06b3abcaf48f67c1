"""Instances as JSON: exact round trips, both layouts, what people write by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from tests.strategies import instances
from tests.thorough import few
from vmopt.errors import FileError, InstanceError, OptionError
from vmopt.generate import generate
from vmopt.io import read, read_json, write, write_json
from vmopt.model import VM, Host, Instance, Objective

BY_HAND = """{
  "format": "vmopt-instance", "version": 1,
  "resources": ["cpu", "memory"],
  "hosts": [{"name": "h1", "capacity": {"cpu": 8, "memory": 32.5}, "labels": {"rack": "r1"}}],
  "vms": [
    {"name": "web", "demand": {"cpu": 4, "memory": 16}, "priority": 3},
    {"name": "db", "demand": {"cpu": 2}, "value": 0.7, "kind": "container", "labels": {"tier": "back"}}
  ]
}"""


@settings(max_examples=few(100), deadline=None)
@given(instances(elastic=None))
@pytest.mark.parametrize("layout", ["rows", "columns"])
def test_round_trips_are_exact(tmp_path_factory: pytest.TempPathFactory, layout: Any, instance: Instance) -> None:
    """Tests that reading what was written gives an equal instance: amounts, scale, values, names given or not."""
    path = tmp_path_factory.getbasetemp() / f"{layout}.json"
    write(instance, path, layout=layout)
    again = read(path)
    assert again == instance
    assert np.array_equal(again.scale, instance.scale)
    assert np.array_equal(again.demand, instance.demand)
    assert np.array_equal(again.value, instance.value)
    assert again.vm_names.are_given == instance.vm_names.are_given


def test_a_file_by_hand(tmp_path: Path) -> None:
    """Tests that what is left out takes its default."""
    (tmp_path / "a.json").write_text(BY_HAND)
    assert read(tmp_path / "a.json") == Instance.from_rows(
        [Host("h1", {"cpu": 8, "memory": 32.5}, {"rack": "r1"})],
        [
            VM("web", {"cpu": 4, "memory": 16}, priority=3),
            VM("db", {"cpu": 2}, value=0.7, kind="container", labels={"tier": "back"}),
        ],
    )


@pytest.mark.parametrize("layout", ["rows", "columns"])
def test_extreme_numbers(tmp_path: Path, layout: Any) -> None:
    """Tests that integers beyond 2^53 beside floats, and the smallest and largest floats, survive."""
    instance = Instance.from_arrays(
        [[2**53 + 1, 0.1], [0, 1 / 3]],
        [[2**60 + 1, 2.5]],
        priority=[5e-324, 0.1 + 0.2],
        value=[1.7e308, None],
        vm_names=['a"b\\', "日本\u2028\0"],
        objective=Objective("demand", {"resource-0": 1e-300, "resource-1": 3}),
    )
    write_json(instance, tmp_path / "a.json", layout=layout)
    again = read_json(tmp_path / "a.json")
    assert again == instance
    assert again.demand.tolist() == instance.demand.tolist()


def test_layouts_hold_the_same(tmp_path: Path) -> None:
    """Tests that small instances are written in rows, large ones in columns, and either on request."""
    small, large = generate(hosts=3, vms=20), generate(hosts=10, vms=2000)
    for instance, rows in ((small, True), (large, False)):
        write(instance, tmp_path / "a.json")
        assert isinstance(json.loads((tmp_path / "a.json").read_text())["vms"], list) == rows
    write(small, tmp_path / "rows.json", layout="rows")
    write(small, tmp_path / "columns.json", layout="columns")
    assert (tmp_path / "rows.json").read_text().count("\n") == 3 + 20 + 10
    assert read(tmp_path / "rows.json") == read(tmp_path / "columns.json") == small


def test_gzip(tmp_path: Path) -> None:
    """Tests that .json.gz is smaller and reads the same."""
    instance = generate(hosts=10, vms=500)
    write(instance, tmp_path / "a.json")
    write(instance, tmp_path / "a.json.gz")
    assert read(tmp_path / "a.json.gz") == instance
    assert (tmp_path / "a.json.gz").stat().st_size < (tmp_path / "a.json").stat().st_size / 4


def test_large_instances_make_no_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that 100,000 VMs are written and read without one Host or VM object."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a row was made")

    instance = generate("distinct", hosts=500, vms=100_000)
    monkeypatch.setattr(VM, "__init__", refuse)
    monkeypatch.setattr(Host, "__init__", refuse)
    write(instance, tmp_path / "a.json")
    assert read(tmp_path / "a.json") == instance


def test_names_that_are_not_unicode_are_refused(tmp_path: Path) -> None:
    """Tests that half a surrogate pair in a name gives one error, and no file."""
    for name in ("vm_names", "host_names"):
        instance = Instance.from_arrays([[1]], [[1]], **{name: ["\ud800"]})
        for layout in ("rows", "columns"):
            with pytest.raises(FileError, match="valid Unicode"):
                write_json(instance, tmp_path / "a.json", layout=layout)  # type: ignore[arg-type]
    assert not any(tmp_path.iterdir())


def test_bad_arguments_are_refused(tmp_path: Path) -> None:
    """Tests that an unknown layout, or something that is no instance, is refused before anything is written."""
    with pytest.raises(OptionError, match="layout is 'cells'"):
        write_json(generate(hosts=1, vms=1), tmp_path / "a.json", layout="cells")  # type: ignore[arg-type]
    with pytest.raises(InstanceError, match="expected an Instance, got list"):
        write_json([], tmp_path / "a.json")  # type: ignore[arg-type]
    assert not any(tmp_path.iterdir())
