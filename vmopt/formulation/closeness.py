"""Closeness: objective minus weighted latency, made linear, for small instances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.formulation.linear_program import LinearProgram
from vmopt.formulation.ruled import with_rules_on
from vmopt.model.fitting import fitting
from vmopt.model.instance import Instance
from vmopt.rules.program import Cells


@dataclass(frozen=True, eq=False)
class Closeness:
    """The integer program over VMs i and hosts h, and over pairs p = (a, b) of VMs and pairs (h, g) of hosts.

        maximise   sum_ih value[i] x[i,h] - sum_p weight[p] sum_hg latency[h,g] y[p,h,g]
        subject to sum_h x[i,h] <= 1                                           for each VM i
                   sum_i d[i,k] x[i,h] <= C[h,k]                               for each host h and resource k
                   sum_g y[p,h,g] <= x[a,h]                                    for each pair p and host h
                   sum_h y[p,h,g] <= x[b,g]                                    for each pair p and host g
                   sum_hg y[p,h,g] >= sum_h x[a,h] + sum_g x[b,g] - 1          for each pair p
                   what rules say of x
                   x in {0, 1}, y >= 0

    With both ends placed, y is 1 at their hosts and 0 elsewhere, so that the product ``x[a,h] x[b,g]`` needs no integer
    column of its own (after Adams and Johnson 1994; Frieze and Yadegar 1983).
    """

    instance: Instance
    program: LinearProgram

    def host_index(self, x: FloatArray) -> IntArray:
        """Placement of a point: host of each VM, -1 where it runs nowhere."""
        n_vms, n_hosts = self.instance.n_vms, self.instance.n_hosts
        chosen = np.rint(x[: n_vms * n_hosts]).reshape(n_vms, n_hosts)
        return np.where(chosen.any(axis=1), chosen.argmax(axis=1), -1).astype(np.int64)


def closeness_size(instance: Instance, n_pairs: int) -> int:
    """Columns of the program."""
    return instance.n_hosts * (instance.n_vms + n_pairs * instance.n_hosts)


def closeness(instance: Instance, one: IntArray, other: IntArray, weight: FloatArray, latency: FloatArray) -> Closeness:
    """Build the program.

    Parameters
    ----------
    instance : Instance
    one, other : (n_pairs,) int64 arrays
        The VMs of each pair.
    weight : (n_pairs,) float64 array
        What a second between them costs.
    latency : (n_hosts, n_hosts) float64 array
        Seconds between hosts.
    """
    n_vms, n_hosts, n_pairs = instance.n_vms, instance.n_hosts, len(one)
    n_placing, n_apart = n_vms * n_hosts, n_pairs * n_hosts * n_hosts
    per_vm = sparse.kron(sparse.eye_array(n_vms), np.ones((1, n_hosts)))
    capacity = [
        sparse.kron(demand[None, :].astype(np.float64), sparse.eye_array(n_hosts)) for demand in instance.demand.T
    ]
    placing = sparse.vstack([per_vm, *capacity])
    from_host = sparse.kron(sparse.eye_array(n_pairs * n_hosts), np.ones((1, n_hosts)))
    to_host = sparse.kron(sparse.eye_array(n_pairs), np.tile(np.eye(n_hosts), n_hosts))
    total = sparse.kron(sparse.eye_array(n_pairs), np.ones((1, n_hosts * n_hosts)))
    first, second = _columns_of(one, n_vms, n_hosts), _columns_of(other, n_vms, n_hosts)
    ends = sparse.kron(sparse.eye_array(n_pairs), np.ones((1, n_hosts))) @ (first + second)
    none = sparse.csr_array((placing.shape[0], n_apart))
    blocks: Any = [[placing, none], [-first, from_host], [-second, to_host], [ends, -total]]
    matrix: Any = sparse.block_array(blocks)
    row_upper = np.concatenate(
        [np.ones(n_vms), instance.capacity.T.ravel(), np.zeros(2 * n_pairs * n_hosts), np.ones(n_pairs)]
    )
    fits = fitting(instance.demand, instance.capacity)
    gain = np.concatenate([np.repeat(instance.value, n_hosts), -np.outer(weight, latency.ravel()).ravel()])
    program = LinearProgram.with_upper_rows(
        gain, matrix, row_upper, upper=np.concatenate([fits.ravel().astype(np.float64), np.ones(n_apart)])
    )
    program.integer[:n_placing] = True
    return Closeness(instance, with_rules_on(_cells(fits), instance.rules_in_force, program))


def _cells(fits: BoolArray) -> Cells:
    """The columns x, for rules: VM by VM, and for each all hosts."""
    n_vms, n_hosts = fits.shape
    each = np.arange(n_vms)
    return Cells(
        vm=np.repeat(each, n_hosts),
        host=np.tile(np.arange(n_hosts), n_vms),
        upper=fits.astype(np.int64).ravel(),
        vm_class=np.repeat(each, n_hosts),
        supply=np.ones(n_vms, dtype=np.int64),
        outside=np.full(n_vms, -1, dtype=np.int64),
        member=each,
    )


def _columns_of(vms: IntArray, n_vms: int, n_hosts: int) -> sparse.csr_array:
    """A row for each entry of `vms` and each host, with a one in the column of that VM on that host."""
    column = (vms[:, None] * n_hosts + np.arange(n_hosts)).ravel()
    entries = (np.ones(len(column)), (np.arange(len(column)), column))
    return sparse.csr_array(sparse.coo_array(entries, shape=(len(column), n_vms * n_hosts)))
