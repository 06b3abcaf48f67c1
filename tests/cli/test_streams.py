"""Pipes: ``-`` for stdin and stdout, and forms of a placement to print."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from vmopt import io

VMOPT = (sys.executable, "-m", "vmopt")


def piped(given: bytes, *arguments: object) -> subprocess.CompletedProcess[bytes]:
    """Run a real process with this on stdin."""
    return subprocess.run([*VMOPT, *map(str, arguments)], input=given, capture_output=True, timeout=120, check=False)


def test_one_process_feeds_the_next(cluster_file):
    """Tests that an instance comes from a pipe, and a placement from a pipe is rechecked whole."""
    solved = piped(cluster_file.read_bytes(), "solve", "-", "-o", "-", "-q")
    assert (solved.returncode, solved.stderr) == (0, b"")
    assert json.loads(solved.stdout)["placement"]
    checked = piped(solved.stdout, "verify", cluster_file, "-")
    assert checked.returncode == 0, checked.stdout
    assert b"WRONG" not in checked.stdout


def test_one_stdin_is_not_two_inputs(run):
    assert "can be read once" in run("verify", "-", "-").err


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "json"])
def test_a_placement_is_printed_alone(run, cluster, cluster_file, tmp_path, name):
    """Tests that with `-o -` stdout holds the placement and nothing else."""
    ran = run("solve", cluster_file, "--output", name, "-q")
    (tmp_path / "x.json").write_text(ran.out, encoding="utf-8")
    assert ran.code == 0
    assert io.read_solution(cluster, tmp_path / "x.json").n_placed == len(json.loads(ran.out)["placement"])


def test_an_instance_is_printed_alone(run, tmp_path):
    ran = run("generate", "flavor", "--hosts", 3, "-o", "-", "-q")
    assert json.loads(ran.out)["format"] == "vmopt-instance"


def test_a_model_is_printed_as_lp(run, cluster_file):
    assert "Maximize" in run("export", cluster_file, "-o", "-", "-q").out


def test_a_report_is_printed(run, cluster_file, tmp_path):
    solution = tmp_path / "x.json"
    run("solve", cluster_file, "-o", solution, "-q")
    assert run("report", cluster_file, solution, "-o", "-", "-q").out.lower().startswith("<!doctype html>")


def test_a_plan_is_printed_alone(run, cluster, tmp_path):
    now, solution = tmp_path / "now.json", tmp_path / "x.json"
    io.write(cluster.replace(current=["h1", None, None, None, None]), now)
    run("solve", now, "-o", solution, "-q")
    assert "actions" in json.loads(run("plan", now, solution, "-o", "-", "-q").out)


def test_json_twice_is_refused(run, cluster_file):
    ran = run("solve", cluster_file, "-o", "-", "--json")
    assert (ran.code, ran.out) == (2, "")
    assert "give one of them" in ran.err


def test_a_picture_is_not_printed(run, cluster_file):
    assert run("solve", cluster_file, "--plot", "-").code == 2


def test_forms_to_print(run, cluster_file):
    """Tests that each form tells every VM, and why one does not run."""
    rows = yaml.safe_load(run("solve", cluster_file, "-o", "yaml", "-q").out)
    assert {row["vm"] for row in rows} == {"web", "mail", "ci", "huge", "tiny"}
    assert all(("host" in row) != ("reason" in row) for row in rows)
    assert run("solve", cluster_file, "-o", "csv", "-q").out.startswith('"vm","host","reason"\n')
    assert run("solve", cluster_file, "-o", "tsv", "-q").out.startswith('"vm"\t"host"\t"reason"\n')
    header, *lines = run("solve", cluster_file, "-o", "wide", "-q").out.splitlines()
    assert header.split() == ["vm", "host", "reason", "priority", "cpu", "memory"]
    assert len(lines) >= 5


@pytest.mark.parametrize("suffix", ["yaml", "yml", "csv", "tsv", "parquet"])
def test_a_table_is_read_back(run, cluster, cluster_file, tmp_path, suffix):
    """Tests that what is written is verified, explained beside, and started from."""
    path = tmp_path / f"x.{suffix}"
    assert run("solve", cluster_file, "-o", path, "-q").code == 0
    assert run("verify", cluster_file, path).code == 0
    given = io.read_placement(path)
    assert given["huge"] is None
    assert set(given) == set(cluster.vm_names)
    again = run("solve", cluster_file, "-w", path, "-o", "json", "-q")
    assert json.loads(again.out)["placement"] == {vm: host for vm, host in given.items() if host}


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("x.yaml", "- vm: web\n- vm: web\n", "'web' is there twice"),
        ("x.yaml", "- vm: 7\n  host: h1\n", "in quotes"),
        ("x.yaml", "[1, 2]", "holds no placement"),
        ("x.yaml", "a: &x [1]\nb: *x\n", "write them out"),
        ("x.tsv", "vm,host\nweb,h1\n", "two columns"),
        ("x.parquet", "PAR1", "as Parquet"),
    ],
)
def test_no_such_table(run, cluster_file, tmp_path, name, text, told):
    (tmp_path / name).write_text(text, encoding="utf-8")
    ran = run("verify", cluster_file, tmp_path / name)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert told in ran.err


def test_a_link_stays_a_link(run, cluster_file, tmp_path):
    """Tests that an exported model goes where a symbolic link points."""
    target, link = tmp_path / "target.lp", tmp_path / "link.lp"
    target.write_text("old", encoding="utf-8")
    link.symlink_to(target)
    assert run("export", cluster_file, "-o", link, "-q").code == 0
    assert link.is_symlink()
    assert "Maximize" in target.read_text(encoding="utf-8")


@pytest.fixture
def handed_over():
    """Hand bytes over as a shell does for ``<(command)``: the path of a pipe that can be read once."""
    if not Path("/dev/fd").is_dir():
        pytest.skip("there is no /dev/fd here")
    opened = []

    def hand_over(given: bytes) -> str:
        reading, writing = os.pipe()
        opened.append(reading)
        with os.fdopen(writing, "wb") as file:
            file.write(given)  # far less than a pipe holds
        return f"/dev/fd/{reading}"

    yield hand_over
    for descriptor in opened:
        os.close(descriptor)


def test_pipes_of_a_shell_are_files(run, cluster_file, tmp_path, handed_over):
    """Tests that an instance and a solution come through pipes, plain or packed, which are looked at more than once."""
    solved = run("solve", handed_over(cluster_file.read_bytes()), "-o", "json", "-q")
    assert solved.code == 0, solved.err
    checked = run("verify", handed_over(gzip.compress(cluster_file.read_bytes())), handed_over(solved.out.encode()))
    assert checked.code == 0, checked.err
    assert "WRONG" not in checked.out


def test_another_pipe_of_the_same_name_is_read_anew(handed_over):
    path = handed_over(b'{"web": "h1"}')
    assert io.read_placement(path) == {"web": "h1"}
    descriptor = int(path.rpartition("/")[2])
    reading, writing = os.pipe()
    os.write(writing, b'{"db": "h2"}')
    os.dup2(reading, descriptor)
    os.close(reading)
    os.close(writing)
    assert io.read_placement(path) == {"db": "h2"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_devices_and_pipes_are_written_to(run, cluster_file, tmp_path):
    """Tests ``-o /dev/null`` and a named pipe, which have no ending that tells a form."""
    assert run("generate", "flavor", "--hosts", 2, "-o", os.devnull, "-q").code == 0
    assert run("solve", cluster_file, "-q", "-o", os.devnull).code == 0
    assert run("report", cluster_file, cluster_file, "-o", os.devnull, "-q").code == 2
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
        assert run("solve", cluster_file, "-q", "-o", pipe).code == 0
        assert json.loads(reader.communicate(timeout=60)[0])["placement"]
