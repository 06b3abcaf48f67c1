"""Tests of the `vmopt` command as a process of its own: exit codes, streams, signals, terminals."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from vmopt import io
from vmopt.generate import generate
from vmopt.verify import verify

COMMAND = [sys.executable, "-m", "vmopt"]
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
COLOUR = re.compile(r"\x1b\[[0-9;]+m")


def environment(**changes: str) -> dict[str, str]:
    """Return the environment without what terminals and users put there."""
    kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    return {**kept, "TERM": "xterm-256color", **changes}


def run(*arguments: object, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run `vmopt` with its output in pipes."""
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment(**changes), timeout=120, check=False)


def run_in_terminal(*arguments: object, columns: int, **changes: str) -> str:
    """Run `vmopt` in a terminal so wide, and return what it wrote there."""
    leader, follower = pty.openpty()
    env = environment(COLUMNS=str(columns), **changes)
    process = subprocess.Popen([*COMMAND, *map(str, arguments)], stdout=follower, stderr=follower, env=env)
    os.close(follower)
    written = b""
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:  # Linux says EIO where the other side is closed
            break
        if not piece:
            break
        written += piece
    os.close(leader)
    assert process.wait(60) == 0
    return written.decode()


def test_streams(cluster_file):
    """Tests that in pipes the result is on stdout and progress on stderr, and neither has terminal codes."""
    ran = run("solve", cluster_file)
    assert ran.returncode == 0
    assert ran.stdout.startswith("status ")
    assert "gap" in ran.stderr
    assert not ANSI.search(ran.stdout + ran.stderr)


def test_bad_input(tmp_path):
    """Tests that bad input ends the process with code 2, one line on stderr and no traceback."""
    ran = run("solve", tmp_path / "none.json")
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert re.fullmatch(r"vmopt: error: .*none\.json.*\n", ran.stderr)


INTERRUPTED_WHILE_LOADING = """
import importlib.abc, os, signal, sys

class Pressing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, *_):
        if name == sys.argv[1]:
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
sys.meta_path.insert(0, Pressing())
from vmopt.cli import main
sys.exit(main(["generate", "flavor", "-o", "-"]))
"""


LOADED_EARLY = ["lazy_loader", "vmopt.cli.codes", "typer", "rich", "vmopt.cli.app"]


@pytest.mark.parametrize("module", [*LOADED_EARLY, "vmopt.cli.commands.solve", "numpy"])
def test_ctrl_c_while_modules_are_loaded(module):
    """Tests that Ctrl-C ends the process without a word, whatever is being imported."""
    command = [sys.executable, "-c", INTERRUPTED_WHILE_LOADING, module]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, start_new_session=True)
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "")


def test_help_loads_no_solver():
    """Tests that help comes without any solver, and with nothing of vmopt but its command line."""
    code = (
        "import sys, vmopt; library = {*sys.modules, 'vmopt.errors', 'vmopt.plurals'};"
        "from vmopt.cli import main; code = main(['solve', '--help']);"
        "solvers = {'ortools', 'pulp', 'scipy', 'networkx', 'pandas', 'highspy'} & set(sys.modules);"
        "added = {name for name in set(sys.modules) - library if name.startswith(('numpy', 'vmopt'))};"
        "added = {name for name in added if not name.startswith('vmopt.cli')};"
        "assert not solvers | added, solvers | added; sys.exit(code)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "Example" in ran.stdout


def test_closed_pipe(tmp_path):
    """Tests that nothing is said when the reader of the output goes away."""
    io.write(generate("flavor", hosts=40), tmp_path / "x.json")
    command = [*COMMAND, "solve", tmp_path / "x.json", "-m", "greedy-priority", "--json", "-q"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(60) == 141


def test_interrupt_while_solving(tmp_path):
    """Tests that Ctrl-C during a search gives the best placement so far, on stdout and in the file, and code 0."""
    instance = generate("distinct", hosts=60, seed=1)
    io.write(instance, tmp_path / "x.json")
    output = tmp_path / "placement.json"
    command = [*COMMAND, "solve", tmp_path / "x.json", "--gap", "0", "-t", "120", "--json", "-o", output]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()) as ran:
        assert ran.stderr is not None
        assert "objective" in ran.stderr.readline()
        ran.send_signal(signal.SIGINT)
        out, err = ran.communicate(timeout=60)
    assert ran.returncode == 0, err
    assert "Traceback" not in err
    document = json.loads(out)
    assert document["limit"] == "interrupted"
    assert verify(instance, document["placement"]) == ()
    assert io.read_solution(instance, output).n_placed == len(document["placement"]) > 0


def test_interrupt_elsewhere(tmp_path):
    """Tests that Ctrl-C before there is anything to show ends the process quietly with code 130."""
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    process = subprocess.Popen([*COMMAND, "show", pipe], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with pipe.open("w"):  # opens when the process is there to read
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == b""
    assert b"Traceback" not in err


def test_odd_characters(cluster, tmp_path):
    """Tests that names that the output cannot hold are shown as escapes, not died of."""
    path = tmp_path / "x.json"
    io.write(cluster.replace(host_names=["größe", "主机"]), path)
    ran = run("bound", path, PYTHONIOENCODING="ascii")
    assert ran.returncode == 0, ran.stderr
    assert "gr\\xf6\\xdfe" in ran.stdout


def test_names_that_command_the_terminal(cluster, tmp_path):
    """Tests that a name cannot send codes to the terminal, in results or in errors."""
    path = tmp_path / "x.json"
    io.write(cluster.replace(host_names=["\x1b[2Jh1", "h2"]), path)
    for ran in (run("bound", path), run("bound", path, FORCE_COLOR="1"), run("solve", tmp_path / "\x1b[2J.json")):
        assert "\x1b[2J" not in ran.stdout + ran.stderr
        assert "\\x1b[2J" in ran.stdout + ran.stderr


def test_full_disk(cluster_file):
    """Tests that an output that takes nothing is told in one line."""
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    with Path("/dev/full").open("w") as full:
        command = [*COMMAND, "show", cluster_file]
        ran = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env=environment(), check=False)
    assert ran.returncode == 74
    assert re.fullmatch("vmopt: error: cannot write to stdout: No space left on device.\n", ran.stderr)


def test_closed_streams(cluster_file):
    """Tests that a stdout that the shell closed is no bug."""
    command = f"{sys.executable} -m vmopt show {cluster_file} >&-"
    ran = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, text=True, env=environment(), check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("columns", [30, 80])
def test_terminal(cluster_file, columns):
    """Tests that a terminal gets colours, a live line that is wiped, and no line wider than it is."""
    written = run_in_terminal("solve", cluster_file, columns=columns)
    assert COLOUR.search(written)
    result = written[written.rindex("status") :]
    assert all(len(line) <= columns for line in ANSI.sub("", result).splitlines())
    assert "cpu used" in result


def test_no_color(cluster_file):
    """Tests that NO_COLOR means no colours, no bold and no dim in a terminal."""
    written = run_in_terminal("solve", cluster_file, columns=80, NO_COLOR="1")
    assert not COLOUR.search(written)
    assert "optimal" in written


def test_demo_in_a_pipe():
    """Tests that the demo shows what is won, proven, without terminal codes."""
    ran = run("demo")
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    assert not ANSI.search(ran.stdout)
    won = re.search(r"([0-9.]+) % more", ran.stdout)
    assert won is not None
    assert float(won[1]) > 0
    assert "Proven" in ran.stdout


def test_entry_point_is_importable():
    """Tests that the entry point that pyproject.toml names exists."""
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert 'vmopt = "vmopt.cli:main"' in text
