"""`vmopt explore`: prints its address, serves, and ends with Ctrl-C."""

from __future__ import annotations

import signal
import subprocess
import sys
from urllib.request import urlopen

import pytest

import vmopt
from vmopt import io
from vmopt.cli.codes import Exit


@pytest.fixture
def placed(cluster, tmp_path):
    path = tmp_path / "placement.json"
    io.write_solution(vmopt.solve(cluster, gap=0, threads=1), path)
    return path


def test_it_serves_until_it_is_interrupted(cluster_file, placed):
    command = [sys.executable, "-m", "vmopt", "explore", str(cluster_file), str(placed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            url = process.stdout.readline().strip()
            assert url.startswith("http://127.0.0.1:")
            with urlopen(url, timeout=30) as answer:
                assert "Nothing is broken" in answer.read().decode()
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
        finally:
            process.kill()
    assert (process.returncode, out, err) == (Exit.SOLVED, "", "")


def test_a_port_is_checked(run, cluster_file, placed):
    ran = run("explore", cluster_file, placed, "--port", "70000")
    assert ran.code == Exit.BAD_INPUT
    assert "port" in ran.err
