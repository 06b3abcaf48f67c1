"""Rules in instance files: exact round trips, the schema, errors that name file and rule, and fingerprints."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vmopt
from tests.rules.stated import rules
from tests.thorough import few
from vmopt import io
from vmopt.errors import FileError, InstanceError
from vmopt.io.json_rules import read_rules, rules_document
from vmopt.rules import RULES, Groups, Transient

CLUSTER = vmopt.Instance.from_arrays(
    [[1], [1], [2]],
    [[4], [4]],
    resources=["cpu"],
    vm_names=["web-1", "web-2", "db"],
    vm_labels=[{"app": "web"}, {"app": "web"}, {"app": "db"}],
    host_labels=[{"rack": "r1"}, {"rack": "r2"}],
)
EVERY = {
    "spread": vmopt.Spread([["web-1", "web-2"], ["db"]], over="rack", most=[1, 2]),
    "skew": vmopt.Skew.by_label("app", over="rack", least_domains=2),
    "reach": vmopt.Reach("web-*", over="rack", least=2),
    "gather": vmopt.Gather(np.array([0, 0, -1]), within="rack"),
    "whole": vmopt.Whole(["web-1", "db"], least=1),
    "apart": vmopt.Apart("web-1", "db"),
    "alone": vmopt.Alone("db"),
    "near": vmopt.Near("db", "web-*", over="rack"),
    "fence": vmopt.Fence("db", Groups.labelled("rack", "r1")),
    "ban": vmopt.Ban(np.array([True, False, False]), "host-1"),
    "quota": vmopt.Quota(2.5, over="rack", resource="cpu", of="web-*"),
    "empty": vmopt.Empty("host-1"),
    "must-run": vmopt.MustRun("db"),
    "keep": vmopt.Keep("web-1"),
    "resident": vmopt.Resident("web-1"),
    "quarantine": vmopt.Quarantine("host-1"),
    "most-moves": vmopt.MostMoves(3, most_out=1),
    "transient": Transient(),
}


def with_rules(folder: Path, given: Any, **more: Any) -> Path:
    """Write the cluster with these rules as a file has them."""
    file = folder / "cluster.json"
    io.write(CLUSTER, file)
    file.write_text(json.dumps({**json.loads(file.read_text()), "version": 2, "rules": given, **more}))
    return file


@pytest.mark.parametrize("name", RULES)
@settings(max_examples=few(30), deadline=None)
@given(data=st.data())
def test_reading_what_was_written_gives_an_equal_rule(name: str, data: Any) -> None:
    """Tests the round trip of every rule, and that it follows the schema."""
    rule = data.draw(rules(name))
    document = json.loads(json.dumps(rules_document([rule])))
    assert read_rules(document, "rules") == [rule]
    follows_the_schema().validate(document[0])


@cache
def follows_the_schema() -> jsonschema.Draft202012Validator:
    """Return what validates one rule; the schema itself is checked once."""
    schema = {**io.schema("instance"), "$ref": "#/$defs/rule"}
    for key in ("properties", "required", "additionalProperties", "allOf", "type"):
        schema.pop(key)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("layout", ["rows", "columns"])
@pytest.mark.parametrize("suffix", ["json", "json.gz"])
def test_an_instance_with_many_rules(tmp_path: Path, layout: Any, suffix: str) -> None:
    """Tests that an instance with rules of all sorts comes back equal, as the schema says."""
    assert set(EVERY) <= set(RULES)
    instance, file = (
        CLUSTER.replace(rules=list(EVERY.values()), current=[0, -1, 1], transient="cpu"),
        tmp_path / f"cluster.{suffix}",
    )
    io.write_json(instance, file, layout=layout)
    again = io.read(file)
    assert again == instance
    assert io.fingerprint(again) == io.fingerprint(instance)
    if suffix == "json":
        document = json.loads(file.read_text())
        jsonschema.validate(document, io.schema("instance"))
        assert document["version"] == 2
        assert document["rules"][0] == {
            "rule": "spread",
            "groups": [["web-1", "web-2"], ["db"]],
            "over": "rack",
            "most": [1, 2],
        }
        assert document["rules"][3]["groups"] == {"column": [0, 0, -1]}


def test_files_without_rules_stay_as_they_were(tmp_path: Path) -> None:
    """Tests that version 1 is written, and no key of rules, where there is neither latency nor rule."""
    io.write(CLUSTER, tmp_path / "cluster.json")
    document = json.loads((tmp_path / "cluster.json").read_text())
    assert document["version"] == 1
    assert "rules" not in document


def test_rules_by_hand(tmp_path: Path) -> None:
    """Tests what people may write: a name alone, a label, and limit for quota."""
    file = with_rules(
        tmp_path,
        [
            {"rule": "empty", "hosts": "host-1"},
            {"rule": "spread", "groups": {"label": "app", "value": "web"}, "most": 1},
            {"rule": "limit", "most": 3, "over": None},
        ],
    )
    jsonschema.validate(json.loads(file.read_text()), io.schema("instance"))
    web = vmopt.Spread(Groups.labelled("app", "web"))
    assert io.read(file).rules == (vmopt.Empty("host-1"), web, vmopt.Quota(3))


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, "rules is {}: expected an array."),
        ([3], "rules[0] is 3: expected an object."),
        ([{"groups": "web-1"}], "rules[0]: key 'rule' is missing."),
        ([{"rule": "sprad"}], "rules[0], sprad: there is no rule 'sprad' (did you mean 'spread'?)"),
        ([{"rule": "Spread", "groups": "db"}], "rules[0], Spread: a file calls this rule 'spread'."),
        ([{"rule": "spread"}], "rules[0], spread: spread lacks 'groups'"),
        ([{"rule": "spread", "groups": "db", "max": 1}], "rules[0], spread: spread has no parameter 'max'"),
        ([{"rule": "spread", "groups": [1]}], "rules[0], spread: groups is [1]: expected names, lists of names, a"),
        ([{"rule": "spread", "groups": 3}], "rules[0], spread: a rule speaks of 3"),
        ([{"rule": "spread", "groups": {}}], "rules[0], spread: groups of a rule are told by names"),
        ([{"rule": "spread", "groups": {"labl": "app"}}], "rules[0], spread: groups: key 'labl' is unknown"),
        ([{"rule": "spread", "groups": {"value": "web"}}], "rules[0], spread: groups has a value of no label"),
        ([{"rule": "spread", "groups": {"column": [0, 1.5]}}], "spread: groups: column holds [0,1.5]: expected an"),
        ([{"rule": "spread", "groups": {"column": [2**63]}}], "spread: groups: column holds a number that is too"),
        ([{"rule": "spread", "groups": {"names": ["a"]}}], 'spread: groups: names are ["a"]: expected lists of'),
        ([{"rule": "spread", "groups": "db", "most": "2"}], "rules[0], spread: most of Spread is '2': give an integer"),
        (
            [{"rule": "spread", "groups": "db", "most": [[1], [2, 3]]}],
            "rules[0], spread: most is [[1],[2,3]]: expected",
        ),
        (
            [{"rule": "spread", "groups": "db", "most": True}],
            "rules[0], spread: most is true: expected an integer, or one for each group",
        ),
        (
            [{"rule": "spread", "groups": "db", "over": ["rack"]}],
            'rules[0], spread: over is ["rack"]: expected a string',
        ),
        ([{"rule": "quota", "most": 1, "resource": 3}], "rules[0], quota: resource of Quota is 3"),
    ],
)
def test_errors_name_file_and_rule(tmp_path: Path, given: Any, problem: str) -> None:
    """Tests that what makes no sense is refused with its place."""
    file = with_rules(tmp_path, given)
    with pytest.raises(FileError, match=f"{re.escape(str(file))}: .*{re.escape(problem)}"):
        io.read(file)


def test_a_rule_of_nobody_is_refused(tmp_path: Path) -> None:
    """Tests that names that are not there are told with the file."""
    file = with_rules(tmp_path, [{"rule": "must-run", "vms": ["cache"]}])
    with pytest.raises(InstanceError, match=f"{re.escape(str(file))}: a rule speaks of VM 'cache'"):
        io.read(file)


def test_rules_of_ones_own_are_not_written(tmp_path: Path) -> None:
    """Tests that a rule that could not be read again is refused, not left out."""

    class Own(vmopt.Spread):
        name = "own"

    with pytest.raises(FileError, match="a file cannot hold this rule: Own is none of spread"):
        io.write(CLUSTER.replace(rules=[Own("db")]), tmp_path / "cluster.json")
    assert not (tmp_path / "cluster.json").exists()


def test_fingerprints_tell_rules_apart() -> None:
    """Tests that rules, and the labels they look at, are in the fingerprint; their order is not."""
    app = vmopt.Spread.by_label("app", over="rack")
    running = CLUSTER.replace(current=[0, -1, 1], transient="cpu")
    alike = [CLUSTER, running, *(running.replace(rules=[rule]) for rule in EVERY.values())]
    alike += [CLUSTER.replace(rules=[app]), CLUSTER.replace(rules=[app, app])]
    alike += [alike[-2].replace(vm_labels=[{"app": name} for name in names]) for names in ("aba", "abb")]
    alike += [alike[-3].replace(host_labels=[{"rack": "r1"}] * 2)]
    assert len({io.fingerprint(instance) for instance in alike}) == len(alike)
    one, other = (CLUSTER.replace(rules=pair) for pair in ([app, EVERY["empty"]], [EVERY["empty"], app]))
    assert io.fingerprint(one) == io.fingerprint(other)


def test_solutions_are_of_an_instance_with_its_rules(tmp_path: Path) -> None:
    """Tests that a solution is read with the rules it was made for, and refused by those it was not."""
    fenced = CLUSTER.replace(rules=[vmopt.Empty("host-1")])
    io.write_solution(vmopt.solve(fenced), tmp_path / "solution.json")
    assert io.read_solution(fenced, tmp_path / "solution.json").n_placed == 3
    with pytest.raises(FileError, match="the solution of another instance"):
        io.read_solution(CLUSTER, tmp_path / "solution.json")
