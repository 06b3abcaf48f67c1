"""Tests that nothing solved is lost: on a full disk, on SIGTERM, on a terminal of few characters."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.test_process import COMMAND, environment, run
from vmopt import io, plotting
from vmopt.errors import FileError
from vmopt.generate import generate
from vmopt.verify import verify

FULL = Path("/dev/full")
NEEDS_FULL = pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")


@NEEDS_FULL
def test_full_disk_for_files(cluster, cluster_file, tmp_path):
    """Tests that files that cannot be written take nothing from the result or from each other."""
    (tmp_path / "full.json").symlink_to(FULL)
    picture = tmp_path / "p.svg"
    ran = run("solve", cluster_file, "-q", "-o", tmp_path / "full.json", "--plot", picture)
    assert ran.returncode == 74
    assert ran.stdout.startswith("status ")
    assert ran.stderr.count("\n") == 1
    assert "No space left" in ran.stderr
    assert picture.read_text().rstrip().endswith("</svg>")


@NEEDS_FULL
def test_full_disk_for_stdout(cluster, cluster_file, tmp_path):
    """Tests that a stdout that takes nothing does not keep the placement from its file."""
    output = tmp_path / "x.json"
    with FULL.open("w") as full:
        command = [*COMMAND, "solve", cluster_file, "-q", "--json", "-o", output]
        ran = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env=environment(), check=False)
    assert ran.returncode == 74
    assert "cannot write to stdout: No space left" in ran.stderr
    assert verify(cluster, io.read_solution(cluster, output)) == ()


def test_closed_pipe_keeps_the_file(cluster, cluster_file, tmp_path):
    """Tests that a reader who goes away is no failure, and that the file is written."""
    command = [*COMMAND, "solve", cluster_file, "-q", "-o", tmp_path / "x.json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 141
    assert io.read_solution(cluster, tmp_path / "x.json").n_placed > 0


def test_a_picture_is_whole_or_not_at_all(cluster, tmp_path, monkeypatch):
    """Tests that a picture that cannot be written leaves the old one, and nothing beside it."""
    from vmopt.solving import solve

    path = tmp_path / "p.svg"
    path.write_text("old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(FileError, match="No space left"):
        plotting.save(solve(cluster), path)
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["p.svg"]


@pytest.mark.skipif(os.name != "posix", reason="SIGTERM is a POSIX notion")
def test_sigterm_while_solving(tmp_path):
    """Tests that SIGTERM gives the best placement so far, on stdout and in the file, and code 143."""
    instance = generate("distinct", hosts=30, seed=1)
    io.write(instance, tmp_path / "x.json")
    output = tmp_path / "placement.json"
    command = [*COMMAND, "solve", tmp_path / "x.json", "--gap", "0", "-t", "3600", "--json", "-o", output]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()) as ran:
        assert ran.stderr is not None
        while "greedy" not in ran.stderr.readline():
            assert ran.poll() is None
        ran.send_signal(signal.SIGTERM)
        out, err = ran.communicate(timeout=120)
    assert ran.returncode == 143, err
    document = json.loads(out)
    assert document["limit"] == "interrupted"
    assert document["placement"]
    assert verify(instance, document["placement"]) == ()
    assert io.read_solution(instance, output).n_placed == len(document["placement"])


@pytest.mark.parametrize("command", [("solve", "--json", "-q"), ("bound", "--json"), ("compare", "--json")])
def test_json_is_utf_8(cluster, tmp_path, command):
    """Tests that JSON on stdout holds names as they are, on a terminal that knows ASCII alone."""
    path = tmp_path / "x.json"
    accented = cluster.replace(host_names=["größe", "主机"])
    io.write(accented, path)
    name, *flags = command
    ran = subprocess.run(
        [*COMMAND, name, path, *flags],
        capture_output=True,
        env=environment(PYTHONIOENCODING="ascii", LC_ALL="C", PYTHONUTF8="0"),
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    text = ran.stdout.decode("utf-8")
    json.loads(text)
    if name in ("solve", "bound"):
        assert "größe" in text
        assert "主机" in text


@pytest.mark.parametrize(
    "command", ["--help", "solve --help", "demo", "show FILE", "solve FILE -q", "methods", "backends"]
)
def test_any_command_on_an_ascii_terminal(cluster, tmp_path, command):
    """Tests that no command dies of a character that the terminal lacks."""
    io.write(cluster.replace(host_names=["größe", "主机"]), tmp_path / "x.json")
    arguments = [str(tmp_path / "x.json") if word == "FILE" else word for word in command.split()]
    ran = run(*arguments, PYTHONIOENCODING="ascii", LC_ALL="C", PYTHONUTF8="0")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.isascii()


@pytest.mark.parametrize("command", [("generate", "flavor"), ("export",)])
def test_what_goes_to_stdout_has_no_remark_beside_it(cluster_file, command):
    """Tests that nobody is told on stderr that what is on stdout was written there."""
    ran = run(*command, *([cluster_file] if command == ("export",) else []), "-o", "-")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout
