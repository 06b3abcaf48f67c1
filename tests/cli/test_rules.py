"""Tests of rules at the command line: `--rule`, `vmopt rules`, `import csv --rules`, and what `verify` says."""

from __future__ import annotations

import json

import pytest

import vmopt
from vmopt import io
from vmopt.rules import RULES, parse_rule


@pytest.fixture
def together(tmp_path):
    """A file that puts two VMs on one host."""
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"mail": "h1", "ci": "h1"}))
    return path


def test_solve_with_a_rule(run, cluster, cluster_file, tmp_path):
    """Tests that rules are added, that the solution is of the instance with them, and verified with them."""
    given = ["--rule", "ban([huge], h*)", "--rule", "spread([web, huge])"]
    assert run("solve", cluster_file, *given, "-q", "-o", tmp_path / "s.json").code == 0
    ruled = cluster.replace(rules=[parse_rule(text) for text in given[1::2]])
    assert json.loads((tmp_path / "s.json").read_text())["instance"] == io.fingerprint(ruled)
    right = run("verify", cluster_file, tmp_path / "s.json", *given)
    assert right.code == 0
    assert "ok: 2 rules kept" in right.out
    assert "made for" not in right.out
    assert "made for" in run("verify", cluster_file, tmp_path / "s.json").out


def test_the_placement_keeps_the_rules(run, cluster_file, tmp_path):
    """Tests that what is solved for is what the rules allow."""
    rules = ["--rule", "spread([mail, tiny])", "--rule", "empty([h2])"]
    assert run("solve", cluster_file, *rules, "-q", "-o", tmp_path / "s.json").code == 0
    placement = json.loads((tmp_path / "s.json").read_text())["placement"]
    assert set(placement.values()) == {"h1"}
    assert not {"mail", "tiny"} <= set(placement)


def test_verify_names_the_rule_that_is_broken(run, cluster_file, together):
    """Tests that capacity and rules are judged apart, and that code 1 says that one is broken."""
    ran = run("verify", cluster_file, together, "--rule", "spread([mail, ci])", "--rule", "must-run([mail])")
    assert ran.code == 1
    assert "ok: 2 VMs placed, no host is asked for more than it has" in ran.out
    assert "WRONG: Spread([mail, ci]) is broken" in ran.out
    assert "mail, ci on h1" in ran.out
    assert run("verify", cluster_file, together).code == 0


def test_rules_of_the_file_stay(run, cluster, tmp_path, together):
    """Tests that --rule adds to what the file holds."""
    path = tmp_path / "ruled.json"
    io.write(cluster.replace(rules=[vmopt.Spread(["mail", "ci"])]), path)
    ran = run("verify", path, together, "--rule", "empty([h2])")
    assert ran.code == 1
    assert "WRONG: Spread([mail, ci]) is broken" in ran.out
    assert "1 spread" in run("show", path).out


@pytest.mark.parametrize("command", ["solve", "bound", "compare"])
@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ("sprad([web])", "rule 'sprad([web])': there is no rule 'sprad' (did you mean 'spread'?)"),
        ("spread([web]", "a ',' or a ')' is missing (at its end)"),
        (
            "spread(web)",
            "a rule speaks of VMs labelled 'web', but no VM has that label; for the VM of that name say [we",
        ),
    ],
)
def test_rules_that_make_no_sense(run, cluster_file, command, rule, problem):
    """Tests that a wrong rule is refused in one line, with code 2."""
    ran = run(command, cluster_file, "--rule", rule)
    assert (ran.code, ran.out) == (2, "")
    assert problem in ran.err
    assert ran.err.count("\n") == 1


def test_bound_and_compare_take_rules(run, cluster_file):
    """Tests that the bound stays one, and that methods are compared on the instance with the rule."""
    assert run("bound", cluster_file, "--rule", "spread([web, mail])").code == 0
    ran = run("compare", cluster_file, "--rule", "ban([web], h*)", "-m", "exact", "--ties", "none", "-q", "--json")
    assert ran.code == 0
    assert len(json.loads(ran.out)) == 1


def test_bound_prices_limits(run, cluster_file):
    """Tests that what one more VM would be worth is told, in words and as JSON."""
    quota = ["--rule", "quota(1)"]
    ran = run("bound", cluster_file, *quota)
    assert ran.code == 0
    assert "that a rule allows would be worth" in ran.out
    assert "the cluster" in ran.out
    [row] = json.loads(run("bound", cluster_file, *quota, "--json").out)["rules"]
    assert (row["group"], row["domain"], row["limit"]) == ("all VMs", "the cluster", 1)
    assert row["price"] > 0
    assert "rules" not in json.loads(run("bound", cluster_file, "--json").out)


def test_verify_adds_up_prices_of_rules(run, cluster_file, tmp_path):
    """Tests that a bound by prices of rules is proven again, and that one is found whose price was lowered."""
    quota, path = ["--rule", "quota(1)"], tmp_path / "s.json"
    assert run("solve", cluster_file, *quota, "-m", "neighbourhood", "-q", "-o", path).code == 0
    document = json.loads(path.read_text())
    assert document["bound_by"] == "prices"
    ran = run("verify", cluster_file, path, *quota)
    assert ran.code == 0
    assert "proven again by the prices" in ran.out
    document["rule_prices"]["price"] = [0.0]
    path.write_text(json.dumps(document))
    ran = run("verify", cluster_file, path, *quota)
    assert ran.code == 1
    assert "WRONG: the prices prove" in ran.out


def test_the_list(run):
    """Tests that every rule is listed with its form, meaning and names elsewhere, and as JSON."""
    ran = run("rules")
    assert ran.code == 0
    assert all(name in ran.out for name in RULES)
    assert "spread(groups, over=host, most=1)" in ran.out
    assert "topologySpreadConstraints" in ran.out
    listed = json.loads(run("rules", "--json").out)
    assert [rule["name"] for rule in listed] == list(RULES)
    assert listed[0]["parameters"][1] == {"name": "over", "required": False, "default": "host"}
    assert all(rule["summary"] and rule["known_as"] for rule in listed)


def test_one_of_them(run):
    """Tests that a rule is told in full, whatever its name is written like, and that another is refused."""
    ran = run("rules", "MustRun")
    assert ran.code == 0
    assert ran.out.startswith("must-run(vms)\n\nThese VMs are placed")
    assert "Parameters\n" in ran.out
    assert json.loads(run("rules", "limit", "--json").out)["name"] == "quota"
    wrong = run("rules", "sprad")
    assert (wrong.code, wrong.out) == (2, "")
    assert "did you mean 'spread'" in wrong.err


def test_csv_with_rules(run, tmp_path):
    """Tests that a third table becomes the rules of the instance."""
    (tmp_path / "hosts.csv").write_text("name,cpu,label:rack\nh1,8,r1\n")
    (tmp_path / "vms.csv").write_text("name,cpu,label:app\nweb,4,web\n")
    (tmp_path / "rules.csv").write_text('rule\n"spread(app, over=rack, most=2)"\n')
    tables = [tmp_path / name for name in ("hosts.csv", "vms.csv")]
    ran = run("import", "csv", *tables, "--rules", tmp_path / "rules.csv", "-o", tmp_path / "x.json")
    assert ran.code == 0
    assert io.read(tmp_path / "x.json").rules == (vmopt.Spread.by_label("app", over="rack", most=2),)


def test_soft_rules_are_reported_apart(run, cluster_file, together):
    """Tests that a soft rule that is broken is no fault, and that verify and solve say what it costs."""
    spread = "spread([mail, ci], penalty=0.25)"
    ran = run("verify", cluster_file, together, "--rule", spread)
    assert ran.code == 0
    assert "ok: broken at a cost of 0.25: spread by 1 (0.25)" in ran.out
    assert "kept" not in ran.out
    both = run("verify", cluster_file, together, "--rule", spread, "--rule", "gather([mail, ci])")
    assert "ok: 1 rule kept" in both.out
    told = run("solve", cluster_file, "--rule", "must-run([mail], penalty=0.5)")
    assert "soft rules" in told.out
