"""Eligibility is asked rule by rule, of the classes that each speaks of."""

from __future__ import annotations

import tracemalloc

import numpy as np

import vmopt
from vmopt.rules.eligible import eligible


def test_many_fences_take_no_more_than_one_table():
    """Tests a fence for each of 200 VMs of 1,000, all different: each table alone has 1,000 times 500 entries."""
    n_vms, n_hosts, n_fences = 1000, 500, 200
    fences = [vmopt.Fence([f"vm-{n}"], [f"host-{n}", f"host-{n + 1}"]) for n in range(n_fences)]
    demand, capacity = np.arange(1, n_vms + 1)[:, None], np.arange(2000, 2000 + n_hosts)[:, None]
    cluster = vmopt.Instance.from_arrays(demand, capacity, rules=fences)
    assert (len(cluster.vm_classes), len(cluster.host_classes)) == (n_vms, n_hosts)
    tracemalloc.start()
    allowed = eligible(cluster)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 20 * n_vms * n_hosts
    assert allowed is not None
    of, at = cluster.vm_classes.of, cluster.host_classes.of
    open_to = allowed[of][:, at]
    assert open_to[n_fences:].all()
    assert [np.flatnonzero(row).tolist() for row in open_to[:n_fences]] == [[n, n + 1] for n in range(n_fences)]


def test_rules_that_close_nothing_are_no_table():
    rules = [vmopt.Spread(["vm-0", "vm-1"]), vmopt.Fence("vm-*", "host-*")]
    assert eligible(vmopt.Instance.from_arrays([[1], [2]], [[3], [4]], rules=rules)) is None
