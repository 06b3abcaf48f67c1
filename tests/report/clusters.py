"""Solutions to report: small ones, with everything that a page can show, and names that would be markup."""

from __future__ import annotations

import numpy as np

import vmopt

HOSTILE = [
    "<script>window.hit = 1</script>",
    "</script><script>window.hit = 2</script>",
    "<!--<script>",
    '"><img src=x onerror="window.hit = 3">',
    "</title></svg><svg onload=window.hit=4>",
    "{{ 7 * 7 }} ${window.hit = 5} \u2028\u2029",
    "&lt;b&gt;&amp; ]]>",
    "\u202efdp.exe\x00\x1b[2J",
]


def rich_solution() -> vmopt.Solution:
    """Return a cluster of 12 hosts that is full, with rules, labels and a placement that it runs now."""
    rng = np.random.default_rng(7)
    demand = rng.integers(1, 9, size=(90, 2)) * [1, 4]
    cluster = vmopt.Instance.from_arrays(
        demand,
        [[20, 80]] * 12,
        priority=rng.integers(1, 4, size=90),
        resources=["cpu", "memory"],
        vm_labels=[{"app": f"app-{n % 7}"} for n in range(90)],
        host_labels=[{"rack": f"rack-{n % 3}"} for n in range(12)],
        rules=[
            vmopt.Spread([f"vm-{n}" for n in range(4)]),
            vmopt.Spread([f"vm-{n}" for n in range(40)], penalty=0.001),
            vmopt.Ban("vm-5", "host-1"),
            vmopt.Quota(30, resource="cpu", of=[f"vm-{n}" for n in range(50, 70)]),
        ],
    )
    first = vmopt.solve(cluster, method="greedy-demand", threads=1).host_index
    now = np.where((first >= 0) & (np.arange(90) < 60), (first + 1) % 12, -1)
    return vmopt.solve(cluster.replace(current=now), method="greedy-spread", threads=1)


def hostile_solution() -> vmopt.Solution:
    """Return a cluster whose every name, label and resource tries to be more than text."""
    names = HOSTILE
    cluster = vmopt.Instance.from_arrays(
        [[2, 1]] * len(names),
        [[4, 9]] * 2,
        value=range(1, len(names) + 1),
        vm_names=names,
        host_names=names[:2],
        resources=names[3:5],
        vm_labels=[{name: name} for name in names],
        host_labels=[{names[0]: name} for name in names[:2]],
        rules=[vmopt.Ban([names[0]], [names[1]]), vmopt.Spread([names[6], names[7]], penalty=0.5)],
        current=[0, 0, 1, 1, -1, -1, -1, -1],
    )
    return vmopt.solve(cluster, gap=0, threads=1)
