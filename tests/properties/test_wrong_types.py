"""Whatever is given for an argument of the public functions, what comes out is an answer or one clear error."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import vmopt
from vmopt import io, network, plotting
from vmopt.network import Network, Traffic

CLUSTER = vmopt.Instance.from_arrays([[4], [5]], [[8]], resources=["cpu"])
HOSTS, VMS = [vmopt.Host("h", {"cpu": 8})], [vmopt.VM("v", {"cpu": 2})]
REQUESTS = vmopt.Requests.from_arrays([0, 1], [[4], [5]], duration=[5, 6], resources=["cpu"])
TIMELINE = vmopt.simulate(HOSTS, REQUESTS, policy="fcfs")
SOLVED = vmopt.solve(CLUSTER, method="greedy-demand")
RACK = network.star(CLUSTER)
TALK = Traffic.from_arrays(CLUSTER, [0], [1], [1.0])
PATTERNS = vmopt.PatternBound(np.zeros(2), np.array([9.0]))
TWO = vmopt.Instance.from_arrays([[4], [5]], [[8], [8]], current=[0, 1])
RANKED = CLUSTER.replace(priority=[0, 1], objective=vmopt.Objective("tiers"))
PRICE, ONE = np.ones((1, 1)), np.ones(1)
QUICK = {"method": "greedy-demand", "time_limit": 0.2, "threads": 1}
NODES = {"node_names": ["a", "b", "s"], "is_host": [1, 1, 0], "ends": [[0, 2], [1, 2]]}
WRONG = {
    "an integer": 1,
    "a float": -3.5,
    "a string": "zz",
    "bytes": b"x",
    "None": None,
    "an object": object(),
    "an empty list": [],
    "a list": [1, "a"],
    "NaN": float("nan"),
    "infinity": float("inf"),
    "a set": {1, 2},
    "a dict": {"x": 1},
    "a class": int,
    "a boolean": True,
    "an array": np.zeros((2, 2, 2)),
    "a huge integer": 10**30,
}
CALLS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "Instance.from_arrays": (vmopt.Instance.from_arrays, {"demand": [[4], [5]], "capacity": [[8]]}),
    "Instance.from_rows": (vmopt.Instance.from_rows, {"hosts": HOSTS, "vms": VMS}),
    "Requests.from_arrays": (vmopt.Requests.from_arrays, {"arrival": [0, 1], "demand": [[4], [5]]}),
    "Requests.at_load": (REQUESTS.at_load, {"load": 1.0, "hosts": HOSTS}),
    "Requests.squeezed": (REQUESTS.squeezed, {"factor": 2}),
    "Requests.on": (REQUESTS.on, {"hosts": HOSTS}),
    "Requests.take": (REQUESTS.take, {"vms": [0]}),
    "solve": (vmopt.solve, {"instance": CLUSTER, **QUICK}),
    "relax": (vmopt.relax, {"instance": CLUSTER, "threads": 1}),
    "compare": (vmopt.compare, {"instance": CLUSTER, "methods": ["greedy-demand"]}),
    "verify": (vmopt.verify, {"instance": CLUSTER, "placement": [0, -1]}),
    "verify_bound": (vmopt.verify_bound, {"instance": CLUSTER, "prices": [[1.0]]}),
    "share": (vmopt.share, {"capacity": 4, "demand": [1, 2]}),
    "generate": (vmopt.generate, {"kind": "flavor", "hosts": 2}),
    "generate_requests": (vmopt.generate_requests, {"kind": "flavor", "hosts": 2, "span": 7200.0}),
    "simulate": (vmopt.simulate, {"hosts": HOSTS, "requests": REQUESTS, "policy": "fcfs"}),
    "compare_policies": (vmopt.compare_policies, {"hosts": HOSTS, "requests": REQUESTS, "policies": ["fcfs"]}),
    "Objective": (vmopt.Objective, {}),
    "Preemption": (vmopt.Preemption, {}),
    "Timeline.snapshot": (TIMELINE.snapshot, {"time": 1.0}),
    "Timeline.table": (TIMELINE.table, {"what": "vms"}),
    "Timeline.mean_utilisation": (TIMELINE.mean_utilisation, {}),
    "Network.from_arrays": (Network.from_arrays, {**NODES, "bandwidth": [1e9, 1e9], "latency": [0, 0]}),
    "Traffic.from_arrays": (Traffic.from_arrays, {"vms": CLUSTER, "source": [0], "target": [1], "rate": [1.0]}),
    "Traffic.from_edges": (Traffic.from_edges, {"vms": CLUSTER, "edges": [("vm-0", "vm-1", 1.0)]}),
    "Traffic.from_columns": (
        Traffic.from_columns,
        {"vms": CLUSTER, "source": ["vm-0"], "target": ["vm-1"], "rate": [1.0]},
    ),
    "Traffic.from_networkx": (Traffic.from_networkx, {"vms": CLUSTER, "graph": TALK.to_networkx()}),
    "network.from_networkx": (network.from_networkx, {"graph": RACK.to_networkx()}),
    "network.Latency": (network.Latency, {"network": RACK, "traffic": TALK}),
    "network.localise": (network.localise, {"solution": SOLVED, "network": RACK, "traffic": TALK, "time_limit": 0.1}),
    "network.generate_traffic": (network.generate_traffic, {"vms": CLUSTER}),
    "network.star": (network.star, {"hosts": 2}),
    "network.leaf_spine": (network.leaf_spine, {"hosts": 2}),
    "network.fat_tree": (network.fat_tree, {"k": 2, "hosts": 2}),
    "indicators": (vmopt.indicators.indicators, {"solution": SOLVED, "network": RACK, "traffic": TALK}),
    "Instance.vm": (CLUSTER.vm, {"index": 0}),
    "Instance.host": (CLUSTER.host, {"index": 0}),
    "verify_pattern_bound": (vmopt.verify_pattern_bound, {"instance": CLUSTER, "certificate": PATTERNS}),
    "recheck_pattern_bound": (vmopt.recheck_pattern_bound, {"instance": CLUSTER, "certificate": PATTERNS}),
    "verify_level_bound": (
        vmopt.verify_level_bound,
        {"instance": RANKED, "placement": [-1, 0], "priority": 0, "proof": vmopt.LevelBound(PRICE, ONE, ONE)},
    ),
    "write_timeline": (lambda timeline: vmopt.write_timeline(timeline, os.devnull), {"timeline": TIMELINE}),
    "plotting.overview": (plotting.overview, {"solution": SOLVED}),
    "plotting.utilisation": (plotting.utilisation, {"solution": SOLVED}),
    "plotting.unplaced": (plotting.unplaced, {"solution": SOLVED}),
    "plotting.packing": (plotting.packing, {"solution": SOLVED}),
    "plotting.progress": (plotting.progress, {"history": SOLVED}),
    "plotting.prices": (plotting.prices, {"relaxation": SOLVED}),
    "plotting.comparison": (plotting.comparison, {"solutions": [SOLVED]}),
    "plotting.dumbbells": (plotting.dumbbells, {"labels": ["a"], "low": [1], "high": [2]}),
    "plotting.growth": (plotting.growth, {"sizes": [1, 10], "seconds": {"a": [1, 2]}}),
    "plotting.performance_profile": (plotting.performance_profile, {"times": {"a": [1, 2]}}),
    "plotting.timeline": (plotting.timeline, {"timelines": [TIMELINE]}),
    "plotting.waiting": (plotting.waiting, {"timelines": [TIMELINE]}),
    "plotting.network": (plotting.network, {"solution": SOLVED, "links": RACK, "traffic": TALK}),
    "plotting.latency": (plotting.latency, {"solutions": {"a": SOLVED}, "links": RACK, "traffic": TALK}),
    "plotting.traffic_matrix": (plotting.traffic_matrix, {"solution": SOLVED, "links": RACK, "traffic": TALK}),
    "plan": (vmopt.plan, {"solution": SOLVED, "current": [-1] * CLUSTER.n_vms, "tries": 0}),
    "headroom": (vmopt.headroom, {"given": TWO}),
    "evacuate": (vmopt.evacuate, {"instance": TWO, "hosts": "host-0", "time_limit": 0.2}),
    "with_headroom": (vmopt.with_headroom, {"instance": TWO, "steps": 1, "time_limit": 0.4}),
    "plotting.gantt": (plotting.gantt, {"plan": SOLVED}),
    "io.fingerprint": (io.fingerprint, {"instance": CLUSTER}),
    "io.schema": (io.schema, {"kind": "instance"}),
}
USERS_OWN = {("solve", "progress"), ("simulate", "progress"), ("compare_policies", "progress")}
"""What the user gives to be called, may fail in its own way."""


def arguments() -> list[tuple[str, str]]:
    """List every argument of every call."""
    variable = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    return [
        (call, name)
        for call, (function, _) in CALLS.items()
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind not in variable
    ]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("call", "argument"), arguments())
def test_wrong_types_give_one_clear_error(call: str, argument: str) -> None:
    """Tests that an argument of any type is taken, or refused with an error of vmopt that says what to give."""
    function, given = CALLS[call]
    for kind, wrong in WRONG.items():
        if callable(wrong) and (call, argument) in USERS_OWN:
            continue
        try:
            function(**{**given, argument: wrong})
        except vmopt.VmoptError:
            continue
        except Exception as error:
            pytest.fail(f"{kind}: {type(error).__name__}: {error}")


@pytest.mark.parametrize("call", [vmopt.compare, CLUSTER.replace])
def test_unknown_arguments_are_named(call: Callable[..., Any]) -> None:
    """Tests that an argument that there is not is refused with those that there are."""
    given = [CLUSTER] if call is vmopt.compare else []
    with pytest.raises(vmopt.VmoptError, match="has no 'zz': it takes"):
        call(*given, zz=3)
