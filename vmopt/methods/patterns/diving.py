"""Diving: from fractions of patterns to whole ones, most certain first, with new patterns priced for what is left."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.methods.patterns.parameters import DEFAULT, DiveParameters
from vmopt.methods.patterns.pricing import Stop
from vmopt.methods.patterns.program import PatternProgram

WHOLE = 1e-6
"""What linear programs may be off a whole number."""


@dataclass(eq=False)
class Chosen:
    """Whole patterns: their host class, their counts, and on how many hosts each is used."""

    host_class: list[int] = field(default_factory=list)
    counts: list[IntArray] = field(default_factory=list)
    times: list[int] = field(default_factory=list)

    def add(self, host_class: int, counts: IntArray, times: int) -> None:
        """Use a pattern on some hosts."""
        self.host_class.append(host_class)
        self.counts.append(counts.astype(np.int64))
        self.times.append(times)

    def value(self, value: FloatArray) -> float:
        """Value of the VMs on these hosts, given the value of each VM class."""
        return float(sum(times * (row @ value) for row, times in zip(self.counts, self.times, strict=True)))


def fill(program: PatternProgram, stop: Stop, parameters: DiveParameters = DEFAULT.dive) -> Chosen:
    """Fill the hosts with nearly perfect patterns at the valid prices, a fifth of a host class at a time.

    It gives a first placement, and the patterns from which column generation starts. When nothing within a hundredth
    of perfect is left, less perfect patterns are allowed, at last any. The program's own supply and hosts stay.
    """
    rest = program.part(program.supply, program.hosts, 0)
    chosen, width = Chosen(), np.full(len(rest.hosts), parameters.narrow)
    while rest.hosts.any() and not stop():
        c = int(np.argmax(rest.hosts / np.maximum(program.hosts, 1)))
        perfect = bool(width[c] < parameters.wide)
        vms = rest.valid.vms if perfect else np.zeros(len(rest.supply))
        found = rest.price(c, vms, float(rest.valid.hosts[c] * (1 - width[c])) if perfect else 0.0, 0, stop)
        if not len(found.counts):
            width[c] *= parameters.wider
            rest.hosts[c] *= perfect
        program.add(c, found.counts)
        _use(rest, c, found.counts, int(np.ceil(parameters.filled * rest.hosts[c])), chosen)
    return chosen


def dive(
    program: PatternProgram, stop: Stop, parameters: DiveParameters = DEFAULT.dive, seconds: float = np.inf
) -> Chosen:
    """Fix whole patterns, lower what is left, price again, until the hosts are used up; at `stop`, round at once.

    Parameters
    ----------
    program : PatternProgram
        Uses up its supply and its hosts.
    stop : callable
    parameters : DiveParameters
    seconds : float
        Time to be ready in: more is fixed at a time where steps are slow, as what is rounded at once is far from good.
    """
    chosen, share, end = Chosen(), parameters.fixed, time.perf_counter() + seconds
    while program.hosts.any() and program.supply.any():
        begin = time.perf_counter()
        program.shrink()
        times = program.generate(parameters.limits, stop).times
        if not _fix(program, times, chosen, 1.0 if stop() else share, parameters.least_part):
            break
        now = time.perf_counter()
        share = min(1.0, max(parameters.fixed, (now - begin) / max(end - now, 1e-9)))
    return chosen


def _fix(program: PatternProgram, times: FloatArray, chosen: Chosen, share: float, least: float) -> int:
    """Fix the whole part of every pattern and round up those nearest to the next; return how many hosts are fixed."""
    whole = np.floor(times + WHOLE).astype(np.int64)
    part = times - whole
    goal = max(1, int(share * program.hosts.sum()))
    fixed = sum(_take(program, index, int(whole[index]), chosen) for index in np.flatnonzero(whole).tolist())
    for index in np.argsort(-part, kind="stable").tolist():
        if fixed >= goal or part[index] < (least if fixed else WHOLE):
            break
        fixed += _take(program, index, 1, chosen)
    return fixed


def _take(program: PatternProgram, index: int, times: int, chosen: Chosen) -> int:
    taken = program.take(index, times)
    if taken:
        chosen.add(int(program.patterns.host_class[index]), program.patterns.counts[index], taken)
    return taken


def _use(program: PatternProgram, c: int, counts: IntArray, most: int, chosen: Chosen) -> None:
    """Use patterns of host class c in order, each as often as possible, on at most `most` hosts."""
    for row in counts:
        used = row > 0
        times = int(min(most, (program.supply[used] // row[used]).min(initial=most)))
        if times:
            program.supply -= times * row
            program.hosts[c] -= times
            chosen.add(c, row, times)
            most -= times
