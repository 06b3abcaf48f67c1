"""Cases of rules about hosts and about running at all: Fence, Ban, Empty, Whole, MustRun."""

from __future__ import annotations

import numpy as np

from tests.rules.cases.case import case, h, v
from vmopt import Ban, Empty, Fence, Groups, MustRun, Spread, Whole

FENCE = [
    case("nobody", 3, Fence([], h("0"))),
    case("one VM", 2, Fence("vm-0", h("0")), hosts=[0, 9]),
    case("nowhere", 2, Fence("vm-0", [])),
    case("anywhere", 3, Fence("vm-*", "host-*"), hosts=[1, 2]),
    case("a full host", 1, Fence("vm-*", h("0")), hosts=[1, 9]),
    case("a column of truth", 1, Fence(np.array([True, True, True]), np.array([True, False])), hosts=[1, 9]),
    case("hosts by label", 2, Fence("vm-*", Groups.labelled("rack", "a")), hosts=[1, 1, 9], racks="aa-"),
    case("any value of the label", 3, Fence("vm-*", Groups.labelled("rack")), hosts=[1, 2, 9], racks="ab-"),
    case("VMs by label", 2, Fence(Groups.labelled("app", "a"), h("0")), hosts=[0, 9], apps="abb"),
    case("fences that do not meet", 2, [Fence("vm-0", h("0")), Fence("vm-0", h("1"))], hosts=2),
    case("fences that meet", 3, [Fence("vm-0", h("01")), Fence("vm-0", h("12"))], hosts=[2, 1, 0]),
    case("a fenced spread", 1, [Fence("vm-*", h("0")), Spread("vm-*")], hosts=2),
    case("identical hosts told apart", 2, Fence(v("01"), h("1")), vms=[9, 9, 9], hosts=2, value=[1, 1, 1]),
    case("zero capacity", 0, Fence("vm-*", h("0")), hosts=[0, 9]),
    case("elastic VMs", 6, Fence("vm-0", h("0")), vms=[4, 4], hosts=[2, 4], value=[4, 4], reservation=[1, 1]),
    case("must run", None, [Fence("vm-0", h("0")), MustRun("vm-0")], hosts=[0, 9]),
]

BAN = [
    case("nobody", 3, Ban([], h("0"))),
    case("one VM", 2, Ban("vm-0", h("0"))),
    case("from nowhere", 3, Ban("vm-*", [])),
    case("from everywhere", 2, Ban("vm-0", "host-*"), hosts=2),
    case("to the other", 3, Ban("vm-0", h("0")), hosts=[2, 1]),
    case("a column of truth", 1, Ban(np.array([True, True, True]), np.array([False, True])), hosts=[1, 9]),
    case("hosts by label", 2, Ban("vm-*", Groups.labelled("rack", "a")), hosts=[9, 1, 1], racks="ab-"),
    case("VMs by label", 2, Ban(Groups.labelled("app", "a"), h("0")), apps="abb"),
    case("bans add up", 2, [Ban("vm-0", h("0")), Ban("vm-0", h("1"))], hosts=2),
    case("banned from its fence", 2, [Ban("vm-0", h("0")), Fence("vm-0", h("0"))], hosts=2),
    case("a pattern", 1, Ban("vm-[01]", "host-[01]"), hosts=2),
    case("identical hosts told apart", 2, Ban("vm-*", h("1")), vms=[5, 5, 5], hosts=[9, 9, 9], value=[1, 1, 1]),
    case("zero capacity", 2, Ban("vm-0", h("1")), hosts=[0, 9]),
    case("elastic VMs", 6, Ban("vm-0", h("1")), vms=[4, 4], hosts=[2, 4], value=[4, 4], reservation=[1, 1]),
    case("ties", 1, Ban("vm-0", h("0")), vms=2, hosts=[1], value=[1, 1]),
    case("must run", None, [Ban("vm-0", h("0")), MustRun("vm-0")]),
]

EMPTY = [
    case("no host", 3, Empty([])),
    case("one host", 0, Empty("host-0")),
    case("one of two", 1, Empty("host-0"), hosts=[9, 1]),
    case("all", 0, Empty("host-*"), hosts=2),
    case("a column of truth", 1, Empty(np.array([False, True])), hosts=[1, 9]),
    case("a label", 2, Empty(Groups.labelled("rack", "a")), hosts=[9, 1, 1], racks="ab-"),
    case("any value of the label", 1, Empty(Groups.labelled("rack")), hosts=[9, 9, 1], racks="ab-"),
    case("a pattern", 1, Empty("host-[01]"), hosts=[9, 9, 1]),
    case("identical hosts told apart", 2, Empty(h("1")), vms=[5, 5, 5], hosts=[9, 9, 9], value=[1, 1, 1]),
    case("two of them", 1, [Empty(h("0")), Empty(h("1"))], hosts=[9, 9, 1]),
    case("with a fence", 2, [Empty(h("0")), Fence("vm-0", h("0"))], hosts=2),
    case("with a spread", 1, [Empty(h("0")), Spread("vm-*")], hosts=2),
    case("zero capacity", 0, Empty(h("1")), hosts=[0, 9]),
    case("what asks for nothing", 0, Empty(h("0")), vms=[0, 0]),
    case("elastic VMs", 4, Empty(h("0")), vms=[4, 4], hosts=[8, 4], value=[4, 4], reservation=[1, 1]),
    case("must run", None, [Empty(h("0")), MustRun("vm-0")]),
]

WHOLE = [
    case("an empty group", 3, Whole([[], v("01")])),
    case("one member", 3, Whole("vm-0")),
    case("all of it", 3, Whole("vm-*"), hosts=[1, 2]),
    case("not all fit", 0, Whole("vm-*"), hosts=[1, 1]),
    case("the others instead", 1, Whole(v("01")), vms=[3, 3, 2], hosts=[5]),
    case("some are enough", 2, Whole("vm-*", least=2), hosts=[1, 1]),
    case("some are too few", 0, Whole("vm-*", least=2), hosts=[1]),
    case("one is no demand", 1, Whole("vm-*", least=1), hosts=[1]),
    case("least by group", 2, Whole([v("01"), v("23")], least=[2, 1]), vms=4, hosts=[2]),
    case("in groups of two rules", 0, [Whole(v("01")), Whole(v("12"))], hosts=[2]),
    case("a column", 2, Whole(np.array([4, 4, -1])), hosts=[2]),
    case("by label", 2, Whole.by_label("app"), vms=4, hosts=[3], apps="aabb"),
    case("a whole spread", 1, [Whole(v("01")), Spread(v("01"))], hosts=1),
    case("zero capacity", 0, Whole("vm-*"), hosts=[0, 0]),
    case("elastic VMs", 4, Whole("vm-*"), vms=[4, 4], hosts=[4], value=[4, 4], reservation=[1, 1]),
    case("of unlike value", 6, Whole(v("01")), vms=[2, 2, 3], hosts=[4], value=[6, 0, 5]),
    case("must run", None, [Whole(v("01")), MustRun("vm-0")], hosts=[1]),
]

MUST_RUN = [
    case("nobody", 3, MustRun([])),
    case("an empty group", 3, MustRun([[]])),
    case("one VM", 1, MustRun("vm-1"), vms=[4, 3], hosts=[4], value=[9, 1]),
    case("more than fit", None, MustRun("vm-*"), hosts=[2]),
    case("exactly what fits", 3, MustRun("vm-*"), hosts=[2, 1]),
    case("larger than any host", None, MustRun("vm-0"), vms=[4], hosts=[3, 3]),
    case("one of alike", 1, MustRun("vm-1"), vms=3, hosts=[1]),
    case("a column of truth", 1, MustRun(np.array([False, True])), vms=[4, 3], hosts=[4], value=[9, 1]),
    case("by label", 2, MustRun(Groups.labelled("app", "a")), vms=[4, 3, 1], hosts=[4], value=[9, 1, 1], apps="-aa"),
    case("a pattern", 2, MustRun("vm-[12]"), vms=[4, 3, 1], hosts=[4], value=[9, 1, 1]),
    case("with a fence", 1, [MustRun("vm-1"), Fence("vm-1", h("0"))], vms=[4, 3], hosts=[4, 0], value=[9, 1]),
    case("worth nothing", 0, MustRun("vm-1"), vms=[4, 4], hosts=[4], value=[9, 0]),
    case("ask for nothing", 2, MustRun("vm-1"), vms=[4, 0], hosts=[4], value=[1, 1]),
    case("zero capacity", None, MustRun("vm-0"), hosts=[0]),
    case("elastic VMs", 4, MustRun("vm-1"), vms=[4, 4], hosts=[4], value=[5, 3], reservation=[2, 2]),
    case("spread too thin", None, [MustRun(v("01")), Spread(v("01"))]),
]

CASES = {"fence": FENCE, "ban": BAN, "empty": EMPTY, "must-run": MUST_RUN, "whole": WHOLE}
