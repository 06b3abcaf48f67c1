"""An argument that is right for each name that signatures have, and an object of each class that has methods."""

from __future__ import annotations

from typing import Any

import numpy as np

import vmopt
from vmopt import network
from vmopt.explain import PriceRange
from vmopt.explore import Session
from vmopt.nesting import NestPrices
from vmopt.network import Traffic

CLUSTER = vmopt.Instance.from_arrays([[4], [5]], [[8]], resources=["cpu"])
TWO = vmopt.Instance.from_arrays([[4], [5]], [[8], [8]], resources=["cpu"], current=[0, 1])
RANKED = CLUSTER.replace(priority=[0, 1], objective=vmopt.Objective("tiers"))
HOSTS, VMS = [vmopt.Host("h", {"cpu": 8})], [vmopt.VM("v", {"cpu": 2})]
REQUESTS = vmopt.Requests.from_arrays([0, 1], [[4], [5]], duration=[5, 6], resources=["cpu"])
TIMELINE = vmopt.simulate(HOSTS, REQUESTS, policy="fcfs")
SOLVED = vmopt.solve(CLUSTER, method="greedy-demand")
STEPS = vmopt.solve(
    TWO.replace(objective=vmopt.Objective(levels=[vmopt.Utilisation(), vmopt.FewestHosts()])), threads=1
)
RACK = network.star(CLUSTER)
TALK = Traffic.from_arrays(CLUSTER, [0], [1], [1.0])
PLAN = vmopt.plan(vmopt.solve(TWO.replace(rules=[vmopt.Empty("host-1")], current=[0, 1]), threads=1))
FLAVORS = [vmopt.Flavor("small", {"cpu": 4})]
NEST = vmopt.nest(VMS, FLAVORS, HOSTS, threads=1)
ASKED = vmopt.what_if(SOLVED)
WITH_GPUS = vmopt.Instance.from_rows(
    [vmopt.Host("h", {"cpu": 8}, parts={"gpu": [{"memory": 8}] * 2})],
    [vmopt.VM("v", {"cpu": 1}, pieces=vmopt.Pieces("gpu", each={"memory": 4}))],
)
ON_GPUS = vmopt.solve(WITH_GPUS, method="greedy-demand")
PATTERNS = vmopt.PatternBound(np.zeros(2), np.array([9.0]))
CURVE = vmopt.trade_off(TWO, vmopt.FewestHosts(), vmopt.Balance(), points=3, threads=1)
PRICE, ONE = np.ones((1, 1)), np.ones(1)
NAMED = {
    # What most functions are about.
    "instance": CLUSTER,
    "solution": SOLVED,
    "hosts": HOSTS,
    "vms": CLUSTER,
    "requests": REQUESTS,
    "network": RACK,
    "links": RACK,
    "traffic": TALK,
    "timeline": TIMELINE,
    "timelines": [TIMELINE],
    "plan": PLAN,
    "nested": NEST.nested,
    "solutions": [SOLVED],
    # Small amounts of everything.
    "demand": [[4], [5]],
    "capacity": [[8]],
    "arrival": [0, 1],
    "source": [0],
    "target": [1],
    "rate": [1.0],
    "prices": PRICE,
    "placement": [0, -1],
    "vm": "vm-0",
    "index": 0,
    "groups": "vm-*",
    "a": "vm-0",
    "b": "vm-1",
    "label": "app",
    "name": "x",
    "given": "vm-*",
    "path": "out.json",
    "paths": "in.json",
    "nodes": "in.csv",
    "pods": "in.csv",
    "servers": "in.csv",
    "model_path": "in.txt",
    "hosts_path": "hosts.csv",
    "vms_path": "vms.csv",
    "certificate": PATTERNS,
    "policy": "fcfs",
    "policies": ["fcfs"],
    # So that a call ends soon.
    "threads": 1,
    "method": "greedy-demand",
    "time_limit": 0.2,
    "seconds": 0.2,
    "points": 3,
    "steps": 1,
    "tries": 0,
    "runs": 1,
}
"""What an argument of a name is given where it must be, or where it keeps the call short."""
SHORT = ("threads", "method", "time_limit", "points", "steps", "tries", "runs")
"""Arguments of `NAMED` that are given even where they may be left out."""
OWN: dict[str, dict[str, Any]] = {
    "Apart": {"b": "vm-1"},
    "Apart.by_label": {"arguments": ("vm-1",)},
    "Apart.pairs": {"of": ["web", "db"], "pairs": [("web", "db")]},
    "Ban.by_label": {"arguments": ("host-0",)},
    "Fence.by_label": {"arguments": ("host-0",)},
    "Groups": {"label": "app"},
    "Near.by_label": {"arguments": ("vm-1", "host")},
    "Reach.by_label": {"arguments": ("host", 1)},
    "Skew.by_label": {"arguments": ("host",)},
    "Ban": {"vms": "vm-0", "hosts": "host-0"},
    "Change": {"time": 1.0},
    "Empty": {"hosts": "host-0"},
    "Fence": {"vms": "vm-0", "hosts": "host-0"},
    "Flavor": {"capacity": {"cpu": 4}},
    "Headroom.table": {"most": 3},
    "Host": {"capacity": {"cpu": 8}},
    "HostEvent": {"time": 1.0, "host": "h", "action": "fail"},
    "Inside": {
        "vms": vmopt.Groups.labelled("app"),
        "pieces": {"web": vmopt.OneOf([vmopt.Pieces("gpu")])},
        "hosts": vmopt.Groups.labelled("rack"),
        "parts": {"a": {"gpu": (vmopt.Part(slots=1),)}},
    },
    "Instance.from_rows": {"vms": VMS},
    "Keep": {"vms": "vm-0"},
    "Resident": {"vms": "vm-0"},
    "LevelBound": {"prices": PRICE, "per_value": ONE, "per_vm": ONE},
    "MostMoves": {"most": 1},
    "MustRun": {"vms": "vm-0"},
    "Near": {"over": "host"},
    "Nested.of": {"containers": VMS, "flavors": FLAVORS},
    "Objective.names": {"goal": "fewest-hosts"},
    "OneOf.of": {"given": vmopt.Pieces("gpu")},
    "OneOf": {"alternatives": ([vmopt.Pieces("gpu")],)},
    "PatternBound": {"prices": np.zeros(2), "host_profit": np.array([9.0])},
    "Pieces": {"kind": "gpu"},
    "Plan.host_name": {"host": 0},
    "Plan.shell": {"tool": "openstack"},
    "Plan.state": {"done": []},
    "Plan.vm_name": {"action": PLAN.actions[0]},
    "Quarantine": {"hosts": "host-0"},
    "Quota": {"most": 1},
    "Reach": {"over": "host", "least": 1},
    "Requests.at_load": {"load": 1.0},
    "Requests.squeezed": {"factor": 2},
    "Requests.take": {"vms": [0]},
    "Skew": {"over": "host"},
    "Timeline.parts": {"time": 1.0},
    "Timeline.snapshot": {"time": 1.0},
    "Timeline.table": {"what": "vms"},
    "VM": {"demand": {"cpu": 2}},
    "WhatIf.add_hosts": {"hosts": (vmopt.Host("h2", {"cpu": 8}),)},
    "WhatIf.add_vms": {"vms": (vmopt.VM("v2", {"cpu": 1}),)},
    "WhatIf.add_rule": {"rule": vmopt.Empty("host-0")},
    "WhatIf.change_priority": {"priority": 2.0},
    "WhatIf.drain": {"hosts": ("host-0",)},
    "WhatIf.drop_rule": {"number": 0},
    "WhatIf.fail": {"hosts": ("host-0",)},
    "WhatIf.remove_hosts": {"hosts": ("host-0",)},
    "WhatIf.resize": {"demand": {"cpu": 3}},
    "check_landings": {"instance": WITH_GPUS, "host_index": ON_GPUS.host_index, "stated": ON_GPUS.parts},
    "compare": {"methods": ["greedy-demand"]},
    "evacuate": {"instance": TWO, "hosts": "host-0"},
    "generate": {"hosts": 2},
    "generate_requests": {"hosts": 2, "span": 7200.0},
    "headroom": {"given": TWO},
    "nest": {"containers": VMS, "flavors": FLAVORS},
    "plan": {"current": [-1, -1]},
    "read_inventory": {"hosts": {"name": ["h"], "cpu": [8]}, "vms": {"name": ["v"], "cpu": [2]}},
    "share": {"capacity": 4, "demand": [1, 2]},
    "trade_off": {"instance": TWO, "a": vmopt.FewestHosts(), "b": vmopt.Balance()},
    "verify_goal_bound": {"instance": STEPS.instance, "solution": STEPS, "level": 1},
    "verify_level_bound": {
        "instance": RANKED,
        "placement": [-1, 0],
        "priority": 1,
        "proof": vmopt.LevelBound(PRICE, ONE, ONE),
    },
    "verify_nest": {"vms": NEST.vms, "vm_of": NEST.vm_of},
    "with_headroom": {"instance": TWO, "time_limit": 0.4},
    "explore.Session.move": {"host": "host-0"},
    "explore.Session.solve": {"asked": ASKED},
    "explain.PriceRange.predicted": {"capacity": 9.0},
    "Explanation.step": {"kind": "move"},
    "goals.Distance": {"cost": [[0]]},
    "goals.level_text": {"level": vmopt.FewestHosts()},
    "goals.parse_level": {"text": "fewest-hosts"},
    "inventory.understood": {"hosts": {"name": ["h"], "cpu": [8]}, "vms": {"name": ["v"], "cpu": [2]}},
    "io.parse_vbp": {"text": "1\n8\n1\n4 1\n", "hosts": 1},
    "io.read_allocation": {"host_index": np.array([0, -1]), "given": {"vm-0": {"cpu": 4}}, "where": "x"},
    "io.schema": {"kind": "instance"},
    "nesting.NestPrices": {"inside": np.zeros((1, 1)), "vms": np.zeros((1, 1))},
    "nesting.price_bound": {"prices": NestPrices(np.zeros((1, 1)), np.zeros(1))},
    "network.Network.from_arrays": {
        "node_names": ["a", "b", "s"],
        "is_host": [1, 1, 0],
        "ends": [[0, 2], [1, 2]],
        "bandwidth": [1e9, 1e9],
        "latency": [0, 0],
    },
    "network.Traffic.from_columns": {"source": ["vm-0"], "target": ["vm-1"]},
    "network.Traffic.from_edges": {"edges": [("vm-0", "vm-1", 1.0)]},
    "network.Traffic.from_networkx": {"graph": TALK.to_networkx()},
    "network.from_networkx": {"graph": RACK.to_networkx()},
    "network.concurrent_flow": {"network": network.star(["a", "b"]), "source": ["a"], "target": ["b"]},
    "network.fat_tree": {"k": 2, "hosts": 2},
    "network.leaf_spine": {"hosts": 2},
    "network.star": {"hosts": 2},
    "plotting.dumbbells": {"labels": ["a"], "low": [1], "high": [2]},
    "plotting.growth": {"sizes": [1, 10], "seconds": {"a": [1, 2]}},
    "plotting.latency": {"solutions": {"a": SOLVED}},
    "plotting.parts": {"solution": ON_GPUS, "kind": "gpu"},
    "plotting.performance_profile": {"times": {"a": [1, 2]}},
    "plotting.prices": {"relaxation": SOLVED},
    "plotting.progress": {"history": SOLVED},
    "plotting.save": {"path": "out.png"},
    "plotting.trade_off": {"curve": CURVE},
    "report.write": {"path": "out.html"},
    "rules.info_of": {"rule": vmopt.Spread},
    "rules.parse_rule": {"text": "empty(host-0)"},
    "rules.rule_called": {"name": "spread"},
    "rules.rule_text": {"rule": vmopt.Empty("host-0")},
}
"""What a single function is given besides, or instead."""

RULED = vmopt.solve(TWO.replace(rules=[vmopt.Empty("host-1")]), method="greedy-demand")
OBJECTS: dict[str, Any] = {
    "Comparison": vmopt.compare(CLUSTER, methods=["greedy-demand"]),
    "Explanation": vmopt.explain(vmopt.solve(CLUSTER, threads=1), "vm-0"),
    "Headroom": vmopt.headroom(TWO),
    "Instance": CLUSTER,
    "Objective": vmopt.Objective(),
    "Plan": PLAN,
    "Planner": vmopt.Planner(CLUSTER, threads=1),
    "Requests": REQUESTS,
    "Solution": SOLVED,
    "Timeline": TIMELINE,
    "TradeOff": CURVE,
    "WhatIf": vmopt.what_if(RULED),
    "explain.PriceRange": PriceRange("host-0", 1, "cpu", 0.1, 8.0, 5.0, 9.0, 0.1, 0.1),
    "explore.Session": Session(SOLVED),
    "network.Latency": network.Latency(RACK, TALK),
    "network.Network": RACK,
    "network.Traffic": TALK,
    "simulation.PolicyInfo": vmopt.policies()[0],
}
"""An object of each class that has methods which users call."""

HANDED_BACK = {
    *("Action", "Bound", "Breach", "Comparison", "Conflict", "Contradiction", "Difference", "Explanation", "Fault"),
    *("Headroom", "Instance", "Landing", "Level", "Loss", "NestLevel", "NestSolution", "Nested", "Plan"),
    *("PolicyComparison", "Ranking", "Recheck", "Relaxation", "Report", "Requests", "Reserved", "Room"),
    *("Sensitivity", "Shares", "Solution", "Timeline", "TradeOff", "TradePoint", "Violation", "WhatIf"),
    *("explain.Bid", "explain.ClassReason", "explain.HostRank", "explain.HostReason", "explain.Nearest"),
    *("explain.PriceRange", "explain.Purchase", "explain.ReasonRow", "explain.Step"),
    *("explore.Judgement", "explore.SessionServer", "explore.SessionState", "goals.BaseGoal", "goals.Measure"),
    *("indicators.FullLink", "indicators.Indicators", "indicators.LatencyIndicators", "indicators.Throughput"),
    *("inventory.Reading", "network.Network", "network.Traffic"),
    *("platforms.Feature", "platforms.Imported", "rules.BaseRule", "rules.InForce", "rules.Parameter"),
    *("rules.RuleInfo", "rules.Taken", "simulation.PolicyInfo"),
}
"""Classes whose objects vmopt makes: what users give for them is checked where it comes in."""
BUILDERS = {"explore.SessionServer", "goals.Measure", "rules.InForce", "rules.Taken"}
"""Of these, classes whose methods only vmopt and who extends it call."""
NEVER_RIGHT = {
    *("MostMoves.by_label", "Quota.by_label", "Inside.by_label", "rules.Transient.by_label", "rules.BaseRule.by_label"),
    *("read_timeline", "change.read_plan", "io.read", "io.read_alibaba_gpu", "io.read_alibaba_requests"),
    *("io.read_btrplace", "io.read_cloud_balancing", "io.read_csv", "io.read_huawei", "io.read_json", "io.read_kmkp"),
    *("io.read_mknap", "io.read_mkp", "io.read_network", "io.read_placement", "io.read_requests", "io.read_roadef"),
    *("io.read_solution", "io.read_start", "io.read_traffic", "io.read_vbp"),
    *("platforms.read_kubernetes", "platforms.read_openstack", "platforms.read_proxmox"),
}
"""Calls of which nothing is right here: there is no such file, or the rule has no groups."""
SAID = {
    "a": ("goal",),
    "b": ("goal",),
    "capacity": ("the table", "host", "each"),
    "containers": ("VM",),
    "costs": ("host",),
    "curve": ("trade_off",),
    "demand": ("the table", "VM", "amounts"),
    "given": ("a rule", "pieces", "Instance", "VM"),
    "host_labels": ("labels of",),
    "hosts": ("a rule", "host", "cannot read"),
    "index": ("there is no",),
    "kind": ("schema",),
    "level": ("goal",),
    "levels": ("goal",),
    "name": ("rule",),
    "name_column": ("column",),
    "over": ("hosts labelled",),
    "path": ("cannot", "ends in"),
    "policies": ("policy", "compare"),
    "reservation": ("column",),
    "rule": ("only these",),
    "source": ("VM",),
    "target": ("VM",),
    "text": ("goal", "rule"),
    "uplink_bandwidth": ("bandwidth",),
    "uplink_latency": ("latency",),
    "vm_labels": ("labels of",),
    "vms": ("a rule", "VM", "cannot read"),
    "warm_start": ("the placement",),
    "within": ("a rule holds over",),
}
"""What messages call an argument where not by its name."""
