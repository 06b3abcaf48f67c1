"""`--goal`, `--slack` and `vmopt goals`: levels are taken from text, shown, verified, and refused with a hint."""

from __future__ import annotations

import json

import pytest

import vmopt
from vmopt import Balance, FewestHosts, Objective, Utilisation, io
from vmopt.goals.catalogue import GOALS

PACKED = ["--goal", "utilisation", "--goal", "fewest-hosts(power)", "--goal", "balance(cpu)"]
LOOSE = ["--goal", "utilisation", "--goal", "fewest-hosts", "--slack", "0.35", "--slack", "0"]


@pytest.fixture
def hosts_file(tmp_path):
    """Four VMs that fit on two of four hosts, two of which draw less."""
    power = ("90", "90", "50", "50")
    path = tmp_path / "hosts.json"
    cluster = vmopt.Instance.from_arrays(
        [[3], [3], [4], [2]], [[8]] * 4, resources=["cpu"], host_labels=[{"power": watts} for watts in power]
    )
    io.write(cluster, path)
    return path


@pytest.fixture
def solved(run, hosts_file, tmp_path):
    """A solution with levels, in a file, and what was printed."""
    path = tmp_path / "packed.json"
    ran = run("solve", hosts_file, *PACKED, "-q", "-o", path, "--threads", 1)
    assert ran.code == 0
    return path, ran.out


def test_levels_come_one_after_the_other(solved):
    """Tests that all run, on the cheapest hosts, as evenly as these allow; and that the summary says so."""
    path, out = solved
    goals = json.loads(path.read_text())["goals"]
    assert [(row["goal"], row["value"], row["status"]) for row in goals] == [
        ("utilisation", 0.375, "optimal"),
        ("fewest-hosts(power)", 100.0, "optimal"),
        ("balance-max(cpu)", 0.75, "optimal"),
    ]
    assert "each level proven" in out
    assert "75.00 %" in out
    assert [line.split()[0] for line in out.splitlines()[-3:]] == [row["goal"] for row in goals]


def test_what_reads_a_solution_takes_its_goals(run, solved, hosts_file, tmp_path):
    """Tests that a page, reasons and ranks are of a solution with levels; without its goals that is said."""
    path, page = solved[0], tmp_path / "page.html"
    assert run("report", hosts_file, path, *PACKED, "-q", "-o", page).code == 0
    assert "fewest-hosts(power)" in page.read_text()
    assert run("explain", hosts_file, path, *PACKED).out.split()[:2] == ["VMs", "0"]
    ranked = run("rank", hosts_file, path, "--vm", '{"cpu": 2}', *PACKED).out.splitlines()
    assert "fewest-hosts(power)" in next(line for line in ranked if line.startswith("host "))
    for command in (["report", "-q", "-o", page], ["explain"], ["sensitivity"]):
        refused = run(command[0], hosts_file, path, *command[1:])
        assert refused.code == 2
        assert "with the --goal, --slack, --rule and --weighting of then" in refused.err


def test_slack_is_given_up_and_read_back(run, hosts_file, tmp_path):
    """Tests that a level may lose its slack to the next one, no more, and that the file is borne out by the data."""
    strict = json.loads(run("solve", hosts_file, *LOOSE[:4], "-q", "--json").out)["goals"]
    path = tmp_path / "loose.json"
    assert run("solve", hosts_file, *LOOSE, "-q", "-o", path).code == 0
    loose = json.loads(path.read_text())["goals"]
    assert [row["value"] for row in strict] == [0.375, 2.0]
    assert loose[1]["value"] == 1.0
    assert 0.375 * 0.65 <= loose[0]["value"] < 0.375
    assert run("verify", hosts_file, path, *LOOSE).code == 0
    assert io.read_solution(io.read(hosts_file).replace(objective=_loose()), path).levels[0].status == "optimal"


def test_more_than_the_slack_is_no_optimum(run, hosts_file, tmp_path):
    """Tests that a file whose first level lost more than it may is refused."""
    path = tmp_path / "loose.json"
    assert run("solve", hosts_file, *LOOSE, "-q", "-o", path).code == 0
    document = json.loads(path.read_text())
    less = io.read(hosts_file).replace(objective=Objective(levels=_loose().levels, slack=[0.01, 0]))
    document["instance"] = io.fingerprint(less)
    path.write_text(json.dumps(document))
    ran = run("verify", hosts_file, path, *LOOSE[:4], "--slack", "0.01", "--slack", "0")
    assert ran.code == 1
    assert "utilisation is not optimal" in " ".join(ran.out.split())


def _loose():
    return Objective(levels=[Utilisation(), FewestHosts()], slack=[0.35, 0])


def test_verify_says_what_each_level_rests_on(run, hosts_file, solved):
    """Tests that claims are open, that what was made worse is found, and that other levels are other data."""
    path, _ = solved
    ran = run("verify", hosts_file, path, *PACKED)
    assert ran.code == 0
    assert "fewest-hosts(power)  open: 100.0, bound 100.0, claimed by" in ran.out
    assert "other data" in run("verify", hosts_file, path).out
    document = json.loads(path.read_text())
    document["goals"][1]["value"] = 99.0
    path.write_text(json.dumps(document))
    wrong = run("verify", hosts_file, path, *PACKED)
    assert wrong.code == 1
    assert "claims value 99.0, but the placement has 100.0" in " ".join(wrong.out.split())


def test_levels_of_the_file_need_no_option(run, hosts_file, tmp_path):
    """Tests that show names the levels of an instance, that solve serves them, and that --slack changes theirs."""
    goals = Objective(levels=[Utilisation("demand"), FewestHosts("power") + 0.5 * Balance("cpu")], slack=0.01)
    own = tmp_path / "own.json"
    io.write(io.read(hosts_file).replace(objective=goals), own)
    shown = run("show", own)
    assert shown.code == 0
    assert "demand weighting; in turn utilisation, fewest-hosts(power) + 0.5 balance-max(cpu)" in shown.out
    said = json.loads(run("solve", own, "-q", "--json").out)
    assert [row["goal"] for row in said["goals"]] == ["utilisation", "fewest-hosts(power) + 0.5 balance-max(cpu)"]
    loose = io.read(own).replace(objective=Objective(levels=goals.levels, slack=0.2))
    assert json.loads(run("solve", own, "--slack", "0.2", "-q", "--json").out)["instance"] == io.fingerprint(loose)


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        (
            ["--goal", "fewest-host"],
            "goal 'fewest-host': there is no goal 'fewest-host' (did you mean 'fewest-hosts'?)",
        ),
        (["--goal", "balance(cpu, knd=max)"], "balance has no parameter 'knd': it takes resources, kind, level"),
        (["--goal", "balance(disk)"], "balance speaks of resource 'disk', but the resources are cpu"),
        (["--goal", "fewest-hosts(watts)"], "host 'host-0' has no label 'watts' to read its cost from"),
        (["--goal", "balance(cpu"], "a ',' or a ')' is missing"),
        (["--goal", "balance", "--goal", "balance"], "goal balance-max is in two levels"),
        (["--slack", "0.1"], "--slack needs levels: say which with --goal"),
        (["--goal", "balance", "--slack", "-1"], "give numbers of at least 0"),
        (["--goal", "balance", "--slack", "0.1", "--slack", "0.1"], "there are 2 slacks for 1"),
    ],
)
def test_goals_that_make_no_sense(run, hosts_file, asked, problem):
    """Tests that each is refused in one line, with code 2."""
    ran = run("solve", hosts_file, *asked)
    assert (ran.code, ran.out) == (2, "")
    assert problem in ran.err
    assert ran.err.count("\n") == 1


def test_the_list(run):
    """Tests that every goal is listed with its form and its meaning, and as JSON."""
    ran = run("goals")
    assert ran.code == 0
    assert all(name in ran.out for name in GOALS)
    assert "fewest-hosts(cost=None)" in ran.out
    listed = json.loads(run("goals", "--json").out)
    assert [goal["name"] for goal in listed] == list(GOALS)
    assert all(goal["summary"] and goal["text"] for goal in listed)


def test_one_of_them(run):
    """Tests that a goal is told in full, whatever its name is written like, and that another is refused."""
    ran = run("goals", "FewestHosts")
    assert ran.code == 0
    assert ran.out.startswith("fewest-hosts(cost=None)\n\nSum of the costs")
    assert json.loads(run("goals", "balance", "--json").out)["parameters"]["kind"] == "max"
    wrong = run("goals", "balanse")
    assert (wrong.code, wrong.out) == (2, "")
    assert "did you mean 'balance'" in wrong.err


def test_methods_are_compared_by_goals(run, hosts_file):
    """Tests that a comparison tells what each placement has of the goals."""
    asked = ["--goal", "utilisation", "--goal", "fewest-hosts"]
    ran = run("compare", hosts_file, *asked, "-m", "greedy-priority,exact", "--ties", "none", "-q", "--threads", 1)
    assert ran.code == 0
    header, *rows = ran.out.splitlines()
    assert header.split()[-1] == "fewest-hosts"
    assert rows[-1].split()[-1] == "2"


def test_nobody_is_asked_to_run(run, hosts_file):
    """Tests that a balance alone, which is best where nothing runs, comes with a hint."""
    hint = "no goal asks VMs to run"
    assert hint in run("solve", hosts_file, "--goal", "balance(cpu)", "-q", "--threads", 1).out
    assert hint not in run("solve", hosts_file, *PACKED, "-q", "--threads", 1).out


def test_progress_names_the_level(run, hosts_file):
    """Tests that progress of a cost names its goal, and that its gap is not negative."""
    lines = run("solve", hosts_file, *PACKED, "--threads", 1).err.splitlines()
    assert any("fewest-hosts(power): " in line or "balance-max(cpu): " in line for line in lines)
    assert not any("gap -" in line for line in lines)
