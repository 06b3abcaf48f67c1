"""Defaults from ``vmopt.toml``, ``pyproject.toml`` and the environment."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty directory to run in."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def method_of(ran) -> str:
    assert ran.code == 0, ran.err
    return json.loads(ran.out)["method"]


def test_what_counts_when_several_speak(run, folder, cluster_file, monkeypatch):
    """Tests the order: command line, environment, the command's table, what holds for all, what is built in."""
    solve = ("solve", cluster_file, "--json")
    (folder.parent / "vmopt.toml").write_text('method = "greedy-demand"\nquiet = true\n', encoding="utf-8")
    assert method_of(run(*solve)) == "greedy-demand"
    (folder / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    assert method_of(run(*solve)) == "greedy-demand", "a pyproject.toml without our table is passed over"
    (folder / "pyproject.toml").write_text(
        "[tool.vmopt]\nmethod = 'greedy-priority'\n[tool.vmopt.solve]\nmethod = 'greedy-spread'\n", encoding="utf-8"
    )
    assert method_of(run(*solve)) == "greedy-spread"
    monkeypatch.setenv("VMOPT_METHOD", "exact")
    assert method_of(run(*solve)) == "exact"
    assert method_of(run(*solve, "-m", "greedy-demand")) == "greedy-demand"


def test_a_file_is_named(run, folder, cluster_file, monkeypatch):
    """Tests `--config` and VMOPT_CONFIG."""
    (folder / "mine.toml").write_text("json = true\nmethod = 'greedy-spread'\n", encoding="utf-8")
    assert method_of(run("--config", folder / "mine.toml", "solve", cluster_file)) == "greedy-spread"
    monkeypatch.setenv("VMOPT_CONFIG", str(folder / "mine.toml"))
    assert method_of(run("solve", cluster_file)) == "greedy-spread"


def test_tables_of_nested_commands_and_lists(run, folder, cluster_file):
    (folder / "vmopt.toml").write_text(
        "quiet = true\n[import]\nweighting = 'demand'\n[import.csv]\nweighting = 'tiers'\n"
        "[solve]\nrule = ['spread([web])', 'ban([mail], [h1])']\njson = true\n",
        encoding="utf-8",
    )
    placed = json.loads(run("solve", cluster_file).out)["placement"]
    assert placed.get("mail") != "h1"
    (folder / "h.csv").write_text("name,cpu\nh,1\n", encoding="utf-8")
    (folder / "v.csv").write_text("name,cpu\nv,1\n", encoding="utf-8")
    made = run("import", "csv", "h.csv", "v.csv", "-o", "-")
    assert (made.err, json.loads(made.out)["objective"]["weighting"]) == ("", "tiers")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("time-limt = 1", "time-limt is no option or command: did you mean time-limit?"),
        ("[slove]\ngap = 1", "slove is no option or command: did you mean solve?"),
        ("[bound]\ngap = 1", "bound.gap is no option"),
        ("output = 'x.json'", "output is no option"),
        ("time-limit = true", "time-limit is True: give a number or a text."),
        ("time-limit = 'soon'", "time-limit is 'soon': "),
        ("threads = 2.5", "threads is 2.5: "),
        ("time-limit = [1, 2]", "time-limit is [1, 2]"),
        ("quiet = 'perhaps'", "quiet is 'perhaps'"),
        ("quiet =", "is not TOML"),
    ],
)
def test_what_a_file_may_not_say(run, folder, cluster_file, text, told):
    (folder / "vmopt.toml").write_text(text, encoding="utf-8")
    ran = run("solve", cluster_file)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert told in ran.err
    assert "vmopt.toml" in ran.err


def test_what_a_variable_may_not_say(run, folder, cluster_file, monkeypatch):
    monkeypatch.setenv("VMOPT_TIME_LIMIT", "soon")
    assert "VMOPT_TIME_LIMIT is 'soon'" in run("solve", cluster_file).err


def test_a_variable_that_is_almost_one(run, folder, cluster_file, monkeypatch):
    """Tests that a slip is told, and what belongs to others is let alone."""
    monkeypatch.setenv("VMOPT_TIMELIMIT", "1")
    monkeypatch.setenv("VMOPT_SOMETHING_ELSE", "1")
    ran = run("solve", cluster_file, "-q", "-m", "greedy-spread")
    assert ran.code == 0
    assert ran.err == "vmopt: warning: VMOPT_TIMELIMIT sets no option: did you mean VMOPT_TIME_LIMIT?\n"


def test_a_missing_file(run, cluster_file):
    assert "cannot read nowhere.toml" in run("--config", "nowhere.toml", "solve", cluster_file).err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("#" + "0" * (1 << 20), "vmopt.toml has more than 1,048,576 bytes: that is no file of options."),
        ("time-limit = " + "1" * 5000, "vmopt.toml is no file of options: a number in it is too long, or a list too"),
        ("rule = " + "[" * 50_000, "vmopt.toml is no file of options: a number in it is too long, or a list too deep."),
    ],
    ids=["too large", "long number", "deep list"],
)
def test_a_file_beyond_bounds(run, folder, cluster_file, text, told):
    """Tests that a file found in a directory is refused in a line, and not read whole first."""
    (folder / "vmopt.toml").write_text(text, encoding="utf-8")
    ran = run("solve", cluster_file)
    assert ran.code == 2
    assert told in ran.err
    assert len(ran.err.splitlines()) == 1
