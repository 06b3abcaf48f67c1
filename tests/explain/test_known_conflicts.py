"""Conflicts that can be worked out by hand: which VMs, rules and hosts cannot stand together, and what mends them."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

import vmopt
from tests.patience import PATIENCE
from vmopt import Alone, Apart, Ban, Empty, Fence, Gather, Keep, MostMoves, MustRun, Near, Quota, Reach, Skew, Spread
from vmopt.rules import Quarantine, Whole

RACKS = [{"rack": "a"}, {"rack": "a"}, {"rack": "b"}]
PAIR = ["vm-0", "vm-1"]
RUN_APART, RUN_TOGETHER = [0, 1, -1, -1], [0, 0, -1, -1]


class Case(NamedTuple):
    """Four VMs of one size on three hosts of 4, two in rack a and one in rack b; what is diagnosed."""

    rules: list[Any]
    must: str
    vms: int
    named: list[int]
    hosts: int = 0
    size: int = 1
    current: list[int] | None = None


CASES = {
    "more replicas than hosts": Case([Spread("vm-*")], "vm-*", 4, [0]),
    "more replicas than racks": Case([Ban("vm-3", "host-0"), Spread("vm-*", "rack")], "vm-[0-2]", 3, [1]),
    "together and apart": Case([Gather(PAIR), Spread("vm-3"), Spread(PAIR)], "vm-[01]", 2, [0, 2]),
    "together and kept apart": Case([Gather(PAIR), Apart(*PAIR)], "vm-[01]", 2, [0, 1]),
    "together in fences that do not meet": Case(
        [Gather(PAIR, "rack"), Fence("vm-0", "host-0"), Fence("vm-1", "host-2")], "vm-[01]", 2, [0, 1, 2]
    ),
    "together above a host": Case([Gather("vm-*")], "vm-*", 3, [0], hosts=3, size=2),
    "more than there is": Case([], "vm-*", 4, [], hosts=3, size=4),
    "more than a fence holds": Case([Fence("vm-*", "host-0")], "vm-*", 3, [0], hosts=1, size=2),
    "spread in a fence of one host": Case([Spread(PAIR), Fence(PAIR, "host-0")], "vm-[01]", 2, [0, 1]),
    "a gang above its spread": Case([Whole("vm-*"), Spread("vm-*")], "vm-0", 1, [0, 1]),
    "two gangs for the room of one": Case([Whole([PAIR, ["vm-2", "vm-3"]])], "vm-[02]", 2, [0], hosts=3, size=3),
    "a partner that goes nowhere": Case([Near("vm-0", "vm-1", "host"), Ban("vm-1", "host-*")], "vm-0", 1, [0, 1]),
    "a partner kept apart": Case([Near("vm-0", "vm-1", "host"), Apart("vm-0", "vm-1")], "vm-0", 1, [0, 1]),
    "partners of partners in two racks": Case(
        [
            Near("vm-0", "vm-1", "rack"),
            Near("vm-1", "vm-2", "rack"),
            Fence("vm-0", "host-0"),
            Fence("vm-2", "host-2"),
        ],
        "vm-0",
        1,
        [0, 1, 2, 3],
    ),
    "three apart in two racks": Case(
        [Apart("vm-0", "vm-1", "rack"), Apart("vm-1", "vm-2", "rack"), Apart("vm-0", "vm-2", "rack")],
        "vm-[0-2]",
        3,
        [0, 1, 2],
    ),
    "alone beside another": Case(
        [Alone("vm-0", "rack"), Fence("vm-0", "host-1"), Fence("vm-1", ["host-0", "host-1"])],
        "vm-[01]",
        2,
        [0, 1, 2],
    ),
    "a quota of the rack that is left": Case([Quota(2, "rack"), Empty("host-2")], "vm-[0-2]", 3, [0, 1]),
    "two racks in a fence of one": Case(
        [Reach(PAIR, "rack", 2), Fence("vm-*", ["host-0", "host-1"])], "vm-[01]", 2, [0, 1]
    ),
    "even with a partner's quota": Case([Skew("vm-*", "host"), Quota(0, of="vm-*")], "vm-0", 1, [1]),
    "kept on an empty host": Case([Keep("vm-0"), Empty("host-0")], "vm-0", 1, [0, 1], current=[0, -1, -1, -1]),
    "into a quarantine": Case([Quarantine("host-0"), Fence("vm-1", "host-0")], "vm-1", 1, [0, 1], current=RUN_APART),
    "out of a quarantine": Case([Quarantine("host-0"), Ban("vm-0", "host-0")], "vm-0", 1, [0, 1], current=RUN_APART),
    "too few moves to empty a host": Case([MostMoves(1), Empty("host-0")], "vm-[01]", 2, [0, 1], current=RUN_TOGETHER),
    "no move to spread": Case([MostMoves(0), Spread(PAIR)], "vm-[01]", 2, [0, 1], current=RUN_TOGETHER),
}


@pytest.mark.parametrize("name", CASES)
def test_the_diagnosis_is_the_known_one(name: str) -> None:
    """Tests rules, numbers of VMs and hosts, that each is needed, and that dropping a named rule is among the mends."""
    case = CASES[name]
    more: dict[str, Any] = {} if case.current is None else {"current": case.current}
    cluster = vmopt.Instance.from_arrays(
        [[case.size]] * 4, [[4]] * 3, host_labels=RACKS, rules=[*case.rules, MustRun(case.must)], **more
    )
    found = vmopt.conflict(cluster, time_limit=PATIENCE)
    assert found is not None
    assert (len(found.vms), list(found.rule_numbers), len(found.hosts)) == (case.vms, case.named, case.hosts)
    assert found.minimal
    for number in case.named:
        assert any(mend.startswith(f"drop rule {number}:") for mend in found.mends)
