"""What is wrong with a JSON file: one error that names the file, the place, the cause and the fix."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from vmopt.errors import FileError, InstanceError, VmoptError
from vmopt.io import read, schema

Document = dict[str, Any]
VALIDATOR = jsonschema.Draft202012Validator(schema("instance"))


def rows() -> Document:
    return {
        "format": "vmopt-instance",
        "version": 1,
        "resources": ["cpu", "gpu"],
        "objective": {"weighting": "priority", "resource_weights": {"cpu": 1}},
        "hosts": [{"name": "h1", "capacity": {"cpu": 8, "gpu": 1}, "labels": {"rack": "r1"}}],
        "vms": [
            {"name": "web", "demand": {"cpu": 4}, "priority": 3, "value": 1, "kind": "vm", "labels": {}},
            {"name": "db", "demand": {"cpu": 2, "gpu": 1}, "value": None},
        ],
    }


def columns() -> Document:
    return rows() | {
        "hosts": {"capacity": {"cpu": [8], "gpu": [1]}},
        "vms": {
            "name": ["web", "db"],
            "demand": {"cpu": [4, 2], "gpu": [0, 1]},
            "priority": [3, 1],
            "value": [1, None],
            "kind": ["vm", "vm"],
            "labels": [{}, {}],
        },
    }


def put(*path: Any) -> Callable[[Document], None]:
    """Return a change that puts the last of `path` where the rest leads."""

    def change(document: Any) -> None:
        for step in path[:-2]:
            document = document[step]
        document[path[-2]] = path[-1]

    return change


def drop(*path: Any) -> Callable[[Document], None]:
    """Return a change that removes what `path` leads to."""

    def change(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        del document[path[-1]]

    return change


SCHEMA_SEES = [
    (rows, drop("format"), 'key .format. is missing: .* as in {"format": "vmopt-instance", "version": 1, '),
    (rows, put("format", "vmopt-solution"), r"is a 'vmopt-solution' file: expected 'vmopt-instance'"),
    (rows, put("format", 3), r"format is 3: expected a string"),
    (rows, drop("version"), r"key 'version' is missing"),
    (rows, put("version", 3), r"has version 3 of vmopt-instance: this vmopt reads version 1 and 2 only"),
    (rows, put("version", "1"), r'version is "1": expected an integer'),
    (rows, put("version", True), r"version is true: expected an integer"),
    (rows, drop("resources"), r"key 'resources' is missing"),
    (rows, put("resources", "cpu"), r'resources is "cpu": expected an array'),
    (rows, put("resources", []), r"there is no resource"),
    (rows, put("resources", ["cpu", "cpu"]), r"resource name 'cpu' is given twice"),
    (rows, put("resources", ["cpu", 3]), r"resource at position 1 is named 3"),
    (rows, put("objective", "priority"), r'objective is "priority": expected an object'),
    (rows, put("objective", "weighting", "size"), r"weighting 'size' is unknown"),
    (rows, put("objective", "goal", 1), r"objective: key 'goal' is unknown"),
    (rows, put("objective", "resource_weights", "cpu", "1"), r"objective: the weight of 'cpu' is \"1\""),
    (rows, put("objective", "resource_weights", "cpu", -1), r"resource_weights of 'cpu' is -1"),
    (rows, drop("hosts"), r"key 'hosts' is missing"),
    (rows, put("hosts", []), r"there is no host"),
    (rows, put("hosts", None), r"hosts is null: expected an array or an object"),
    (rows, put("hosts", 0, "h1"), r'hosts\[0\] is "h1": expected an object'),
    (rows, drop("hosts", 0, "capacity"), r"hosts\[0\]: capacity is missing"),
    (rows, put("hosts", 0, "name", ""), r"host at position 0 is named ''"),
    (rows, put("hosts", 0, "priority", 1), r"hosts\[0\]: key 'priority' is unknown: use name, capacity, labels"),
    (rows, put("vms", []), r"there is no VM"),
    (rows, put("vms", 1, "demand", [2, 1]), r"vms\[1\]: demand is \[2,1\]: give an object"),
    (rows, put("vms", 1, "demand", "cpu", "2"), r'vms\[1\]: demand of cpu is "2": expected a number'),
    (rows, put("vms", 1, "demand", "cpu", None), r"vms\[1\]: demand of cpu is null: expected a number"),
    (rows, put("vms", 1, "demand", "cpu", True), r"vms\[1\]: demand of cpu is true: expected a number"),
    (rows, put("vms", 1, "demand", "cpu", -2), r"demand of VM 'db' for 'cpu' is -2: amounts cannot be negative"),
    (rows, put("vms", 1, "name", 5), r"vms\[1\]: name is 5: expected a string"),
    (rows, put("vms", 0, "priority", 0), r"priority of VM 'web' is 0.0: it must be a finite number above 0"),
    (rows, put("vms", 0, "priority", None), r"vms\[0\]: priority is null: expected a number"),
    (rows, put("vms", 0, "value", -1), r"value of VM 'web' is -1.0"),
    (rows, put("vms", 0, "value", "much"), r'vms\[0\]: value is "much": expected a number or null'),
    (rows, put("vms", 0, "kind", "pod"), r"vms\[0\]: kind is \"pod\": use 'vm' or 'container'"),
    (rows, put("vms", 0, "kind", ["vm"]), r"vms\[0\]: kind is \[\"vm\"\]"),
    (rows, put("vms", 0, "labels", "x"), r"vms\[0\]: labels is \"x\""),
    (rows, put("vms", 0, "labels", {"tier": 1}), r"labels of VM 'web' are"),
    (rows, put("wishes", []), r"key 'wishes' is unknown"),
    (rows, put("rules", {}), r"rules is {}: expected an array"),
    (columns, drop("vms", "demand"), r"vms: key 'demand' is missing"),
    (columns, put("vms", "demand", "cpu", 4), r"vms, demand: cpu is 4: expected an array"),
    (columns, put("vms", "demand", {}), r"vms, demand: key 'cpu' is missing"),
    (columns, put("vms", "demand", "cpu", [4, None]), r"vms\[1\]: demand of cpu is null"),
    (columns, put("vms", "size", [1, 2]), r"vms: key 'size' is unknown"),
    (columns, put("vms", "priority", [1, "2"]), r'vms\[1\]: priority is "2"'),
    (columns, put("vms", "kind", ["vm", {}]), r"vms\[1\]: kind is \{\}"),
]
READER_SEES = [
    (rows, put("vms", 1, "name", "web"), r"VM name 'web' is given twice"),
    (rows, drop("vms", 1, "name"), r"vms\[1\]: name is null: expected a string"),
    (rows, put("vms", 1, "demand", "memory", 2), r"demand names resource 'memory', but the resources are cpu, gpu"),
    (rows, put("objective", "resource_weights", "memory", 1), r"a weight names resource 'memory'"),
    (rows, put("objective", "resource_weights", "cpu", 0), r"every resource weight is 0"),
    (rows, put("vms", 1, "demand", "cpu", 2**63), r"demand of VM 'db' for 'cpu' is \d+: it is too large"),
    (rows, put("vms", 1, "demand", "cpu", 1e300), r"adds up to more than 2\^62 units"),
    (rows, put("vms", 0, "value", 1.7e308), None),
    (columns, put("vms", "priority", [1]), r"column priority has 1 entries, but column cpu has 2"),
    (columns, put("vms", "demand", "gpu", [1]), r"column gpu has 1 entries, but column cpu has 2"),
    (columns, drop("vms", "demand", "gpu"), r"vms, demand: key 'gpu' is missing"),
    (columns, put("vms", "demand", "tpu", [1, 1]), r"vms, demand: key 'tpu' is unknown"),
    (columns, put("vms", "name", ["web", "web"]), r"VM name 'web' is given twice"),
]


def write_changed(path: Path, make: Callable[[], Document], change: Callable[[Document], None]) -> Document:
    document = make()
    change(document)
    path.write_text(json.dumps(document))
    return document


@pytest.mark.parametrize("make", [rows, columns])
def test_the_unchanged_documents_are_good(tmp_path: Path, make: Callable[[], Document]) -> None:
    """Tests that what the other tests change is good as it is, for the reader and the schema."""
    write_changed(tmp_path / "a.json", make, lambda _: None)
    assert read(tmp_path / "a.json").n_vms == 2
    VALIDATOR.validate(make())


@pytest.mark.parametrize(("make", "change", "why"), SCHEMA_SEES)
def test_bad_documents_are_refused(tmp_path: Path, make: Any, change: Any, why: str) -> None:
    """Tests that reader and schema both refuse it, the reader with file, place and cause."""
    document = write_changed(tmp_path / "a.json", make, change)
    with pytest.raises((FileError, InstanceError), match=why) as caught:
        read(tmp_path / "a.json")
    assert str(caught.value).startswith(str(tmp_path / "a.json"))
    assert not VALIDATOR.is_valid(document)


@pytest.mark.parametrize(("make", "change", "why"), READER_SEES)
def test_what_no_schema_sees_is_refused(tmp_path: Path, make: Any, change: Any, why: str | None) -> None:
    """Tests what the reader checks beyond the schema: names, lengths, sums."""
    write_changed(tmp_path / "a.json", make, change)
    if why is None:
        read(tmp_path / "a.json")
        return
    with pytest.raises((FileError, InstanceError), match=why):
        read(tmp_path / "a.json")


GOOD = json.dumps(rows())
TEXTS = [
    (GOOD[:-1], r"line 1, column \d+: not valid JSON"),
    (GOOD.replace('"cpu": 8', '"cpu": NaN'), "NaN and Infinity are no JSON"),
    (GOOD.replace('"cpu": 8', '"cpu": -Infinity'), "NaN and Infinity are no JSON"),
    (GOOD.replace('"cpu": 8', '"cpu": 1e999'), "not valid JSON"),
    (GOOD.replace('"cpu": 8', '"cpu": 8, "cpu": 9'), "key 'cpu' is given twice in one object"),
    (GOOD.replace('"version": 1', '"version": 1, "version": 1'), "key 'version' is given twice"),
    (GOOD.replace("web", "\\ud800"), "not valid JSON"),
    ("[]", r"is \[\]: expected an object"),
    ("null", "is null: expected an object"),
    ("[" * 2000 + "]" * 2000, "not valid JSON"),
    ('{"a":' * 1000 + "1" + "}" * 1000, "nested too deeply|not valid JSON|key 'format' is missing"),
    ("hosts: []", "line 1, column 1: not valid JSON"),
    ("{\n  'format': 1}", "line 2, column 3: not valid JSON"),
]


@pytest.mark.parametrize(("text", "why"), TEXTS)
def test_what_is_no_json_is_refused(tmp_path: Path, text: str, why: str) -> None:
    """Tests that broken JSON gives one error with line and column, or its cause."""
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(FileError, match=why) as caught:
        read(tmp_path / "a.json")
    assert str(tmp_path / "a.json") in str(caught.value)


@pytest.mark.parametrize("data", [b"\xff\xfe{}", GOOD.encode("utf-16-le"), bytes(range(256)), b"\0"])
def test_binary_rubbish_is_refused(tmp_path: Path, data: bytes) -> None:
    """Tests that what is no UTF-8 text gives one error."""
    (tmp_path / "a.json").write_bytes(data)
    with pytest.raises(VmoptError, match=r"a\.json"):
        read(tmp_path / "a.json")


def test_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    """Tests that UTF-8 with a byte order mark reads like UTF-8 without."""
    (tmp_path / "a.json").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert read(tmp_path / "a.json").n_hosts == 1
