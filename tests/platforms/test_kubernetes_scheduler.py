"""Clusters that a scheduler has filled: what keeps nodes from pods that wait is what it says, and rules say so."""

from __future__ import annotations

import re
from collections import Counter

import pytest

import vmopt
from tests.platforms.scheduled import filled
from tests.platforms.scheduler import Scheduler
from vmopt.platforms.found import TODAY
from vmopt.platforms.kubernetes import from_documents

FEATURES = {
    "nodes": {"taints", "cordoned", "selector"},
    "near": {"podAffinity"},
    "apart": {"podAntiAffinity", "taints"},
    "near and apart": {"podAffinity", "podAntiAffinity", "gates"},
    "volumes": {"volumes", "selector"},
    "spread": {"spread", "cordoned"},
}
FEATURES["everything"] = set().union(*FEATURES.values())
SAID = {"without a label of its nodeSelector": "selector", "against its node affinity": "selector"}


def told(account):
    """Nodes by why they refuse, and how many do not."""
    head, _, rest = account.partition(": ")
    reasons = Counter()
    for part in re.split(r", (?=\d)", rest) if rest else []:
        number, _, why = part.removesuffix(", which it does not tolerate").partition(" ")
        why = SAID.get(why, "ports" if "ports" in why else "volumes" if "short of volumes:" in why else why)
        why = "claim" if why.startswith("as its claim") else "gates" if "gates" in why else why
        reasons[why] += int(number)
    return int(head.split()[0]), reasons


def waiting(features, seeds):
    for seed in seeds:
        items = filled(seed, features)
        here, found = Scheduler(items), from_documents([("dump.json", items)]).instance
        for pod in here.pods:
            if "nodeName" not in pod["spec"]:
                yield here, found, pod, f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"


def refusals(here, pod):
    """Why each node refuses a pod."""
    first = here.first(pod)
    return [[first] if first else here.refusals(pod, node) for node in here.nodes]


@pytest.mark.parametrize("case", FEATURES)
def test_accounts_are_those_of_the_scheduler(case):
    n_pods = 0
    for here, found, pod, name in waiting(FEATURES[case], range(25)):
        reasons = refusals(here, pod)
        wanted = sum(not why for why in reasons), Counter(one for why in reasons for one in why)
        assert told(found.vm_labels[found.vm_names.index_of[name]][TODAY]) == wanted, (name, wanted)
        n_pods += 1
    assert n_pods > 20


@pytest.mark.parametrize("case", FEATURES)
def test_a_pod_may_start_where_the_scheduler_would_bind_it(case):
    """Tests each node alone, beside what runs."""
    for here, found, pod, name in waiting(FEATURES[case], range(25, 35)):
        free = {node["metadata"]["name"] for node, why in zip(here.nodes, refusals(here, pod), strict=True) if not why}
        now = {vm: found.host_names[h] for vm, h in zip(found.vm_names, found.current.tolist(), strict=True) if h >= 0}
        open_to = {host for host in found.host_names if not vmopt.verify(found, {**now, name: host})}
        assert open_to == free, name
