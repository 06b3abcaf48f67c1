"""Cases of rules that look at where VMs run now: Keep, Resident, Quarantine, MostMoves."""

from __future__ import annotations

import numpy as np

from tests.rules.cases.case import case, h
from vmopt import Ban, Empty, Fence, Groups, Keep, MostMoves, MustRun, Quarantine, Resident, Spread
from vmopt.rules import Transient

KEEP = [
    case("nobody", 3, Keep([]), hosts=[1, 2], now="000"),
    case("one VM", 3, Keep("vm-0"), hosts=[1, 2], now="000"),
    case("two on a host of one", 2, Keep(["vm-0", "vm-1"]), hosts=[1, 2], now="000"),
    case("all", 1, Keep("vm-*"), hosts=[1, 9], now="000"),
    case("who does not run may start", 3, Keep("vm-*"), hosts=[1, 2], now="0--"),
    case("a column of truth", 2, Keep(np.array([True, True, False])), hosts=[1, 1], now="000"),
    case("a label", 2, Keep(Groups.labelled("app", "a")), hosts=[1, 9], apps="aab", now="000"),
    case("zero capacity", 2, Keep("vm-0"), hosts=[0, 9], now="000"),
    case("on an emptied host", 2, [Keep("vm-0"), Empty("host-0")], hosts=2, now="000"),
    case("outside of its fence", 2, [Keep("vm-0"), Fence("vm-0", h("1"))], hosts=2, now="000"),
    case("kept together that spread", 2, [Keep(["vm-0", "vm-1"]), Spread("vm-*")], hosts=3, now="001"),
    case("elastic VMs", 6, Keep("vm-0"), vms=[4, 4], hosts=[2, 4], value=[4, 4], reservation=[1, 1], now="01"),
    case("must run elsewhere", None, [Keep("vm-0"), MustRun("vm-0"), Ban("vm-0", "host-0")], hosts=2, now="000"),
    case("the more valuable stays", 5, Keep("vm-*"), vms=2, hosts=[1, 9], value=[2, 5], now="00"),
]

RESIDENT = [
    case("nobody", 3, Resident([]), hosts=[1, 2], now="000"),
    case("one VM", 3, Resident("vm-0"), hosts=[1, 2], now="000"),
    case("two on a host of one", 2, Resident(["vm-0", "vm-1"]), hosts=[1, 2], now="000"),
    case("all", 1, Resident("vm-*"), hosts=[1, 9], now="000"),
    case("who does not run may start", 3, Resident("vm-*"), hosts=[1, 2], now="0--"),
    case("a column of truth", 2, Resident(np.array([True, True, False])), hosts=[1, 1], now="000"),
    case("a label", 2, Resident(Groups.labelled("app", "a")), hosts=[1, 9], apps="aab", now="000"),
    case("zero capacity", 2, Resident("vm-0"), hosts=[0, 9], now="000"),
    case("on an emptied host", 2, [Resident("vm-0"), Empty("host-0")], hosts=2, now="000"),
    case("outside of its fence", 2, [Resident("vm-0"), Fence("vm-0", h("1"))], hosts=2, now="000"),
    case("belong together that spread", 2, [Resident(["vm-0", "vm-1"]), Spread("vm-*")], hosts=3, now="001"),
    case("elastic VMs", 6, Resident("vm-0"), vms=[4, 4], hosts=[2, 4], value=[4, 4], reservation=[1, 1], now="01"),
    case("must run elsewhere", None, [Resident("vm-0"), MustRun("vm-0"), Ban("vm-0", "host-0")], hosts=2, now="000"),
    case("the more valuable stays", 5, Resident("vm-*"), vms=2, hosts=[1, 9], value=[2, 5], now="00"),
]

QUARANTINE = [
    case("no host", 3, Quarantine([]), hosts=[1, 2], now="000"),
    case("nobody enters", 2, Quarantine("host-1"), hosts=[2, 9], now="00-"),
    case("nobody leaves", 1, Quarantine("host-0"), hosts=[1, 9], now="000"),
    case("who is there stays", 3, Quarantine("host-1"), hosts=[2, 1], now="001"),
    case("all hosts", 2, Quarantine("host-*"), hosts=2, now="01-"),
    case("no current VM there", 1, Quarantine("host-0"), hosts=[9, 1], now="111"),
    case("a column of truth", 1, Quarantine(np.array([True, False])), hosts=[9, 1], now="---"),
    case("a label", 1, Quarantine(Groups.labelled("rack", "a")), hosts=[9, 1], racks="ab", now="---"),
    case("zero capacity", 2, Quarantine("host-0"), hosts=[0, 9], now="01-"),
    case("with an emptied host", 1, [Quarantine("host-0"), Empty("host-0")], hosts=2, now="001"),
    case("that spread", 2, [Quarantine("host-0"), Spread("vm-*")], hosts=2, now="001"),
    case("must leave", None, [Quarantine("host-0"), MustRun("vm-0"), Ban("vm-0", "host-0")], hosts=2, now="000"),
    case("identical hosts told apart", 1, Quarantine("host-1"), vms=[5, 5], hosts=2, value=[1, 1], now="--"),
    case("elastic VMs", 6, Quarantine("host-0"), vms=[4, 4], hosts=[2, 4], value=[4, 4], reservation=[1, 1], now="01"),
]

MOST_MOVES = [
    case("none", 1, MostMoves(0), hosts=[1, 9], now="000"),
    case("one", 2, MostMoves(1), hosts=[1, 9], now="000"),
    case("more than there are", 3, MostMoves(9), hosts=[1, 9], now="000"),
    case("starts are no moves", 3, MostMoves(0), hosts=[1, 9], now="0--"),
    case("to one host", 2, MostMoves(most_in=1), hosts=[1, 9], now="000"),
    case("to two hosts", 3, MostMoves(most_in=1), hosts=[1, 9, 9], now="000"),
    case("from one host", 2, MostMoves(most_out=1), hosts=[1, 9], now="000"),
    case("from two hosts", 4, MostMoves(most_out=1), vms=4, hosts=[1, 1, 9], now="0011"),
    case("in all and to one", 2, MostMoves(2, most_in=1), hosts=[0, 1, 1], now="000"),
    case("the more valuable moves", 5, MostMoves(1), vms=2, hosts=[0, 9], value=[2, 5], now="00"),
    case("emptied", 1, [MostMoves(1), Empty("host-0")], hosts=2, now="000"),
    case("nothing runs", 3, MostMoves(0), now="---"),
    case("must run elsewhere", None, [MostMoves(0), MustRun("vm-0"), Empty("host-0")], hosts=2, now="0--"),
    case("zero capacity", 1, MostMoves(1), hosts=[0, 9], now="000"),
    case("elastic VMs", 4, MostMoves(0), vms=[4, 4], hosts=[4, 4], value=[4, 4], reservation=[2, 2], now="00"),
]

TRANSIENT = [
    case("who starts", 3, Transient(), hosts=[2, 9], now="00-", vms=[1, 1, 3]),
    case("room beside who leaves", 2, [Transient(), Empty("host-0")], hosts=2, now="00", vms=2),
    case("room beside who stays", 1, [Transient(), Empty("host-0")], hosts=[9, 4], now="01", vms=[3, 2]),
    case(
        "exchanges need room",
        0,
        [Transient(), Fence("vm-0", h("1")), Fence("vm-1", h("0"))],
        hosts=[3, 3],
        vms=[2, 2],
        now="01",
    ),
    case(
        "and have it",
        2,
        [Transient(), Fence("vm-0", h("1")), Fence("vm-1", h("0"))],
        hosts=[4, 4],
        vms=[2, 2],
        now="01",
    ),
    case("must move", None, [Transient(), MustRun("vm-0"), Ban("vm-0", "host-0")], hosts=[9, 2], vms=[2, 2], now="01"),
    case("nobody runs yet", 3, Transient(), now="---"),
    case("nobody moves", 2, Transient(), hosts=2, now="01", vms=[9, 9]),
    case("who leaves is there for a while", 2, [Transient(), Fence("vm-2", h("0"))], hosts=[2, 9], now="00-"),
    case("who stops too", 1, Transient(), hosts=[2], now="0-", vms=[2, 2], value=[1, 5]),
    case("zero capacity", 2, Transient(), hosts=[0, 9], now="1-", vms=2),
    case("that spread", 2, [Transient(), Spread("vm-*")], hosts=[9, 2], now="00", vms=[2, 2]),
]

CASES = {"keep": KEEP, "resident": RESIDENT, "quarantine": QUARANTINE, "most-moves": MOST_MOVES, "transient": TRANSIENT}
