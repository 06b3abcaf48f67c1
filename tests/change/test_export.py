"""Plans for programs and shells: JSON, quoted names, commands, pictures; and the command line."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from matplotlib.figure import Figure

import vmopt
from tests.change.brute import draw, solution_of
from vmopt import io, plotting
from vmopt.change import read_plan, write_plan
from vmopt.cli import main

ODD = "web; rm -rf $HOME\n'x"


def plan(name: str = ODD) -> vmopt.Plan:
    cluster = vmopt.Instance.from_arrays(
        [[6], [3], [2]],
        [[8], [8]],
        current=[0, 1, -1],
        vm_names=[name, "stops", "starts"],
        vm_labels=[{"vmid": "101", "namespace": "shop"}, {}, {}],
    )
    return vmopt.plan(solution_of(cluster, np.array([1, -1, 0])), least_gain=None)


@pytest.mark.parametrize("tool", ["openstack", "qm", "virsh", "kubectl"])
def test_names_cannot_break_out(tool: str) -> None:
    """Tests that comments stay comments, and that commands are words of which the name is one."""
    lines = plan().shell(tool)
    assert lines[0].startswith("# planned")
    for line in lines:
        if line.startswith("#"):
            assert "\n" not in line
        elif "rm -rf" in line and tool in ("openstack", "virsh"):
            assert ODD in shlex.split(line)
    with pytest.raises(vmopt.OptionError, match="tool"):
        plan().shell("vmware")


def test_commands_are_those_of_each_tool() -> None:
    """Tests a move, a stop and a start."""
    made = plan("web")
    assert "openstack server migrate --live-migration --host host-1 --wait -- web" in made.shell("openstack")
    assert "openstack server shelve --offload --wait -- stops" in made.shell("openstack")
    assert "ssh root@host-0 'qm migrate 101 host-1 --online'" in made.shell("qm")
    assert "ssh root@host-0 'qm start starts'" in made.shell("qm")
    assert any("--desturi qemu+ssh://host-1/system" in line for line in made.shell("virsh"))
    assert any("/api/v1/namespaces/shop/pods/web/eviction" in line for line in made.shell("kubectl"))


@pytest.mark.parametrize("refusals", [2, 500])
def test_evictions_are_asked_for_again_while_a_budget_refuses_them(tmp_path: Path, refusals: int) -> None:
    """Tests the lines as a shell runs them, with a kubectl that refuses so often and a sleep that does not wait."""
    count, tools = tmp_path / "count", tmp_path / "tools"
    tools.mkdir()
    count.write_text("0")
    refuse = f'[ "$1" != create ] || {{ n=$(($(cat {count}) + 1)); echo $n > {count}; [ $n -gt {refusals} ]; }}'
    for tool, body in (("kubectl", refuse), ("sleep", ":")):
        (tools / tool).write_text(f"#!/bin/sh\n{body}\n")
        (tools / tool).chmod(0o755)
    lines = "\n".join(["set -e", *plan("web").shell("kubectl")])
    ended = subprocess.run(["bash", "-c", lines], env={"PATH": f"{tools}:/usr/bin:/bin"}, check=False)
    assert (ended.returncode == 0) == (refusals == 2)
    assert int(count.read_text()) == (4 if refusals == 2 else 180)


def test_json_says_what_waits_for_what() -> None:
    """Tests that the document is JSON, in an order that works, with the graph in it."""
    made = plan()
    document = json.loads(json.dumps(made.document()))
    assert [action["vm"] for action in document["actions"]] == [made.vm_name(action) for action in made.actions]
    assert all(before < action["number"] for action in document["actions"] for before in action["after"])
    assert {(a, n["number"]) for n in document["actions"] for a in n["after"]} == set(made.graph.edges)


def test_pictures_and_tables() -> None:
    """Tests that each action is a bar, that the text names it, and that HTML is escaped."""
    made = plan("<b>web</b>")
    ax = plotting.gantt(made, ax=Figure().subplots())
    assert len(ax.patches) == made.count() == 3
    assert "<b>web</b>" in str(made)
    assert "<b>web</b>" not in made._repr_html_()
    with pytest.raises(vmopt.OptionError, match="nothing to draw"):
        plotting.gantt(made.after(range(3)))


def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Tests plan, evacuate and headroom: their tables, files and exit codes."""
    cluster = vmopt.Instance.from_arrays(
        [[5], [4]], [[6], [6], [6]], current=[0, 1], vm_names=["a", "b"], host_names=["x", "y", "z"]
    )
    file, wanted = tmp_path / "c.json", tmp_path / "p.json"
    io.write_json(cluster, file)
    wanted.write_text(json.dumps({"a": "y", "b": "x"}))
    assert main(["plan", str(file), str(wanted), "--rule", "ban([a], [x])"]) == 0
    assert "1 park" in capsys.readouterr().out
    assert main(["plan", str(file), str(wanted)]) == 0
    assert "nothing worth moving" in capsys.readouterr().out
    output = tmp_path / "plan.json"
    assert main(["evacuate", str(file), "x", "-q", "--json", "-o", str(output)]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(output.read_text())
    assert json.loads(output.read_text())["actions"][0]["to"] == "z"
    assert main(["evacuate", str(file), "x", "-q", "--shell", "qm"]) == 0
    assert "qm migrate a z" in capsys.readouterr().out
    assert main(["headroom", str(file)]) == 0
    assert main(["headroom", str(file), "--failures", "2", "--json"]) == 1
    assert json.loads(capsys.readouterr().out.partition("survived")[2].partition("\n")[2])["headroom"] is False
    assert main(["headroom", str(file), "--over", "rack"]) == 2


def test_plans_come_back_from_files_as_they_were(tmp_path: Path) -> None:
    """Tests that a plan read is the plan written, follows its schema, and can be gone on with from a state half way."""
    for seed in range(40):
        instance, target = draw(seed)
        always = [vmopt.Spread(["vm-0", "vm-1"], most=2)]
        made = vmopt.plan(solution_of(instance, target), 3, 1, always=always, least_gain=None, tries=0)
        write_plan(made, tmp_path / "plan.json")
        jsonschema.validate(json.loads((tmp_path / "plan.json").read_text()), io.schema("plan"))
        again = read_plan(instance, tmp_path / "plan.json")
        assert (again.outcome, again.actions, again.settings) == (made.outcome, made.actions, made.settings)
        assert (again.always, again.blocking) == (made.always, made.blocking)
        assert set(again.graph.edges) == set(made.graph.edges)
        assert (again.current == made.current).all()
        assert (again.solution.host_index == made.solution.host_index).all()
        assert vmopt.verify_plan(again) == ()
        if made.actions:
            done = made.ready()[:1]
            assert again.after(done).document() == made.after(done).document()


def test_files_that_are_no_plans_are_refused(tmp_path: Path) -> None:
    """Tests what is of another instance, names nobody, or makes no sense."""
    made = plan("vm-0")
    write_plan(made, tmp_path / "plan.json")
    with pytest.raises(vmopt.FileError, match="another instance"):
        read_plan(draw(0)[0], tmp_path / "plan.json")
    whole = json.loads((tmp_path / "plan.json").read_text())
    for key, value, says in [
        ("outcome", "done", "use one of"),
        ("current", {"nobody": "host-0"}, "nobody"),
        ("actions", [{**whole["actions"][0], "after": [9]}], "after names 9"),
        ("actions", [{**whole["actions"][0], "to": "host-9"}], "host-9"),
        ("settings", {**whole["settings"], "at_once": 0}, "at_once"),
        ("extra", 1, "unknown"),
    ]:
        (tmp_path / "wrong.json").write_text(json.dumps({**whole, key: value}))
        with pytest.raises(vmopt.FileError, match=says):
            read_plan(made.instance, tmp_path / "wrong.json")


def test_plans_are_verified_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Tests that a plan which was tampered with is told from one that is right."""
    made = plan("vm-0")
    io.write_json(made.instance, tmp_path / "cluster.json")
    write_plan(made, tmp_path / "plan.json")
    assert main(["verify", str(tmp_path / "cluster.json"), str(tmp_path / "plan.json")]) == 0
    whole = json.loads((tmp_path / "plan.json").read_text())
    whole["actions"].pop()
    (tmp_path / "plan.json").write_text(json.dumps(whole))
    assert main(["verify", str(tmp_path / "cluster.json"), str(tmp_path / "plan.json")]) == 1
    assert "WRONG" in capsys.readouterr().out


def test_nodes_that_are_emptied_are_cordoned_first():
    """Tests that the scheduler brings nothing back, and that nodes which lose pods otherwise stay open."""
    cluster = vmopt.Instance.from_arrays([[4], [4]], [[8], [8], [8]], current=[0, 1], vm_names=["a/x", "a/y"])
    lines = vmopt.evacuate(cluster, "host-0", threads=1).shell("kubectl")
    assert [line for line in lines if "cordon" in line] == ["kubectl cordon host-0"]
    assert lines.index("kubectl cordon host-0") == 1
    apart = cluster.replace(current=[1, 1], rules=[vmopt.Spread(["a/x", "a/y"])])
    assert not [line for line in vmopt.plan(vmopt.solve(apart, threads=1)).shell("kubectl") if "cordon" in line]


def test_who_stops_because_it_may_not_move_is_named():
    cluster = vmopt.Instance.from_arrays([[4], [4]], [[8], [8]], current=[0, 0], rules=[vmopt.Keep("vm-1")])
    told = str(vmopt.evacuate(cluster, "host-0", threads=1))
    assert "vm-1: a rule forbids that they move, so they stop" in told


def test_times_without_a_bandwidth_say_so():
    rules = [vmopt.Empty("host-0")]
    cluster = vmopt.Instance.from_arrays([[2**30]], [[2**31]] * 2, resources=["memory"], current=[0], rules=rules)
    solution = vmopt.solve(cluster, threads=1)
    unsaid, said = vmopt.plan(solution), vmopt.plan(solution, bandwidth=2**30)
    assert not unsaid.is_paced
    assert "time     not known: say how much memory is copied in a second (bandwidth); at most 8" in str(unsaid)
    assert "seconds" not in str(unsaid)
    assert f"{2**30:,}" not in str(unsaid)
    assert said.is_paced
    assert "time     2 s (2 s one by one), at most 8 at once, 2 on a host" in str(said)
    assert "seconds" in str(said)
