"""Cases of rules about company: Gather, Apart, Alone, Near."""

from __future__ import annotations

import numpy as np

from tests.rules.cases.case import case, h, v
from vmopt import Alone, Apart, Fence, Gather, Groups, MustRun, Near, Spread

GATHER = [
    case("an empty group", 3, Gather([[], v("01")]), hosts=2),
    case("one member", 2, Gather("vm-0"), vms=2, hosts=[1, 1]),
    case("one fits each host", 1, Gather("vm-*"), hosts=[1, 1, 1]),
    case("the larger host", 3, Gather("vm-*"), hosts=[2, 3]),
    case("the more valuable part", 7, Gather("vm-*"), vms=[3, 2, 2], hosts=[3, 4], value=[6, 4, 3]),
    case("two groups", 4, Gather([v("01"), v("23")]), vms=4, hosts=[2, 2]),
    case("in groups of two rules", 2, [Gather(v("01")), Gather(v("12"))], hosts=[2, 2]),
    case("a gathered spread", 1, [Gather(v("01")), Spread(v("01"))], vms=2, hosts=2),
    case("within a rack", 3, Gather("vm-*", within="rack"), hosts=[1, 1, 2], racks="aba"),
    case("hosts without the label", 1, Gather("vm-*", within="rack"), hosts=[9, 1], racks="-a"),
    case("a column", 3, Gather(np.array([2, 2, -1])), hosts=[2, 1]),
    case("by label", 2, Gather.by_label("app"), vms=4, hosts=[1, 1, 0], apps="aabb"),
    case("zero capacity", 0, Gather("vm-*"), hosts=[0, 0]),
    case("elastic VMs", 4, Gather("vm-*"), vms=[4, 4], hosts=[4, 4], value=[4, 2], reservation=[3, 2]),
    case("ties", 2, Gather("vm-*"), vms=2, hosts=[2, 2, 2]),
    case("must run", None, [Gather("vm-*"), MustRun("vm-*")], vms=2, hosts=[1, 1]),
]

APART = [
    case("an empty side", 3, Apart([], v("01"))),
    case("one of each", 1, Apart("vm-0", "vm-1"), vms=2),
    case("one host each", 2, Apart("vm-0", "vm-1"), vms=2, hosts=2),
    case("the larger side", 2, Apart("vm-0", v("12"))),
    case("some may", 2, Apart("vm-0", v("12"), most=1)),
    case("limits by group", 5, Apart([v("0"), v("3")], [v("1"), v("45")], most=[0, 2]), vms=6),
    case("first against first", 2, Apart([v("0"), v("1")], [v("2"), v("3")]), vms=4),
    case("of a and of b by pairs", 2, Apart([v("0"), v("1")], [v("1"), v("2")])),
    case("in groups of two rules", 2, [Apart("vm-0", "vm-1"), Apart("vm-1", "vm-2")]),
    case("over racks", 2, Apart("vm-0", v("12"), "rack"), hosts=[1, 1, 0], racks="aab"),
    case("hosts without the label", 3, Apart("vm-0", v("12"), "rack"), hosts=2, racks="a-"),
    case("columns", 2, Apart(np.array([0, -1, -1]), np.array([-1, 0, 0]))),
    case("by label", 2, Apart(Groups.labelled("app", "a"), Groups.labelled("app", "b")), apps="abb"),
    case("patterns", 1, Apart("vm-[01]", "vm-2", most=0), value=[0, 0, 1]),
    case("zero capacity", 1, Apart("vm-0", "vm-1"), vms=2, hosts=[0, 9]),
    case("elastic VMs", 5, Apart(v("0"), v("1")), vms=[4, 4, 4], hosts=[6], value=[4, 4, 2], reservation=[1, 1, 1]),
    case("ties", 2, Apart(v("01"), v("23")), vms=4, hosts=[2, 0], value=[1, 1, 1, 1]),
]

ALONE = [
    case("an empty group", 2, Alone([[], v("0")]), value=[1, 1, 1]),
    case("nobody", 3, Alone([])),
    case("one member", 3, Alone("vm-0"), hosts=2),
    case("everybody", 3, Alone("vm-*")),
    case("two groups", 2, Alone([v("01"), v("2")])),
    case("two groups, two hosts", 3, Alone([v("01"), v("2")]), hosts=2),
    case("in groups of two rules", 2, [Alone(v("01")), Alone(v("12"))], hosts=2, value=[1, 1, 1]),
    case("over racks", 2, Alone("vm-0", "rack"), hosts=[1, 9], racks="aa", value=[1, 1, 1]),
    case("hosts without the label", 3, Alone("vm-0", "rack"), hosts=2, racks="a-"),
    case("a column", 2, Alone(np.array([8, 8, -1]))),
    case("by label", 3, Alone.by_label("app"), vms=4, hosts=2, apps="aab-"),
    case("one number more", 4, Alone([v("0"), v("123")], "host"), vms=4, hosts=[1, 3]),
    case("zero capacity", 2, Alone("vm-0"), hosts=[0, 9]),
    case("with what asks for nothing", 1, Alone("vm-0"), vms=[1, 0], value=[1, 1]),
    case("elastic VMs", 4, Alone("vm-0"), vms=[4, 4], hosts=[4, 2], value=[3, 2], reservation=[1, 1]),
    case("alike but for the group", 3, Alone("vm-0"), hosts=[1, 2]),
]

NEAR = [
    case("no partner", 2, Near("vm-0", [], over="host")),
    case("nobody needs any", 3, Near([], "vm-0", over="host")),
    case("together", 2, Near("vm-0", "vm-1", over="host"), vms=2, hosts=[1, 2]),
    case("no room for both", 1, Near("vm-0", "vm-1", over="host"), vms=2, hosts=[1, 1]),
    case("a partner of little value", 6, Near("vm-0", "vm-1", over="host"), vms=[3, 2], hosts=[5], value=[5, 1]),
    case("one partner for two", 3, Near(v("01"), "vm-2", over="host")),
    case("one partner on one host", 2, Near(v("01"), "vm-2", over="host"), hosts=[2, 2]),
    case(
        "each other",
        2,
        [Near("vm-0", "vm-1", over="host"), Near("vm-1", "vm-0", over="host")],
        hosts=[1, 1],
        vms=3,
        value=[2, 2, 2],
    ),
    case("its own partner", 3, Near("vm-*", "vm-*", over="host"), hosts=[1, 1, 1]),
    case("first with first", 4, Near([v("0"), v("1")], [v("2"), v("3")], over="host"), vms=4, hosts=[2, 2]),
    case("a chain", 3, [Near("vm-0", "vm-1", over="host"), Near("vm-1", "vm-2", over="host")]),
    case("over racks", 3, Near("vm-0", "vm-1", over="rack"), hosts=[1, 1, 1], racks="aba"),
    case("hosts without the label", 2, Near("vm-0", "vm-1", over="rack"), hosts=[9, 0], racks="-a"),
    case("columns", 2, Near(np.array([1, -1, -1]), np.array([-1, 1, 1]), over="host"), hosts=[1, 1]),
    case("by label", 3, Near(Groups.labelled("app", "a"), Groups.labelled("app", "b"), over="host"), apps="aab"),
    case("a fenced partner", 1, [Near("vm-0", "vm-1", over="host"), Fence("vm-1", h("0"))], vms=2, hosts=[1, 9]),
    case("zero capacity", 0, Near("vm-*", "vm-0", over="host"), hosts=[0]),
    case("elastic VMs", 6, Near("vm-0", "vm-1", over="host"), vms=[4, 4], hosts=[6], value=[4, 4], reservation=[2, 2]),
    case("must run", None, [Near("vm-0", "vm-1", over="host"), MustRun("vm-0")], vms=2, hosts=[1, 1]),
]

CASES = {"alone": ALONE, "apart": APART, "gather": GATHER, "near": NEAR}
