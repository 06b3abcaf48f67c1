"""Improvement of patterns: a few hosts are emptied and filled anew with patterns, the others stay as they are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.methods.patterns.diving import Chosen, dive
from vmopt.methods.patterns.parameters import ColumnGenerationParameters
from vmopt.methods.patterns.pricing import Stop
from vmopt.methods.patterns.program import PatternProgram

BETTER = 1e-9
"""What counts as a gain, in units of about what a host earns: below, it is rounding."""


class Filling:
    """What every single host holds.

    Attributes
    ----------
    host_class : (n_hosts,) int64 array
        Hosts in order of their class.
    counts : (n_hosts, n_vm_classes) int32 array
    """

    def __init__(self, chosen: Chosen, hosts: IntArray, n_vm_classes: int) -> None:
        self.host_class = np.repeat(np.arange(len(hosts)), hosts)
        self.counts = np.zeros((len(self.host_class), n_vm_classes), dtype=np.int32)
        self.refill(np.arange(len(self.host_class)), chosen)

    def refill(self, which: IntArray, chosen: Chosen) -> None:
        """Empty some hosts and fill them with patterns of their classes."""
        self.counts[which] = 0
        free = {c: which[self.host_class[which] == c] for c in set(chosen.host_class)}
        for c, row, times in zip(chosen.host_class, chosen.counts, chosen.times, strict=True):
            self.counts[free[c][:times]] = row
            free[c] = free[c][times:]

    def chosen(self) -> Chosen:
        """Return the patterns of the hosts, one by one."""
        ones = [1] * len(self.host_class)
        return Chosen(self.host_class.tolist(), list(self.counts), ones)


def improve(
    program: PatternProgram, filling: Filling, seed: int, stop: Stop, parameters: ColumnGenerationParameters
) -> Iterator[bool]:
    """Empty a few hosts and dive again with what they held and what is unplaced; tell each time whether it got better.

    Half of the choice is random, half by loss: what a host earns less than its price, which is what it keeps the
    placement from the bound. Where the linear program promises nothing, no dive is made.
    """
    random = np.random.default_rng(seed)
    value = program.classes.value
    while not stop():
        which = _some_hosts(program, filling, random, parameters)
        held = filling.counts[which].sum(axis=0, dtype=np.int64)
        unplaced = program.supply - filling.counts.sum(axis=0, dtype=np.int64)
        hosts = np.bincount(filling.host_class[which], minlength=len(program.hosts))
        part = program.part(unplaced + held, hosts, parameters.most_patterns_of_part)
        for c in np.flatnonzero(hosts).tolist():
            part.add(c, filling.counts[which[filling.host_class[which] == c]])
        earned = float(held @ value)
        if part.generate(parameters.dive.limits, stop).objective <= earned + BETTER:
            yield False
            continue
        chosen = dive(part, stop, parameters.dive)
        gain = chosen.value(value) - earned
        if gain >= -BETTER:
            filling.refill(which, chosen)
        yield gain > BETTER


def _some_hosts(
    program: PatternProgram, filling: Filling, random: np.random.Generator, parameters: ColumnGenerationParameters
) -> IntArray:
    earned: FloatArray = filling.counts @ (program.classes.value - program.valid.vms)
    loss = np.maximum(program.valid.hosts[filling.host_class] - earned, 0.0)
    n_hosts = len(loss)
    weight = np.full(n_hosts, 1.0 / n_hosts)
    if loss.sum() > 0:
        by_loss = parameters.emptied_by_loss
        weight = by_loss * loss / loss.sum() + (1 - by_loss) * weight
    return np.sort(random.choice(n_hosts, size=min(n_hosts, parameters.emptied), replace=False, p=weight))
