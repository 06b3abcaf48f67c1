"""`vmopt check`, `explain`, `rank` and `what-if`."""

from __future__ import annotations

import json

import pytest

import vmopt
from vmopt import io
from vmopt.cli.codes import Exit


@pytest.fixture
def solution_file(cluster, tmp_path):
    """A placement that leaves VMs out."""
    path = tmp_path / "placement.json"
    io.write_solution(vmopt.solve(cluster, gap=0, threads=1), path)
    return path


def test_explain_tells_one_vm(run, cluster_file, solution_file):
    """Tests text and JSON of one VM."""
    ran = run("explain", cluster_file, solution_file, "huge")
    assert ran.code == Exit.SOLVED
    assert "huge fits no host, even when it is empty." in ran.out
    said = json.loads(run("explain", cluster_file, solution_file, "huge", "--json").out)
    assert (said["kind"], said["hosts"][0]["why"]) == ("fits no host", "too small")


def test_explain_tells_all(run, cluster_file, solution_file, cluster):
    """Tests the report as text and as JSON."""
    ran = run("explain", cluster_file, solution_file)
    assert ran.code == Exit.SOLVED
    assert "fits no host" in ran.out
    said = json.loads(run("explain", cluster_file, solution_file, "--json").out)
    assert said["unplaced"] == sum(row["vms"] for row in said["reasons"]) > 0
    assert said["vms"] == cluster.n_vms


def test_explain_refuses_what_is_not_there(run, cluster_file, solution_file):
    """Tests one line on stderr for an unknown VM, and for a file that is no solution."""
    ran = run("explain", cluster_file, solution_file, "nobody")
    assert (ran.code, ran.out) == (Exit.BAD_INPUT, "")
    assert "there is no VM 'nobody'" in ran.err
    assert run("explain", cluster_file, cluster_file).code == Exit.BAD_INPUT


@pytest.mark.parametrize("sort", ["json", "csv"])
def test_bare_placements_are_taken(run, cluster_file, solution_file, tmp_path, sort):
    """Tests that a map of names, and a table, answer as the solution does, for each command that reads one."""
    placement = json.loads(solution_file.read_bytes())["placement"]
    bare = tmp_path / f"bare.{sort}"
    rows = "".join(f"{vm},{host}\n" for vm, host in placement.items() if host)
    bare.write_text(f"vm,host\n{rows}" if sort == "csv" else json.dumps(placement))
    for command, *options in (
        ["explain"],
        ["explain", "huge"],
        ["rank", "--vm", '{"cpu": 1}'],
        ["what-if", "--fail", "h1"],
    ):
        given = [run(command, cluster_file, path, *options) for path in (solution_file, bare)]
        assert [ran.code for ran in given] == [Exit.SOLVED] * 2
        assert given[0].out.splitlines()[0] == given[1].out.splitlines()[0]


def test_bare_placements_that_do_not_fit_are_refused(run, cluster_file, tmp_path, cluster):
    """Tests one line on stderr for more than a host has, and for a host that is not there."""
    bare = tmp_path / "bare.json"
    for host in ("h1", "nowhere"):
        bare.write_text(json.dumps(dict.fromkeys(cluster.vm_names, host)))
        ran = run("explain", cluster_file, bare)
        assert (ran.code, ran.out, ran.err.count("\n")) == (Exit.BAD_INPUT, "", 1)


def test_bare_placements_have_their_levels(run, tmp_path):
    """Tests that whoever stays out for the sake of the first level is not told that a higher priority is enough."""
    cluster = vmopt.Instance.from_arrays([[4], [4]], [[4], [4]], vm_names=["a", "b"], host_names=["h1", "h2"])
    levels = vmopt.Objective(levels=[vmopt.FewestHosts(), vmopt.Utilisation()])
    file, bare = tmp_path / "c.json", tmp_path / "p.json"
    io.write(cluster.replace(objective=levels, rules=[vmopt.MustRun(["a"])]), file)
    bare.write_text(json.dumps({"a": "h1"}))
    said = json.loads(run("explain", file, bare, "b", "--json").out)
    [place] = [step for step in said["steps"] if step["kind"] == "place"]
    assert place["levels"]
    assert not any(step["kind"] == "priority" for step in said["steps"])


def test_names_are_plain_text(run, tmp_path):
    """Tests that markup and control characters in names are shown, not obeyed."""
    cluster = vmopt.Instance.from_arrays(
        [[9], [3]], [[4]], vm_names=["[bold]a\x1b[2J", "b"], host_names=["[red]h"], resources=["cpu"]
    )
    file, placed = tmp_path / "c.json", tmp_path / "p.json"
    io.write(cluster, file)
    io.write_solution(vmopt.solve(cluster), placed)
    for command in (
        ["explain", file, placed],
        ["explain", file, placed, "[bold]a\x1b[2J"],
        ["rank", file, placed, "--vm", '{"cpu": 1}'],
        ["what-if", file, placed, "--drain", "[red]h"],
    ):
        ran = run(*command)
        assert ran.code == Exit.SOLVED
        assert "\x1b" not in ran.out
        assert "[bold]a\\x1b[2J" in ran.out or "[red]h" in ran.out


def test_rank_shows_hosts(run, cluster_file, solution_file):
    """Tests demands, whole VMs, and the code where no host takes it."""
    ran = run("rank", cluster_file, solution_file, "--vm", '{"cpu": 0, "memory": 1}', "--top", 1, "--json")
    said = json.loads(ran.out)
    assert (ran.code, len(said["hosts"]), said["vm"]) == (Exit.SOLVED, 1, "new")
    whole = '{"name": "db", "demand": {"memory": 1}, "priority": 2}'
    assert "take the VM db" in run("rank", cluster_file, solution_file, "--vm", whole).out
    ran = run("rank", cluster_file, solution_file, "--vm", '{"cpu": 100}')
    assert ran.code == Exit.NO_PLACEMENT
    assert "No host takes the VM new" in ran.out


@pytest.mark.parametrize(
    "given", ["{", '{"cpu": "much"}', '{"gpu": 1}', '{"name": "x", "demand": {}, "size": 1}', "web", "nobody"]
)
def test_rank_refuses_what_is_no_vm(run, cluster_file, solution_file, given):
    """Tests one line on stderr for each."""
    ran = run("rank", cluster_file, solution_file, "--vm", given)
    assert (ran.code, ran.out) == (Exit.BAD_INPUT, "")
    assert ran.err.startswith("vmopt: error: ")


def test_what_if_takes_every_change(run, cluster_file, solution_file):
    """Tests that all options come through, in JSON and as a table."""
    changes = ["--add-host", '{"name": "h9", "capacity": {"cpu": 16, "memory": 64}}']
    changes += ["--add-vm", '{"name": "db", "demand": {"cpu": 1}}', "--resize", 'mail={"cpu": 1}', "--priority", "ci=9"]
    changes += ["--add-rule", "ban([ci], [h9])", "--drain", "h2", "--fail", "h1"]
    ran = run("what-if", cluster_file, solution_file, *changes, "--json")
    said = json.loads(ran.out)
    assert ran.code == Exit.SOLVED
    assert len(said["changes"]) == 7
    assert said["changes"][2] == "1 host more: h9"
    assert "ci" in said["stops"] or "ci" not in said["starts"]
    assert "db" in said["starts"]
    ran = run("what-if", cluster_file, solution_file, "--remove-host", "h1")
    assert "without h1" in ran.out
    assert "stops" in ran.out
    assert "nothing is different" in run("what-if", cluster_file, solution_file).out


def test_what_if_drops_rules_by_number(run, cluster, tmp_path):
    """Tests that a VM that a rule kept off runs without it, and the code where nothing can be placed."""
    file, placed = tmp_path / "c.json", tmp_path / "p.json"
    ruled = cluster.replace(rules=[vmopt.Empty(["h1", "h2"])])
    io.write(ruled, file)
    io.write_solution(vmopt.solve(ruled), placed)
    said = json.loads(run("what-if", file, placed, "--drop-rule", 0, "--json").out)
    assert "web" in said["starts"]
    ran = run("what-if", file, placed, "--add-rule", "must-run([web])")
    assert ran.code == Exit.NO_PLACEMENT
    assert "because" in ran.out


@pytest.mark.parametrize(
    "change",
    [["--fail", "h7"], ["--resize", "web"], ["--priority", "web=high"], ["--drop-rule", "3"], ["--add-host", "[]"]],
)
def test_what_if_refuses_what_makes_no_sense(run, cluster_file, solution_file, change):
    """Tests one line on stderr for each."""
    ran = run("what-if", cluster_file, solution_file, *change)
    assert (ran.code, ran.out) == (Exit.BAD_INPUT, "")


def test_check_tells_conflicts_by_its_code(run, cluster_file):
    """Tests codes and texts of an instance with a placement, with none, and with VMs that only never run."""
    assert run("check", cluster_file).code == Exit.SOLVED
    ran = run("check", cluster_file, "--rule", "must-run([huge])")
    assert ran.code == Exit.NO_PLACEMENT
    assert "1 VM that must run: huge" in ran.out
    ran = run("check", cluster_file, "--rule", "empty([h1, h2])")
    assert ran.code == Exit.SOLVED
    assert "never runs" in ran.out
    said = json.loads(run("check", cluster_file, "--rule", "must-run([huge])", "--json").out)
    assert said["placement"] is False
    assert said["conflict"]["vms"] == ["huge"]
    assert said["contradictions"][0]["fatal"]


def test_check_is_honest_without_time(run, cluster_file):
    """Tests the code where it was not found out whether there is a placement."""
    ran = run("check", cluster_file, "--rule", "must-run([web, mail, ci])", "--time-limit", 0)
    assert ran.code == Exit.UNPROVEN
    assert "not found out in time" in ran.out


def test_sensitivity_tells_prices_and_what_to_buy(run, cluster_file, solution_file, cluster):
    """Tests the tables, JSON with costs, and that what makes no sense is refused in a line."""
    ran = run("sensitivity", cluster_file, solution_file)
    assert ran.code == Exit.SOLVED
    assert "buy next" in ran.out
    said = json.loads(run("sensitivity", cluster_file, solution_file, "--cost", "h1=1000000", "--json").out)
    assert {(row["host"], row["resource"]) for row in said["prices"]} == {
        (host, resource) for host in ("h1", "h2") for resource in cluster.resources
    }
    assert [row["host"] for row in said["purchases"]] == ["h2", "h1"]
    assert said["complete"]
    for cost in ("h1", "h1=much", "h1=0", "h9=1"):
        ran = run("sensitivity", cluster_file, solution_file, "--cost", cost)
        assert (ran.code, ran.out) == (Exit.BAD_INPUT, "")
        assert ran.err.startswith("vmopt: error: ")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (["--add-vm", '{"nam": "x"}'], "there is no 'nam' (did you mean 'name'?)"),
        (["--add-vm", '{"name": "x"}'], "'demand' is missing"),
        (["--add-host", '{"name": "x", "cpu": 4}'], "there is no 'cpu': known are name, capacity"),
        (["--priority", "hug=3"], "there is no VM 'hug' (did you mean 'huge'?)"),
        (["--drop-rule", "3"], "there is no rule 3: none is left to drop"),
        (["--resize", "web"], """give NAME=..., such as web-1={"cpu": 4}"""),
        (["--priority", "web"], "give NAME=..., such as web-1=5"),
    ],
)
def test_what_is_typed_wrong_is_told_with_what_is_like_it(run, cluster_file, solution_file, change, said):
    """Tests one line that names the wrong word."""
    ran = run("what-if", cluster_file, solution_file, *change)
    assert ran.code == Exit.BAD_INPUT
    assert said in ran.err
    assert len(ran.err.strip().splitlines()) == 1


@pytest.mark.parametrize("asked", [["explain"], ["what-if", "--fail", "h1"], ["rank", "--vm", "web"]])
def test_a_placement_that_does_not_fit_is_told_with_what_mends_it(run, cluster, cluster_file, solution_file, asked):
    """Tests one over capacity, one that breaks a rule, and one of other data."""
    command, *more = asked
    said = json.loads(solution_file.read_text())
    names = list(cluster.vm_names)

    def told(placement, instance=cluster):
        written = {**said, "instance": io.fingerprint(instance), "placement": placement}
        left = [name for name in names if name not in placement]
        solution_file.write_text(json.dumps({**written, "unplaced": left}))
        io.write(instance, cluster_file)
        ran = run(command, cluster_file, solution_file, *more)
        assert (ran.code, ran.out) == (2, "")
        return ran.err

    crowded = told(dict.fromkeys(names, cluster.host_names[0]))
    assert "does not fit: host" in crowded
    assert "more, which 'vmopt verify' lists). Solve the instance anew by 'vmopt solve FILE --warm-start" in crowded
    placed = said["placement"]
    shut = cluster.replace(rules=[vmopt.Ban(next(iter(placed)), next(iter(placed.values())))])
    assert "breaks a rule: " in told(placed, shut)
    solution_file.write_text(json.dumps(said))
    other = run(command, cluster_file, solution_file, *more)
    assert "of another instance: read it with the one that was solved, with the --goal" in other.err
    assert "or solve this one by 'vmopt solve" in other.err
