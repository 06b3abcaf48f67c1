"""Contradictory sets of rules in a cluster with many others: the minimal set is the one that was put there."""

from __future__ import annotations

from typing import Any

import pytest

import vmopt
from tests.patience import PATIENCE
from vmopt import Alone, Apart, Ban, Empty, Fence, Gather, Keep, MustRun, Near, Quota, Reach, Spread
from vmopt.rules import Quarantine

N_HOSTS, N_VMS = 30, 90


def vms(*numbers: int) -> list[str]:
    return [f"vm-{number}" for number in numbers]


def hosts(*numbers: int) -> list[str]:
    return [f"host-{number}" for number in numbers]


BEFORE = [
    Spread([vms(*range(i, i + 4)) for i in range(60, 80, 4)]),
    Ban(vms(80, 81, 82), hosts(0, 1, 2)),
    Fence(vms(83, 84), hosts(*range(20))),
    Gather([vms(85, 86), vms(87, 88)], "rack"),
]
AFTER = [Alone(vms(89)), Apart(vms(50), vms(51)), Quota(N_VMS, "rack"), Reach(vms(52, 53, 54), "rack", 2)]
SIX = range(10, 16)

# What is contradictory: the rules, all of which are named, how many VMs that must run, and how many hosts.
CASES: dict[str, tuple[list[Any], int, int]] = {
    "ban and fence": ([Ban(vms(3), hosts(4, 5)), Fence(vms(3), hosts(4, 5))], 1, 0),
    "kept on a host that is drained": ([Keep(vms(7)), Empty(hosts(7))], 1, 0),
    "into a quarantine": ([Quarantine(hosts(6)), Fence(vms(5), hosts(6))], 1, 0),
    "running capacity of a rack": ([Quota(2, "rack", of=vms(*SIX)), Fence(vms(*SIX), hosts(*range(5, 10)))], 3, 0),
    "one of each in a zone": ([Quota(1, "zone", of=vms(10, 11, 12)), Fence(vms(10, 11, 12), hosts(*range(20)))], 3, 0),
    "among racks, and split": (
        [
            Gather(vms(10, 11), "rack"),
            Gather(vms(12, 13), "rack"),
            Apart(vms(10), vms(12), "rack"),
            Fence(vms(11, 13), hosts(0, 1, 2)),
        ],
        4,
        0,
    ),
    "a partner that may not come": (
        [Near(vms(0), vms(1), "host"), Fence(vms(0), hosts(3, 4)), Ban(vms(1), hosts(3, 4))],
        1,
        0,
    ),
    "a chain from rack to rack": (
        [
            Gather(vms(0, 1), "rack"),
            Gather(vms(1, 2), "rack"),
            Gather(vms(2, 3), "rack"),
            Fence(vms(0), hosts(0, 1)),
            Fence(vms(3), hosts(11, 12)),
        ],
        4,
        0,
    ),
    "eight pigeons in seven holes": ([Spread(vms(*range(8))), Fence(vms(*range(8)), hosts(*range(7)))], 8, 0),
    "three apart in two zones": (
        [
            Apart(vms(0), vms(1), "zone"),
            Apart(vms(1), vms(2), "zone"),
            Apart(vms(0), vms(2), "zone"),
            Fence(vms(0, 1, 2), hosts(*range(20))),
        ],
        3,
        0,
    ),
    "alone where another has to be": ([Alone(vms(0)), Fence(vms(0, 1), hosts(4))], 2, 0),
    "more zones than are left": ([Spread(vms(0, 1, 2), "zone"), Empty(hosts(*range(10)))], 3, 0),
    "more than two hosts hold": ([Fence(vms(*range(12)), hosts(0, 1))], 11, 2),
}


@pytest.mark.parametrize("name", CASES)
def test_the_set_that_was_put_there_is_named(name: str) -> None:
    """Tests rules, numbers of VMs and hosts, that each is needed, and that dropping any rule of them mends it."""
    rules, n_vms, n_hosts = CASES[name]
    cluster = vmopt.Instance.from_arrays(
        [[4, 8]] * N_VMS,
        [[20, 40]] * N_HOSTS,
        resources=["cpu", "memory"],
        host_labels=[{"rack": f"r{host // 5}", "zone": f"z{host // 10}"} for host in range(N_HOSTS)],
        rules=[*BEFORE, *rules, *AFTER, MustRun("*")],
        current=[vm % N_HOSTS for vm in range(N_VMS)],
    )
    found = vmopt.conflict(cluster, time_limit=PATIENCE)
    assert found is not None
    assert found.minimal
    first = len(BEFORE)
    assert found.rule_numbers == tuple(range(first, first + len(rules)))
    assert (len(found.vms), len(found.hosts)) == (n_vms, n_hosts)
    for number in found.rule_numbers:
        assert any(mend.startswith(f"drop rule {number}:") for mend in found.mends)
