"""RulesByVM: which of many rules concern a VM, and in whose counts it appears."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vmopt.arrays import IntArray
from vmopt.model.rule import RuleInForce
from vmopt.rules import Taken

FEW = 32
"""Rules up to which all of them are asked about each VM."""


class RulesByVM:
    """Rules with their counts, found by VM.

    Parameters
    ----------
    rules : sequence of RuleInForce
    host_index : (n_vms,) int64 array
        The placement that is counted.
    """

    def __init__(self, rules: Sequence[RuleInForce], host_index: IntArray) -> None:
        self._pairs = [(rule, rule.counting(host_index)) for rule in rules]
        self._few = len(rules) <= FEW
        if not self._few:
            self._concerning = _by_vm([np.flatnonzero(rule.concerns) for rule in rules], len(host_index))
            self._counting = _by_vm([np.flatnonzero(rule.counts_vm) for rule in rules], len(host_index))

    def concerning(self, vm: int) -> list[tuple[RuleInForce, Taken]]:
        """Return the rules that do not let the VM go everywhere."""
        if self._few:
            return [pair for pair in self._pairs if pair[0].concerns[vm]]
        return [self._pairs[number] for number in self._concerning[vm].tolist()]

    def counting(self, vm: int) -> list[Taken]:
        """Return the counts in which the VM appears."""
        if self._few:
            return [taken for rule, taken in self._pairs if rule.counts_vm[vm]]
        return [self._pairs[number][1] for number in self._counting[vm].tolist()]


def _by_vm(vms: list[IntArray], n_vms: int) -> list[IntArray]:
    """Turn the VMs of each rule into the rules of each VM."""
    rule = np.repeat(np.arange(len(vms)), [len(some) for some in vms])
    vm = np.concatenate(vms)
    order = np.argsort(vm, kind="stable")
    return np.split(rule[order], np.searchsorted(vm[order], np.arange(1, n_vms)))
