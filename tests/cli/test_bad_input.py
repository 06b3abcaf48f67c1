"""Tests of bad input: one clear line on stderr, exit code 2, nothing on stdout, no file touched."""

from __future__ import annotations

import pytest


def refused(ran, *words: str) -> None:
    """Check that a command was refused in one line that holds these words."""
    assert ran.code == 2
    assert ran.out == ""
    lines = ran.err.splitlines()
    assert len(lines) == 1, ran.err
    assert lines[0].startswith("vmopt: error: ")
    assert "Traceback" not in ran.err
    for word in words:
        assert word in lines[0]


USAGE = [
    (["slove"], "solve"),
    (["solve"], "FILE"),
    (["bound"], "FILE"),
    (["compare"], "FILE"),
    (["show"], "FILE"),
    (["export", "x.json"], "--output"),
    (["generate", "flavor"], "--output"),
    (["generate"], "KIND"),
    (["verify", "x.json"], "SOLUTION"),
    (["import"], "command"),
    (["import", "excel"], "excel"),
    (["import", "csv", "x"], "VMS"),
    (["import", "alibaba-gpu"], "NODES"),
    (["demo", "more"], "more"),
    (["methods", "--all"], "--all"),
    (["backends", "x"], "x"),
    (["solve", "x.json", "--gpa", "1"], "--gap"),
    (["solve", "x.json", "--gap", "small"], "--gap"),
    (["solve", "x.json", "--seed", "1.5"], "--seed"),
    (["generate", "flavor", "--hosts", "many", "-o", "x.json"], "--hosts"),
]


@pytest.mark.parametrize(("arguments", "word"), USAGE, ids=[" ".join(a) for a, _ in USAGE])
def test_usage(run, arguments, word):
    """Tests that a command that makes no sense is refused, with what is wrong and where help is."""
    refused(run(*arguments), word, "--help'.")


OPTIONS = [
    ["--gap", "-1"],
    ["--gap", "nan"],
    ["--time-limit", "-3"],
    ["--time-limit", "inf"],
    ["--seed", "-1"],
    ["--threads", "0"],
]


@pytest.mark.parametrize("command", ["solve", "compare"])
@pytest.mark.parametrize("option", OPTIONS, ids=" ".join)
def test_options(run, cluster_file, command, option):
    """Tests that a nonsense value of an option is refused by name."""
    refused(run(command, cluster_file, *option), f"{option[0]} is ", option[1])


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["solve", "--method", "magic"], "magic"),
        (["solve", "--method", "exact", "--backend", "cplex9"], "cplex9"),
        (["solve", "--method", "greedy-demand", "--backend", "highs"], "leave out --backend highs"),
        (["compare", "--methods", "auto,magic"], "magic"),
        (["compare", "--methods", " , "], "nothing to compare"),
        (["bound", "--backend", "cplex9"], "cplex9"),
        (["bound", "--time-limit", "-1"], "--time-limit is"),
    ],
)
def test_choices(run, cluster_file, arguments, word):
    """Tests that an unknown method or backend is refused by name."""
    refused(run(arguments[0], cluster_file, *arguments[1:]), word)


CONTENTS = {
    "empty": b"",
    "text": b"these are not the hosts you are looking for",
    "binary": bytes(range(256)),
    "list": b"[1, 2, 3]",
    "object": b"{}",
    "cut": b'{"version": 1, "hosts": [',
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS.keys())
@pytest.mark.parametrize("command", ["solve", "bound", "compare", "show", "export"])
def test_files(run, tmp_path, command, content):
    """Tests that a file that is no instance is refused by name, by every command."""
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    extra = ["-o", tmp_path / "model.lp"] if command == "export" else []
    refused(run(command, path, *extra), "bad.json")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("command", ["solve", "bound", "compare", "show"])
def test_missing_and_directory(run, tmp_path, command):
    """Tests that a file that is not there, and a directory, are refused by name."""
    refused(run(command, tmp_path / "none.json"), "none.json")
    refused(run(command, tmp_path), str(tmp_path))


def test_empty_name(run):
    """Tests that an empty file name is refused."""
    refused(run("solve", ""))


@pytest.mark.parametrize("command", ["solve", "export", "generate", "import"])
def test_output_checked_first(run, cluster_file, tmp_path, command):
    """Tests that an output that cannot be written is refused before anything is read or solved."""
    arguments = {
        "solve": ["solve", "none.json"],
        "export": ["export", "none.json"],
        "generate": ["generate", "flavor"],
        "import": ["import", "csv", "none.csv", "none.csv"],
    }[command]
    refused(run(*arguments, "-o", tmp_path), "is a directory")
    refused(run(*arguments, "-o", tmp_path / "no" / "x.json"), "no directory")


@pytest.mark.parametrize(
    "arguments",
    [
        ["solve", "FILE", "--gap", "-1"],
        ["solve", "FILE", "--warm-start", "none.json"],
        ["export", "none.json"],
        ["generate", "magic"],
        ["generate", "flavor", "--hosts", "0"],
        ["import", "csv", "FILE", "FILE"],
        ["import", "alibaba-gpu", "FILE", "FILE"],
    ],
    ids=" ".join,
)
def test_output_untouched(run, cluster_file, tmp_path, arguments):
    """Tests that an output file stays as it was when the command fails."""
    path = tmp_path / ("old.lp" if arguments[0] == "export" else "old.json")
    path.write_text("precious")
    refused(run(*[cluster_file if a == "FILE" else a for a in arguments], "-o", path))
    assert path.read_text() == "precious"
    assert sorted(tmp_path.iterdir()) == sorted([path, cluster_file])


@pytest.mark.parametrize("command", ["solve", "export"])
def test_output_is_input(run, cluster_file, command):
    """Tests that the instance is not replaced by the result."""
    before = cluster_file.read_bytes()
    refused(run(command, cluster_file, "-o", cluster_file), "is an input")
    assert cluster_file.read_bytes() == before


def test_export_suffix(run, cluster_file, tmp_path):
    """Tests that a linear program is written as .lp or .mps, and nothing else."""
    refused(run("export", cluster_file, "-o", tmp_path / "model.json"), ".lp or .mps or .lp.gz")


def test_generate_kind(run, tmp_path):
    """Tests that an unknown kind is refused with the ones there are."""
    refused(run("generate", "magic", "-o", tmp_path / "x.json"), "magic", "flavor")
