"""What holds for every command: quiet, logs, exit codes told, completion."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from vmopt.cli.app import app
from vmopt.cli.codes import Exit

ROOT = Path(__file__).parents[2]
HABITS = {"--quiet", "--verbose", "--json"}


def commands():
    group = typer.main.get_command(app)
    for name, command in group.commands.items():
        below = getattr(command, "commands", None)
        yield from ((f"{name} {one}", each) for one, each in below.items()) if below else [(name, command)]


@pytest.mark.parametrize(("name", "command"), [pytest.param(*one, id=one[0]) for one in commands()])
def test_every_command_takes_them(name, command):
    assert {option for parameter in command.params for option in parameter.opts} >= HABITS


def test_logs_go_to_stderr(run, cluster_file):
    """Tests that -v tells of files and solves, -vv of improvements as well, and nothing is left switched on."""
    solve = ("solve", cluster_file, "-q", "-m", "greedy-demand", "--json")
    once, twice, never = run(*solve, "-v"), run(*solve, "-vv"), run(*solve)
    assert f"bytes read from {cluster_file}" in once.err
    assert "vmopt.methods.search" not in once.err
    assert "vmopt.methods.search: greedy-demand: objective" in twice.err
    assert never.err == ""


def test_exit_codes_are_told(run):
    """Tests that the help and the page name each code."""
    page = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
    told = " ".join(run("--help").out.split("Exit codes:")[1].split())
    for code in Exit:
        assert f"| {code.value} |" in page
        assert f"{code.value} " in told


def test_shells_complete():
    asked = {"_VMOPT_COMPLETE": "complete_bash", "COMP_WORDS": "vmopt sol", "COMP_CWORD": "1"}
    ran = subprocess.run(
        [sys.executable, "-m", "vmopt"], env=os.environ | asked, capture_output=True, text=True, timeout=60, check=False
    )
    assert (ran.returncode, ran.stdout.split()) == (0, ["solve"])


def test_the_script_of_completion_is_printed_without_a_failure():
    """Tests a child of bash, by which it is told which shell runs."""
    typed = f"{sys.executable} -m vmopt --show-completion; echo code $?"
    ran = subprocess.run(["bash", "-c", typed], capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    assert "_vmopt_completion" in ran.stdout
    assert ran.stdout.endswith("code 0\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "FILE"),
        ("methods",),
        ("backends",),
        ("verify", "FILE", "SOLUTION"),
        ("export", "FILE", "-o", "x.lp"),
        ("generate", "flavor", "--hosts", 2, "-o", "x.json"),
        ("generate", "flavor", "--hosts", 1, "--arrivals", "poisson", "--hours", 1, "-o", "r.json"),
        ("report", "FILE", "SOLUTION", "-o", "x.html"),
    ],
    ids=lambda given: f"{given[0]} {given[-1]}",
)
def test_results_as_json(run, cluster_file, tmp_path, monkeypatch, arguments):
    """Tests that stdout is JSON and stderr says nothing beside it."""
    monkeypatch.chdir(tmp_path)
    run("solve", cluster_file, "-o", "s.json", "-q")
    ran = run(*[{"FILE": cluster_file, "SOLUTION": "s.json"}.get(one, one) for one in arguments], "--json")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out)


def test_arrivals_take_no_reservation(run):
    ran = run("generate", "flavor", "--arrivals", "poisson", "--reservation", 0.5, "-o", "x.json")
    assert "--reservation does not go with --arrivals" in ran.err
