"""The `vmopt` command, run inside the test process, and small files for it to read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from vmopt import io
from vmopt.cli import main
from vmopt.model.instance import Instance


class Ran(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys) -> Callable[..., Ran]:
    """Run `vmopt` with these arguments; its exit code, stdout and stderr come back."""

    def command(*arguments: object) -> Ran:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return Ran(int(code), *capsys.readouterr())

    return command


@pytest.fixture
def cluster() -> Instance:
    """Two hosts, five VMs, more wanted than there is."""
    return Instance.from_arrays(
        [[4, 16], [2, 2], [3, 1], [9, 40], [1, 1]],
        [[8, 32], [4, 16]],
        priority=[5, 3, 3, 2, 1],
        resources=["cpu", "memory"],
        vm_names=["web", "mail", "ci", "huge", "tiny"],
        host_names=["h1", "h2"],
    )


@pytest.fixture
def cluster_file(cluster, tmp_path) -> Path:
    """The cluster, in a file."""
    path = tmp_path / "cluster.json"
    io.write(cluster, path)
    return path
