"""Parts and pieces in the rows of JSON instances, and as they are typed."""

from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import orjson
import pytest

import vmopt
from tests.inside.draws import cluster
from vmopt.cli.rows import new_host, new_vm
from vmopt.errors import FileError, InstanceError
from vmopt.io.csv_parts import part_columns
from vmopt.summary import instance_text

HEAD = {"format": "vmopt-instance", "version": 2, "resources": ["cpu"]}
HALF = {"half": {"size": 1, "starts": [0, 1]}}
GPU = {"gpu": [{"milli": 1000}, {"capacity": {"milli": 500}}], "mig": [{"slots": 2, "profiles": HALF}]}
PIECES: list[Any] = [
    [{"kind": "gpu", "each": {"milli": 600}}],
    [[{"kind": "gpu", "count": 2, "each": {"milli": 500}}], [{"kind": "mig", "profile": "half"}]],
]


def written(path: Path, hosts: Any, vms: Any) -> Path:
    document = {**HEAD, "hosts": hosts, "vms": vms}
    jsonschema.validate(document, vmopt.io.schema("instance"))
    path.write_bytes(orjson.dumps(document))
    return path


def test_rows_hold_parts_and_pieces(tmp_path: Path) -> None:
    hosts = [{"name": "h0", "capacity": {"cpu": 8}, "parts": GPU}, {"name": "h1", "capacity": {"cpu": 8}}]
    vms = [{"name": f"v{n}", "demand": {"cpu": 1}, "pieces": one} for n, one in enumerate(PIECES)]
    vms.append({"name": "plain", "demand": {"cpu": 1}})
    instance = vmopt.io.read_json(written(tmp_path / "i.json", hosts, vms))
    half = vmopt.Part(slots=2, profiles={"half": (1, (0, 1))})
    host = vmopt.Host("h0", {"cpu": 8}, parts={"gpu": [{"milli": 1000}, {"milli": 500}], "mig": [half]})
    one = [vmopt.Pieces("gpu", 1, {"milli": 600})]
    other = vmopt.OneOf([vmopt.Pieces("gpu", 2, {"milli": 500})], [vmopt.Pieces("mig", profile="half")])
    asking = [vmopt.VM("v0", {"cpu": 1}, pieces=one), vmopt.VM("v1", {"cpu": 1}, pieces=other)]
    same = vmopt.Instance.from_rows([host, vmopt.Host("h1", {"cpu": 8})], [*asking, vmopt.VM("plain", {"cpu": 1})])
    assert vmopt.io.fingerprint(instance) == vmopt.io.fingerprint(same)


def test_rows_without_names_hold_them_too(tmp_path: Path) -> None:
    vms = [{"demand": {"cpu": 1}, "pieces": PIECES[0]}] * 2
    hosts = [{"capacity": {"cpu": 8}, "parts": {"gpu": GPU["gpu"]}}]
    assert vmopt.solve(vmopt.io.read_json(written(tmp_path / "i.json", hosts, vms)), gap=0).n_placed == 1


@pytest.mark.parametrize(
    ("hosts", "pieces", "why"),
    [
        ([{"capacity": {"cpu": 8}, "parts": {"gpu": {"milli": 1}}}], [], r"hosts\[0\]: parts hold .* a list"),
        ([{"capacity": {"cpu": 8}, "parts": GPU}], {"kind": "gpu"}, r"vms\[0\]: pieces hold .* a list"),
        ([{"capacity": {"cpu": 8}, "parts": GPU}], [{"kind": "gpu", "number": 2}], r"vms\[0\]: pieces: key 'number'"),
        ({"capacity": {"cpu": [8]}}, PIECES[0], "hosts are columns"),
    ],
)
def test_what_is_none_is_refused_with_its_place(tmp_path: Path, hosts: Any, pieces: Any, why: str) -> None:
    path = tmp_path / "i.json"
    path.write_bytes(orjson.dumps({**HEAD, "hosts": hosts, "vms": [{"demand": {"cpu": 1}, "pieces": pieces}]}))
    with pytest.raises(FileError, match=why):
        vmopt.io.read_json(path)


def test_pieces_that_no_host_has_are_refused_with_the_name_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path / "i.json", [{"capacity": {"cpu": 8}}], [{"demand": {"cpu": 1}, "pieces": PIECES[0]}])
    with pytest.raises(InstanceError, match=r"i\.json: .*which no host has"):
        vmopt.io.read_json(path)


def test_hosts_and_vms_are_typed_with_parts_and_pieces() -> None:
    host = new_host('{"name": "h", "capacity": {"cpu": 8}, "parts": {"gpu": [{"milli": 1000}]}}', "--add-host")
    assert host.parts["gpu"] == (vmopt.Part({"milli": 1000}),)
    vm = new_vm('{"name": "v", "demand": {"cpu": 1}, "pieces": [{"kind": "gpu", "count": 2}]}', "--add-vm")
    assert vm.pieces == vmopt.OneOf([vmopt.Pieces("gpu", 2)])
    with pytest.raises(FileError, match="--add-vm: pieces hold"):
        new_vm('{"name": "v", "demand": {"cpu": 1}, "pieces": {"kind": "gpu"}}', "--add-vm")


def test_summaries_of_instances_tell_what_parts_there_are() -> None:
    host = vmopt.Host("h", {"cpu": 8}, parts={"gpu": [{"milli": 1000}] * 2})
    ask = vmopt.OneOf([vmopt.Pieces("gpu", 2, {"milli": 200})], [vmopt.Pieces("gpu", 1, {"milli": 300})])
    vms = [vmopt.VM(f"v{n}", {"cpu": 1}, pieces=ask) for n in range(3)]
    lines = instance_text(vmopt.Instance.from_rows([host, vmopt.Host("plain", {"cpu": 1})], vms)).splitlines()
    assert "parts       2 gpu; 3 VMs ask for pieces" in lines
    assert any(line.split() == ["milli", "of", "gpu", "2,000", "900", "45.0", "%"] for line in lines)


@pytest.mark.parametrize("seed", range(12))
def test_csv_holds_parts_and_pieces(seed: int, tmp_path: Path) -> None:
    instance = vmopt.Instance.from_rows(*cluster(7000 + seed))
    vmopt.io.write(instance, tmp_path)
    again = vmopt.io.read(tmp_path)
    assert vmopt.io.fingerprint(again) == vmopt.io.fingerprint(instance)


def test_csv_holds_parts_beside_rules_and_rules_by_label(tmp_path: Path) -> None:
    """Tests a rule of parts whose groups are a label, beside another rule, and hosts and VMs without any."""
    inside = vmopt.Inside(
        vmopt.Groups.labelled("ask"),
        {"one": [vmopt.Pieces("gpu", 1, {"milli": 600})], "none": vmopt.OneOf([vmopt.Pieces("gpu")], [])},
        ["two", None],
        {"two": {"gpu": [{"milli": 1000}] * 2}},
    )
    spread = vmopt.Spread(["a", "b"])
    labels = [{"ask": "one"}, {"ask": "one"}, {"ask": "one"}, {"ask": "none"}, {}]
    instance = vmopt.Instance.from_arrays(
        [[1]] * 5, [[8], [3]], vm_names=list("abcde"), vm_labels=labels, rules=[spread, inside]
    )
    vmopt.io.write(instance, tmp_path)
    again = vmopt.io.read(tmp_path)
    assert [rule.name for rule in again.rules] == ["spread", "inside"]
    found = [vmopt.solve(one, gap=0) for one in (instance, again)]
    assert found[0].objective == found[1].objective
    for placed in np.ndindex(3, 3, 3, 3, 3):
        at = np.array(placed) - 1
        assert (vmopt.verify(instance, at) == ()) == (vmopt.verify(again, at) == ())


@pytest.mark.parametrize(
    ("parts", "pieces", "why"),
    [
        ("{", '"[{""kind"": ""gpu""}]"', r"hosts\.csv, line 2, column 'parts': it is no JSON"),
        ('"{""gpu"": 2}"', '"[{""kind"": ""gpu""}]"', r"hosts\.csv, line 2, column 'parts': parts hold 2: .* a list"),
        ('"{""gpu"": [{}]}"', "gpu", r"vms\.csv, line 2, column 'pieces': it is no JSON"),
        ('"{""gpu"": [{}]}"', '"[{""kind"": ""gpu"", ""count"": 0}]"', r"vms\.csv, line 2, column 'pieces': count"),
        (
            "",
            '"[{""kind"": ""gpu""}]"',
            r"vms\.csv.*: 'pieces of row 0' asks for parts of kind 'gpu', which no host has",
        ),
    ],
)
def test_csv_cells_that_are_none_are_refused(tmp_path: Path, parts: str, pieces: str, why: str) -> None:
    (tmp_path / "hosts.csv").write_text(f"cpu,parts\n8,{parts}\n")
    (tmp_path / "vms.csv").write_text(f"cpu,pieces\n1,{pieces}\n")
    with pytest.raises((FileError, InstanceError), match=why):
        vmopt.io.read(tmp_path)


def test_csv_holds_one_rule_of_parts() -> None:
    with pytest.raises(FileError, match="CSV holds one rule of parts, not 2"):
        part_columns(vmopt.Instance.from_arrays([[1]], [[1]]), [INSIDE, INSIDE], "hosts.csv")


INSIDE = vmopt.Inside(["a"], {"a": [vmopt.Pieces("gpu")]}, ["b"], {"b": {"gpu": [{}]}})
