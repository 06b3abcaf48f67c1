"""The peers by name."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

PREFIX = "peer:"
PYTHON = "VMOPT_PEER_PYTHON"
"""Environment variable that names the interpreter which has the peers installed."""


@dataclass(frozen=True)
class Peer:
    """A program to compare with.

    Attributes
    ----------
    name, about : str
    script : str
        File in this folder that runs it.
    package : str
        What has to be installed for it.
    options : dict
        Handed to the script.
    proves : bool
        Whether its bound, and its word that a placement is optimal, are proofs.
    rules : tuple of str
        Names of the rules that its script can state.
    """

    name: str
    about: str
    script: str
    package: str
    options: dict[str, Any] = field(default_factory=dict, hash=False)
    proves: bool = False
    rules: tuple[str, ...] = ()

    @property
    def python(self) -> str | None:
        """The interpreter that has the peer's package: the one that VMOPT_PEER_PYTHON names, or else this one."""
        return next((python for python in interpreters() if version(python, self.package)), None)

    def missing(self) -> str | None:
        """Say why the peer cannot run here, and what to install; None where it can."""
        if self.python:
            return None
        return (
            f"{self.name} is skipped: {' and '.join(interpreters())} cannot import {self.package}; install it, and "
            f"name an interpreter that has it with --peer-python or {PYTHON}."
        )


SUBSET = {"solver": "subset", "hosts_per_subproblem": 2, "seconds_per_subproblem": 3.0}

PEERS = {
    peer.name: peer
    for peer in (
        Peer(
            f"{PREFIX}rebalancer",
            "Meta's Rebalancer: two random hosts and the unplaced at a time, by HiGHS to a gap of 0.5 %",
            "rebalancer_script.py",
            "rebalancer",
            {**SUBSET, "gap": 0.005},
        ),
        Peer(
            f"{PREFIX}rebalancer-fine",
            "the same, each sub-problem to the gap that HiGHS has by itself, 0.01 %",
            "rebalancer_script.py",
            "rebalancer",
            SUBSET,
        ),
        Peer(
            f"{PREFIX}rebalancer-local",
            "Meta's Rebalancer: moves and swaps",
            "rebalancer_script.py",
            "rebalancer",
            {"solver": "local"},
        ),
        Peer(
            f"{PREFIX}cp-sat",
            "CP-SAT with a boolean per VM and host, as its manual writes a multiple knapsack",
            "cp_sat_script.py",
            "ortools",
            proves=True,
            rules=("spread", "fence", "whole"),
        ),
    )
}


def interpreters() -> list[str]:
    """Where peers may be installed."""
    named = os.environ.get(PYTHON)
    return [named, sys.executable] if named else [sys.executable]


@cache
def version(python: str, package: str) -> str | None:
    """Version of a package as an interpreter sees it; None where it does not, or where there is no interpreter."""
    ask = f"import importlib.metadata as m; print(m.version({package!r}))"
    if shutil.which(python) is None:
        return None
    done = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=False, cwd=Path(__file__).parent)
    return done.stdout.strip() if done.returncode == 0 else None
