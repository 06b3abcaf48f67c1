"""Adapter: hands an instance to a peer, waits no longer than the time limit, and judges what comes back."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson

import vmopt
from benchmarks.claims import NO_BOUND
from benchmarks.peers.registry import PEERS, Peer, version
from benchmarks.peers.rules import described_rules
from benchmarks.settings import Job
from vmopt import metrics
from vmopt.bounds import Bound, Claim
from vmopt.errors import SolverError
from vmopt.host_index import to_host_index
from vmopt.solution import Solution
from vmopt.status import Limit, Status

LATE = 1.1
"""A peer is killed when it has taken this times its limit, and a second."""


@dataclass(frozen=True)
class Answer:
    """What a peer wrote; no placement where it found none or was killed."""

    host_index: list[int] | None = None
    build_seconds: float = 0.0
    bound: float | None = None
    proven: bool = False


def solve_with_peer(instance: vmopt.Instance, job: Job) -> Solution:
    """Solve an instance with a peer.

    A peer that starts from a placement gets that of greedy by priority, first-fit; the time this takes counts.

    Raises
    ------
    SolverError
        If the peer ends without an answer, or its placement breaks a capacity or a rule; the message has its last
        words.
    OptionError
        If the instance has rules that the peer cannot state.
    """
    peer = PEERS[job.method]
    begin = time.perf_counter()
    start = vmopt.solve(instance, method="greedy-priority", time_limit=job.time_limit)
    answer = _run(peer, _described(instance, start, job, peer), begin, job.time_limit)
    seconds = time.perf_counter() - begin
    if answer.host_index is None:
        return _solution(instance, job, peer, answer, np.full(instance.n_vms, -1), seconds)
    placement = to_host_index(instance, np.array(answer.host_index, dtype=np.int64))
    violations = vmopt.verify(instance, placement)
    if violations:
        raise SolverError(f"{peer.name} made a placement that does not fit: {violations[0]}.")
    return _solution(instance, job, peer, answer, placement, seconds)


def _described(instance: vmopt.Instance, start: Solution, job: Job, peer: Peer) -> dict[str, Any]:
    """Return the job as plain numbers, which any program can read."""
    return {
        "demand": instance.demand.tolist(),
        "capacity": instance.capacity.tolist(),
        "value": instance.value.tolist(),
        "start": start.host_index.tolist(),
        "seed": job.seed,
        "threads": job.threads,
        "gap": job.requested_gap,
        "options": peer.options,
        "rules": described_rules(instance, peer),
    }


def _run(peer: Peer, described: dict[str, Any], begin: float, time_limit: float) -> Answer:
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        left = time_limit - (time.perf_counter() - begin)
        (directory / "job.json").write_bytes(orjson.dumps({**described, "time_limit": left}))
        script = Path(__file__).parent / peer.script
        with (directory / "log.txt").open("wb") as log:
            process = subprocess.Popen(
                [peer.python or sys.executable, "-P", str(script), folder],
                cwd=folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = begin + LATE * time_limit + 1.0
        try:
            code = process.wait(max(0.0, deadline - time.perf_counter()))
        except subprocess.TimeoutExpired:
            return Answer()
        finally:
            _kill(process)
        written = directory / "answer.json"
        if code or not written.exists():
            raise SolverError(f"{peer.name} failed: {_last_words(directory / 'log.txt', code)}")
        return Answer(**orjson.loads(written.read_bytes()))


def _solution(
    instance: vmopt.Instance, job: Job, peer: Peer, answer: Answer, placement: np.ndarray, seconds: float
) -> Solution:
    """Return a Solution whose claims are the peer's own, right or wrong, as far as it makes any."""
    found = answer.host_index is not None
    objective = metrics.objective_of(instance, placement)
    stated = answer.bound if peer.proves else None
    bound = float(instance.value.sum()) if stated is None else stated
    proven = found and stated is not None and answer.proven
    return Solution(
        instance=instance,
        host_index=placement,
        status=Status.OPTIMAL if proven else Status.FEASIBLE if found else Status.NOT_FOUND,
        limit=Limit.TIME if not proven and seconds >= 0.9 * job.time_limit else None,
        objective=objective,
        certificate=Bound(bound, Claim(NO_BOUND if stated is None else peer.name)),
        prices=None,
        method=peer.name,
        backend=f"{peer.package} {version(peer.python or sys.executable, peer.package)}",
        build_seconds=answer.build_seconds,
        solve_seconds=seconds,
        seed=job.seed,
        requested_gap=job.requested_gap,
    )


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the peer and whatever it has started."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _last_words(log: Path, code: int) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"it ended with code {code} and without a word"
