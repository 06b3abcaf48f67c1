"""Containers, flavours and hosts in files, and `vmopt nest`."""

from __future__ import annotations

import json

import pytest

import vmopt
from tests.cli.conftest import run
from vmopt.cli.codes import Exit
from vmopt.errors import FileError
from vmopt.nesting.read import read_answer, read_nested

__all__ = ["run"]
DATA = {
    "format": "vmopt-nest",
    "version": 1,
    "containers": [{"name": f"web-{i}", "demand": {"cpu": 2}, "priority": 2} for i in range(3)],
    "flavors": [{"name": "small", "capacity": {"cpu": 4}, "overhead": {"cpu": 0.5}, "cost": 2}],
    "hosts": [{"name": "h1", "capacity": {"cpu": 9}}, {"name": "h2", "capacity": {"cpu": 5}}],
    "rules": [{"rule": "spread", "groups": ["web-0", "web-1"]}],
}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "containers.json"
    path.write_text(json.dumps(DATA))
    return path


def test_an_answer_is_written_and_read_back(run, file, tmp_path):
    ran = run("nest", file, "--json", "-t", 20, "-o", tmp_path / "answer.json", "--threads", 1)
    assert ran.code == Exit.SOLVED
    told, nested = json.loads(ran.out), read_nested(file)
    vms, vm_of = read_answer(nested, tmp_path / "answer.json")
    assert [(row["flavor"], row["host"]) for row in told["vms"]] == [
        ("small", nested.cluster.host_names[h]) for _, h in vms
    ]
    assert told["placement"] == {f"web-{i}": int(vm) for i, vm in enumerate(vm_of)}
    assert vmopt.verify_nest(nested, vms, vm_of) == ()
    assert [level["value"] for level in told["levels"]][1] == 4


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"flavors": [{"name": "small"}]}, "no 'capacity'"),
        ({"hosts": [{"name": "h1", "capacity": {"cpu": 9}, "colour": 3}]}, "unknown key 'colour'"),
        ({"containers": [3]}, "no object"),
        ({"format": "vmopt-instance"}, "expected 'vmopt-nest'"),
    ],
)
def test_files_that_make_no_sense_are_refused(run, file, changed, said):
    file.write_text(json.dumps({**DATA, **changed}))
    ran = run("nest", file)
    assert ran.code == Exit.BAD_INPUT
    assert said in " ".join(ran.err.split())


@pytest.mark.parametrize("changed", [{"placement": {"web-0": 7}}, {"placement": {"db": 0}}, {"vms": [{"flavor": "s"}]}])
def test_answers_of_other_data_are_refused(file, tmp_path, changed):
    nested, path = read_nested(file), tmp_path / "answer.json"
    written = vmopt.nest(
        [vmopt.VM("web-0", {"cpu": 2})], nested.flavors, [vmopt.Host("h1", {"cpu": 9})], threads=1
    ).document()
    path.write_text(json.dumps({**written, **changed}))
    with pytest.raises(FileError):
        read_answer(nested, path)


def answered(run, file, tmp_path, **changed):
    path = tmp_path / "answer.json"
    assert run("nest", file, "--threads", 1, "-o", path, "--json").code == Exit.SOLVED
    path.write_text(json.dumps({**json.loads(path.read_text()), **changed}))
    return path


def test_an_answer_is_checked_and_its_prices_prove_its_bounds(run, file, tmp_path):
    ran = run("verify", file, answered(run, file, tmp_path), "--json")
    assert ran.code == Exit.SOLVED
    told = {row["what"]: row["holds"] for row in json.loads(ran.out)}
    assert told == dict.fromkeys(("placement", "utilisation", "bound of utilisation", "cost", "bound of cost"), True)


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"placement": {"web-0": 0, "web-1": 0, "web-2": 0}}, "placement"),
        ({"levels": [{"goal": "cost", "value": 2, "bound": 2}]}, "cost"),
        ({"levels": [{"goal": "cost", "value": 4, "bound": 6}]}, "bound of cost"),
    ],
)
def test_what_an_answer_claims_wrongly_is_found(run, file, tmp_path, changed, wrong):
    ran = run("verify", file, answered(run, file, tmp_path, **changed), "--json")
    assert ran.code == Exit.NO_PLACEMENT
    assert wrong in [row["what"] for row in json.loads(ran.out) if row["holds"] is False]


def test_a_bound_that_no_price_proves_is_open(run, file, tmp_path):
    ran = run("verify", file, answered(run, file, tmp_path, prices=[]), "--json")
    assert [row["holds"] for row in json.loads(ran.out) if row["what"] == "bound of cost"] == [None]


@pytest.mark.parametrize("prices", [[3], [{"inside": [1, 2, 3], "vms": [0], "worth": 1, "costs": False}]])
def test_prices_of_other_data_are_refused(run, file, tmp_path, prices):
    ran = run("verify", file, answered(run, file, tmp_path, prices=prices))
    assert ran.code == Exit.BAD_INPUT
    assert "prices that do not fit" in " ".join(ran.err.split())
