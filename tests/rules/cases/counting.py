"""Cases of rules that count: Spread, Skew, Reach, Quota."""

from __future__ import annotations

import numpy as np

from tests.rules.cases.case import case, v
from vmopt import Gather, Groups, MustRun, Quota, Reach, Skew, Spread

SPREAD = [
    case("an empty group", 2, Spread([[], v("01")])),
    case("nobody", 3, Spread([])),
    case("one member", 3, Spread("vm-0")),
    case("larger than domains", 2, Spread(v("012")), hosts=2),
    case("none at all", 1, Spread(v("01"), most=0)),
    case("in groups of two rules", 2, [Spread(v("01")), Spread(v("12"))]),
    case("limits by group", 3, Spread([v("01"), v("23")], most=[1, 2]), vms=4),
    case("a column", 2, Spread(np.array([5, 5, -1]))),
    case("limits of a column with gaps", 3, Spread(np.array([7, 3, 3, 7]), most=[1, 2]), vms=4),
    case("a pattern", 2, Spread("vm-*", most=2)),
    case("hosts without the label", 3, Spread(v("012"), "rack"), hosts=2, racks="a-"),
    case("racks of several hosts", 2, Spread(v("012"), "rack"), hosts=[1, 1, 1], racks="aab"),
    case("zero capacity", 1, Spread(v("01")), vms=2, hosts=[0, 1]),
    case("elastic VMs", 5, Spread(v("01")), vms=[4, 4, 4], hosts=[6], value=[4, 4, 2], reservation=[1, 1, 1]),
    case("by label", 2, Spread.by_label("app"), apps="aab"),
    case("a very large limit", 2, Spread([v("01"), v("2")], most=[1, 2**63 - 1])),
    case("a limit that nobody reaches", 3, Spread("vm-*", most=9)),
    case("VMs that ask for nothing", 2, Spread(v("01")), vms=[0, 0, 1], hosts=[1]),
    case("the more valuable one", 5, Spread(v("01")), vms=[2, 3], hosts=[5], value=[2, 5]),
    case("alike but for the group", 2, Spread(v("01")), vms=4, hosts=[2, 0]),
]

SKEW = [
    case("an empty group", 3, Skew([[], v("012")], "host"), hosts=2),
    case("one member", 3, Skew("vm-0", "host"), hosts=2),
    case("one domain", 3, Skew(v("012"), "host")),
    case("a domain without room", 1, Skew(v("012"), "host"), hosts=[9, 0]),
    case("more may be uneven", 2, Skew(v("012"), "host", most=2), hosts=[9, 0]),
    case("a very large limit", 3, Skew(v("012"), "host", most=10**30), hosts=[9, 0]),
    case("limits by group", 3, Skew([v("01"), v("23")], "host", most=[1, 2]), vms=4, hosts=[9, 0]),
    case("few domains", 2, Skew(v("0123"), "host", least_domains=3), vms=4, hosts=2),
    case("enough domains", 4, Skew(v("0123"), "host", least_domains=2), vms=4, hosts=2),
    case("hosts without the label", 1, Skew(v("012"), "rack"), hosts=[1, 9], racks="a-"),
    case("racks of several hosts", 4, Skew(v("0123"), "rack"), vms=4, hosts=[1, 1, 9], racks="aab"),
    case("a column", 2, Skew(np.array([4, 4, -1]), "host"), hosts=[9, 0]),
    case("a pattern", 3, Skew("vm-*", "rack"), vms=4, hosts=[9, 1], racks="ab"),
    case("two rules that meet", 2, [Skew("vm-*", "host"), Spread("vm-*", most=1)], hosts=2),
    case("two rules that exclude", 1, [Skew(v("012"), "host"), Gather(v("012"))], hosts=2),
    case("by label", 2, Skew.by_label("app", "host"), vms=4, hosts=[9, 0], apps="aabb"),
    case("elastic VMs", 4, Skew(v("01"), "host"), vms=[4, 4], hosts=[4, 0], value=[4, 3], reservation=[1, 1]),
    case("ties", 6, Skew("vm-*", "host"), vms=[1, 1, 2], hosts=[2, 2], value=[2, 2, 2]),
]

REACH = [
    case("an empty group", 3, Reach([[], v("01")], "host", 2), hosts=2),
    case("one member", 3, Reach("vm-0", "host", 5)),
    case("none asked for", 3, Reach("vm-*", "host", 0)),
    case("as many domains as VMs", 1, Reach("vm-*", "host", 3)),
    case("more asked for than domains", 2, Reach("vm-*", "host", 3), hosts=2),
    case("very many asked for", 2, Reach("vm-*", "host", 2**63), hosts=2),
    case("two of three", 3, Reach("vm-*", "host", 2), hosts=2),
    case("a host without the label", 1, Reach(v("01"), "rack", 2), vms=2, hosts=2, racks="a-"),
    case("most of them without the label", 3, Reach("vm-*", "rack", 1), vms=3, hosts=[0, 9, 2], racks="b-a"),
    case("nothing with the label", 0, Reach("vm-*", "rack", 1), vms=2, hosts=[0, 9], racks="a-"),
    case("racks of several hosts", 3, Reach("vm-*", "rack", 2), hosts=[1, 1, 1], racks="aab"),
    case("limits by group", 3, Reach([v("01"), v("23")], "host", [2, 1]), vms=4),
    case("a column", 2, Reach(np.array([3, 3, -1]), "host", 2)),
    case("two rules that exclude", 1, [Reach(v("01"), "host", 2), Gather(v("01"))], vms=2, hosts=2),
    case("zero capacity", 2, Reach(v("01"), "host", 2), hosts=[9, 0]),
    case("elastic VMs", 6, Reach(v("01"), "host", 2), vms=[4, 4], hosts=[4, 2], value=[4, 4], reservation=[1, 1]),
    case("in groups of two rules", 2, [Reach(v("01"), "host", 2), Reach(v("12"), "host", 2)]),
    case("must run", None, [Reach(v("01"), "host", 2), MustRun(v("01"))]),
]

QUOTA = [
    case("VMs of the cluster", 2, Quota(2)),
    case("none", 0, Quota(0)),
    case("of a host", 2, Quota(1, "host"), hosts=2),
    case("of a rack", 3, Quota(2, "rack"), vms=4, hosts=3, racks="aab", value=[1, 1, 1, 0]),
    case("hosts without the label", 3, Quota(0, "rack"), hosts=2, racks="a-"),
    case("a resource", 5, Quota(5, resource="cpu"), vms=[3, 3, 2], value=[3, 3, 2]),
    case("fractions", 2, Quota(0.3, resource="cpu"), vms=[0.1, 0.2, 0.3], value=[1, 1, 1]),
    case("a limit between units", 1, Quota(2.9, resource="cpu"), vms=[2, 1], hosts=[9], value=[1, 1]),
    case("the second resource", 1, Quota(3, resource="memory"), vms=[[1, 2], [1, 2]], hosts=[[9, 9]]),
    case("of some", 2, Quota(1, of=v("01"))),
    case("an empty group", 3, Quota(0, of=[[]])),
    case("each of two groups", 2, Quota(1, of=[v("01"), v("23")]), vms=4),
    case("a column", 2, Quota(1, of=np.array([6, 6, -1]))),
    case("by label", 2, Quota(1, of=Groups.labelled("app")), vms=4, apps="aabb"),
    case("very large", 3, Quota(10**30, "host", "cpu")),
    case("VMs that ask for nothing", 2, Quota(0, resource="cpu"), vms=[0, 0, 1]),
    case("zero capacity", 1, Quota(2), hosts=[0, 1]),
    case("elastic VMs ask", 4, Quota(4, resource="cpu"), vms=[4, 4], hosts=[8], value=[4, 4], reservation=[1, 1]),
    case("two quotas that meet", 2, [Quota(2, of=v("012")), Quota(1, of=v("12"))]),
    case("must run", None, [Quota(1), MustRun(v("01"))]),
]

CASES = {"spread": SPREAD, "skew": SKEW, "reach": REACH, "quota": QUOTA}
