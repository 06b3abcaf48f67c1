"""`vmopt plan`, `evacuate` and `headroom`."""

import json

import pytest

import vmopt
from vmopt import io
from vmopt.cli.codes import Exit


@pytest.fixture
def running():
    """Two hosts run something; vm-3 may start once vm-2 has left host-1."""
    return vmopt.Instance.from_arrays(
        [[4], [3], [2], [5]], [[8], [8], [4]], resources=["memory"], current=[0, 1, 1, -1]
    )


@pytest.fixture
def running_file(running, tmp_path):
    io.write_json(running, tmp_path / "cluster.json")
    return tmp_path / "cluster.json"


@pytest.fixture
def target_file(tmp_path):
    """All VMs on the first two hosts."""
    target = {"vm-0": "host-0", "vm-1": "host-1", "vm-2": "host-0", "vm-3": "host-1"}
    (tmp_path / "target.json").write_text(json.dumps(target))
    return tmp_path / "target.json"


def test_a_plan_is_shown_written_and_put_as_commands(run, running_file, target_file, tmp_path):
    ran = run("plan", running_file, target_file)
    assert ran.code == Exit.SOLVED
    assert "planned" in ran.out
    assert "vm-2" in ran.out
    said = json.loads(run("plan", running_file, target_file, "--json").out)
    assert run("plan", running_file, target_file, "-o", tmp_path / "plan.json").code == Exit.SOLVED
    assert json.loads((tmp_path / "plan.json").read_text()) == said
    assert [(action["vm"], action["to"]) for action in said["actions"]] == [("vm-2", "host-0"), ("vm-3", "host-1")]
    lines = run("plan", running_file, target_file, "--shell", "qm").out.splitlines()
    assert sum("qm migrate" in line for line in lines) == 1


def test_where_nothing_is_to_be_done_it_says_so(run, running_file, tmp_path):
    (tmp_path / "same.json").write_text(json.dumps({"vm-0": "host-0", "vm-1": "host-1", "vm-2": "host-1"}))
    ran = run("plan", running_file, tmp_path / "same.json")
    assert ran.code == Exit.SOLVED
    assert "nothing to do" in ran.out


def test_where_there_is_no_order_it_fails(run, tmp_path):
    full = vmopt.Instance.from_arrays([[8], [8]], [[8], [8]], resources=["memory"], current=[0, 1])
    io.write_json(full, tmp_path / "full.json")
    (tmp_path / "crossed.json").write_text(json.dumps({"vm-0": "host-1", "vm-1": "host-0"}))
    ran = run("plan", tmp_path / "full.json", tmp_path / "crossed.json")
    assert ran.code in (Exit.NO_PLACEMENT, Exit.SOLVED)
    assert ("no order" in ran.out) == (ran.code == Exit.NO_PLACEMENT)


def test_evacuating_a_host_leaves_it_empty(run, running_file):
    ran = run("evacuate", running_file, "host-1", "--json")
    assert ran.code == Exit.SOLVED
    actions = json.loads(ran.out)["actions"]
    assert {"vm-1", "vm-2"} <= {action["vm"] for action in actions}
    assert all(action["to"] != "host-1" for action in actions)


def test_a_host_that_is_not_there_is_refused(run, running_file):
    ran = run("evacuate", running_file, "host-9")
    assert ran.code == Exit.BAD_INPUT
    assert "host-9" in ran.err


def test_headroom_holds_until_too_many_fail(run, running_file):
    assert run("headroom", running_file).code == Exit.SOLVED
    ran = run("headroom", running_file, "--failures", 2, "--json")
    assert ran.code == Exit.NO_PLACEMENT
    assert json.loads(ran.out)["headroom"] is False


def test_an_instance_that_runs_nothing_has_no_plan(run, tmp_path, target_file):
    io.write_json(vmopt.Instance.from_arrays([[4], [3], [2]], [[8]] * 3), tmp_path / "new.json")
    ran = run("evacuate", tmp_path / "new.json", "host-1")
    assert ran.code == Exit.BAD_INPUT
    assert "current" in ran.err


def test_a_plan_that_stopped_is_gone_on_with(run, running_file, target_file, tmp_path):
    """Tests what is left by numbers and by where VMs run by now, and which options the first plan keeps."""
    path = tmp_path / "plan.json"
    first = run("plan", running_file, target_file, "--at-once", "3", "--per-host", "1", "-o", path)
    assert first.code == Exit.SOLVED
    every = json.loads(run("plan", running_file, "--from", path, "--json").out)
    assert [action["vm"] for action in every["actions"]] == ["vm-2", "vm-3"]
    left = json.loads(run("plan", running_file, "--from", path, "--done", "0", "--at-once", "5", "--json").out)
    assert [(action["vm"], action["to"]) for action in left["actions"]] == [("vm-3", "host-1")]
    assert (left["settings"]["at_once"], left["settings"]["per_host"]) == (5, 1)
    now = tmp_path / "now.json"
    now.write_text(json.dumps({"vm-0": "host-0", "vm-1": "host-1", "vm-2": "host-0"}))
    assert (
        json.loads(run("plan", running_file, "--from", path, "--now", now, "--json").out)["actions"]
        == (left["actions"])
    )
    assert "nothing to do" in run("plan", running_file, "--from", path, "--done", "0-1").out


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "nowhere to go"),
        (("--done", "0"), "--from"),
        (("--now", "now.json"), "--from"),
        (("--from", "plan.json", "--done", "1"), "waits for others"),
        (("--from", "plan.json", "--done", "9"), "names action 9"),
        (("--from", "plan.json", "--done", "0;1"), "such as 0,2,5-7"),
        (("--from", "plan.json", "--done", "1-0"), "such as 0,2,5-7"),
        (("--from", "plan.json", "--done", "0", "--now", "target.json"), "give one of them"),
        (("target.json", "--from", "plan.json"), "give one of them"),
        (("--from", "target.json"), "target.json"),
    ],
)
def test_what_makes_no_sense_of_an_earlier_plan_is_refused(
    run, running_file, target_file, tmp_path, monkeypatch, arguments, why
):
    monkeypatch.chdir(tmp_path)
    run("plan", running_file, target_file, "-o", "plan.json")
    ran = run("plan", running_file, *arguments)
    assert ran.code == Exit.BAD_INPUT
    assert why in ran.err
