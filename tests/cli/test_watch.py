"""`vmopt watch`: solved again when the file changes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from vmopt import io
from vmopt.cli import options
from vmopt.cli.commands import watch

PATIENCE = 100.0


@pytest.fixture
def watching(cluster_file, tmp_path):
    """A process that watches a file and writes a placement."""
    if os.name != "posix":
        pytest.skip("signals of POSIX")
    placement = tmp_path / "placement.json"
    call = [sys.executable, "-m", "vmopt", "watch", cluster_file, "-o", placement, "--every", "0.05", "-t", "5"]
    with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        yield process, placement
        process.kill()


def wait_for(true: Callable[[], bool]) -> None:
    """Wait until something holds; how long that takes is of no matter."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_it_solves_again(watching, cluster, cluster_file):
    """Tests that a half-written file is waited for, the next placement is of the new data, and Ctrl-C ends it."""
    process, placement = watching
    wait_for(placement.exists)
    before, whole = placement.read_bytes(), cluster_file.read_bytes()
    changed = cluster.replace(priority=[1, 1, 1, 1, 9])
    cluster_file.write_bytes(whole[: len(whole) // 2])
    told = process.stderr.readline()
    while "waiting until it can be read" not in told:
        told = process.stderr.readline()
    assert placement.read_bytes() == before
    io.write(changed, cluster_file)
    wait_for(lambda: placement.read_bytes() != before)
    assert io.read_solution(changed, placement).n_placed > 0
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, "Traceback" in err) == (0, False)
    assert out.count("objective") == 2


def test_a_file_that_is_gone_is_waited_for(watching, cluster, cluster_file):
    """Tests a file that is deleted, made anew with an error, and then replaced at once by one that is right."""
    process, placement = watching
    wait_for(placement.exists)
    before, whole = placement.read_bytes(), cluster_file.read_bytes()
    cluster_file.unlink()
    said = [process.stderr.readline()]
    while "waiting until it is there again" not in said[-1]:
        said.append(process.stderr.readline())
    cluster_file.write_bytes(whole.replace(b'"cpu":', b'"cpu":-', 1))
    while "negative" not in said[-1]:
        said.append(process.stderr.readline())
    assert placement.read_bytes() == before
    other = cluster_file.with_name("other.json")
    io.write(cluster.replace(priority=[1, 1, 1, 1, 9]), other)
    other.replace(cluster_file)
    wait_for(lambda: placement.read_bytes() != before)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert sum("there again" in line for line in [*said, *err.splitlines()]) == 1


def test_sigterm_ends_it(watching):
    process, placement = watching
    wait_for(placement.exists)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 143


@pytest.mark.parametrize("when", ["solved", "read"])
def test_changes_in_the_meantime_are_seen(cluster, cluster_file, monkeypatch, when):
    """Tests that a file that changes while it is read, or while what it held is solved, is read again."""
    changed = cluster.replace(priority=[1, 1, 1, 1, 9])
    read = options.instance_of

    def read_and_change(*arguments):
        found = read(*arguments)
        if when == "read" and found == cluster:
            io.write(changed, cluster_file)
        return found

    monkeypatch.setattr(options, "instance_of", read_and_change)
    versions = watch._versions(cluster_file, None, None, 0.01, quiet=True)
    assert next(versions) == cluster
    if when == "solved":
        io.write(changed, cluster_file)
    assert next(versions) == changed


def test_what_cannot_be_watched(run, tmp_path):
    """Tests that what is wrong from the start is an error, not a wait."""
    assert "does not change" in run("watch", "-").err
    assert run("watch", tmp_path / "nothing.json").code == 2
