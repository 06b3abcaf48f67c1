"""Shapes: whether every method keeps to its time and memory, whatever the numbers of VMs, hosts, resources and kinds.

    python -m benchmarks.shapes                         # 100 random shapes, each solved in a process of its own
    python -m benchmarks.shapes --count 30 --seed 7 --method auto --method neighbourhood

Prints a row a solve, those that kept neither time nor memory marked, and at the end how many there were of them. Exit
code 1 where a solve took too long, too much memory, or failed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np

import vmopt
from benchmarks.measure import peak_memory_mb
from vmopt.backends.loading import why_not_ortools
from vmopt.errors import OptionError
from vmopt.methods import registry

MOST_VMS, MOST_HOSTS, MOST_RESOURCES = 100_000, 10_000, 8
TIME_LIMITS = (0.0, 0.5, 1.0, 3.0, 5.0)
SLOWER, LATER = 1.1, 1.0
"""A solve may take so many times its limit, and so many seconds more."""
MOST_MEGABYTES = 2048.0
GRACE = 120.0
ELASTIC = 0.2
"""Part of the shapes whose VMs are elastic."""
METHODS = tuple(info.name for info in vmopt.methods())


@dataclass(frozen=True)
class Shape:
    """One solve: the numbers that make an instance, and how it is solved.

    Attributes
    ----------
    vm_kinds, host_kinds : int
        How many different VMs and hosts are drawn from.
    reservation : float
        Part of its demand that every VM must get; below 1, VMs are elastic.
    """

    method: str
    time_limit: float
    vms: int
    hosts: int
    resources: int
    vm_kinds: int
    host_kinds: int
    reservation: float
    seed: int

    def instance(self) -> vmopt.Instance:
        """Make the instance: log-normal demands, capacities within a factor of two, load 1.3 at the median."""
        rng = np.random.default_rng(self.seed)
        kinds = np.ceil(rng.lognormal(np.log(1e4), 0.7, (self.vm_kinds, self.resources))).astype(np.int64)
        demand = kinds[rng.integers(self.vm_kinds, size=self.vms)]
        capacity = rng.uniform(0.7, 1.4, (self.host_kinds, self.resources))[
            rng.integers(self.host_kinds, size=self.hosts)
        ]
        capacity = np.ceil(capacity * np.maximum(demand.sum(axis=0) / self.hosts / 1.3, kinds.max(axis=0)))
        reserved = None if self.reservation == 1 else np.ceil(demand * self.reservation).astype(np.int64)
        priority = rng.integers(1, 6, self.vms)
        return vmopt.Instance.from_arrays(demand, capacity.astype(np.int64), priority=priority, reservation=reserved)


@dataclass(frozen=True)
class Outcome:
    """What a solve took and brought; `error` says why there is nothing, and a method may have refused the size."""

    seconds: float
    megabytes: float
    status: str = ""
    limit: str = ""
    gap: float = 1.0
    error: str = ""

    def kept(self, shape: Shape) -> bool:
        """Whether time and memory were kept."""
        in_time = self.seconds <= shape.time_limit * SLOWER + LATER
        return not self.error and in_time and self.megabytes <= MOST_MEGABYTES


def shapes(count: int, seed: int, methods: Sequence[str] = METHODS) -> Iterator[Shape]:
    """Draw shapes, every number evenly by its order of magnitude; methods and time limits come in turn."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        vms, hosts = _drawn(rng, MOST_VMS), _drawn(rng, MOST_HOSTS)
        yield Shape(
            method=methods[number % len(methods)],
            time_limit=TIME_LIMITS[number // len(methods) % len(TIME_LIMITS)],
            vms=vms,
            hosts=hosts,
            resources=int(rng.integers(1, MOST_RESOURCES + 1)),
            vm_kinds=vms if rng.random() < 0.5 else _drawn(rng, vms),
            host_kinds=hosts if rng.random() < 0.5 else _drawn(rng, hosts),
            reservation=0.5 if rng.random() < ELASTIC else 1.0,
            seed=number,
        )


def _drawn(rng: np.random.Generator, most: int) -> int:
    return round(float(np.exp(rng.uniform(0.0, np.log(most)))))


def solve(shape: Shape) -> Outcome:
    """Solve one shape in this process."""
    instance = shape.instance()
    why_not_ortools()
    registry.get(shape.method)
    begin = time.perf_counter()
    try:
        solution = vmopt.solve(instance, method=shape.method, time_limit=shape.time_limit)
    except OptionError:  # too large for this method, and said so at once
        return Outcome(round(time.perf_counter() - begin, 2), round(peak_memory_mb(False)), "refused")
    seconds = time.perf_counter() - begin
    limit = solution.limit.value if solution.limit else ""
    return Outcome(round(seconds, 2), round(peak_memory_mb(False)), solution.status.value, limit, solution.gap)


def solve_apart(shape: Shape) -> Outcome:
    """Solve one shape in a process of its own; one that fails or does not end tells so."""
    command = [sys.executable, "-m", "benchmarks.shapes", "--one", json.dumps(asdict(shape))]
    begin = time.perf_counter()
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=2 * shape.time_limit + GRACE, check=True)
    except subprocess.TimeoutExpired:
        return Outcome(time.perf_counter() - begin, 0.0, error="it did not end")
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip().splitlines() or [f"exit code {error.returncode}"]
        return Outcome(time.perf_counter() - begin, 0.0, error=said[-1])
    return Outcome(**json.loads(done.stdout.splitlines()[-1]))


def row(shape: Shape, outcome: Outcome) -> str:
    """One line of the table."""
    result = outcome.error or f"{outcome.status:9} {outcome.limit:6} {outcome.gap:7.2%}"
    numbers = f"{shape.vms:7} {shape.hosts:6} {shape.resources:2} {shape.vm_kinds:7} {shape.host_kinds:6}"
    kind = "elastic" if shape.reservation < 1 else ""
    took = f"{shape.time_limit:4g} {outcome.seconds:7.2f} {outcome.megabytes:6.0f}"
    return f"{shape.method:18} {kind:7} {numbers} {took} {'' if outcome.kept(shape) else 'NOT KEPT':8} {result}"


HEADER = (
    f"{'method':18} {'':7} {'vms':>7} {'hosts':>6} {'k':>2} {'kinds':>7} {'kinds':>6} {'s':>4} {'took':>7} {'MB':>6}"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the arguments and measure; with ``--one`` a single shape in this process."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--method", action="append", help="repeatable; default: all")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.one:
        print(json.dumps(asdict(solve(Shape(**json.loads(given.one))))))
        return 0
    print(HEADER)
    missed = 0
    for shape in shapes(given.count, given.seed, given.method or METHODS):
        outcome = solve_apart(shape)
        missed += not outcome.kept(shape)
        print(row(shape, outcome), flush=True)
    print(f"{given.count - missed} of {given.count} kept time and memory")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
