"""Every pod that waits is explained by the reasons that its scheduler gives, node by node, or could be placed."""

from __future__ import annotations

import re
from collections import Counter

import pytest

import vmopt
from tests.platforms.dumps import APART, DUMPS, OTHERS_APART, SELECTED
from vmopt.platforms.found import TODAY
from vmopt.platforms.kubernetes import from_documents

MEANS = {
    r"with the taint (\S+),.*": r"node(s) had untolerated taint {\1: }",
    "cordoned": "node(s) were unschedulable",
    "without a label of its nodeSelector|against its node affinity": SELECTED,
    "short of pods": "Too many pods",
    "short of volumes:.*": "node(s) exceed max volume count",
    "short of (.*)": r"Insufficient \1",
    "where its host ports are taken": "node(s) didn't have free ports for the requested pod ports",
    "out of reach of its volumes": "node(s) had volume node affinity conflict",
    "without a free volume for its claims": "node(s) didn't find available persistent volumes to bind",
    "against topology spread": "spread",
    "against pod affinity": "node(s) didn't match pod affinity rules",
    "against pod anti-affinity": "anti-affinity",
    "as another pod uses its claim": "ReadWriteOncePod",
    "as its claim .*": "claim",
}
"""What is said of nodes, and the scheduler's words for it."""
ALIKE = {
    "node(s) didn't match pod topology spread constraints.*": "spread",
    f"{APART}|{OTHERS_APART}": "anti-affinity",
    "node has pod using PersistentVolumeClaim.*": "ReadWriteOncePod",
    "pod has unbound immediate PersistentVolumeClaims|persistentvolumeclaim .* not found": "claim",
    r"node(s) had untolerated taint \{(\S+): .*": r"node(s) had untolerated taint {\1: }",
}


def counted(text, words):
    """How many nodes there are for each reason."""
    found = Counter()
    for part in re.split(r", (?=\d+ )", text):
        number, _, why = part.partition(" ")
        for pattern, word in words.items():
            told = re.fullmatch(pattern.replace("(s)", r"\(s\)"), why)
            if told:
                why = told.expand(word)
                break
        found[why] += int(number)
    return found


def scheduler_says(pod, n_nodes):
    """What the message in a pod's condition counts; a reason without a number is for all nodes."""
    message = pod["status"]["conditions"][0]["message"]
    told = message.removeprefix(f"0/{n_nodes} nodes are available: ").partition(". preemption")[0].rstrip(".")
    return counted(told if told[0].isdigit() else f"{n_nodes} {told}", ALIKE)


def waiting(items):
    for one in items:
        if one["kind"] == "Pod" and "nodeName" not in one["spec"]:
            yield one, f"{one['metadata']['namespace']}/{one['metadata']['name']}"


@pytest.mark.parametrize("name", DUMPS)
def test_pods_that_wait_are_explained_by_the_reasons_of_their_scheduler(name):
    items = DUMPS[name]()
    found = from_documents([(f"{name}.json", {"kind": "List", "items": items})])
    n_nodes, n_told = found.instance.n_hosts, 0
    for pod, vm in waiting(items):
        account = found.instance.vm_labels[found.instance.vm_names.index_of[vm]][TODAY]
        conditions = pod["status"].get("conditions", [{"reason": ""}])
        head, _, reasons = account.partition(": ")
        if conditions[0]["reason"] == "Unschedulable":
            assert counted(reasons, MEANS) == scheduler_says(pod, n_nodes), (vm, account)
            assert head.startswith("0 of"), (vm, account)
            n_told += 1
        elif conditions[0]["reason"] == "SchedulingGated":
            assert "while it has scheduling gates" in account, account
        else:
            assert not head.startswith("0 of"), (vm, account)
    assert n_told


@pytest.mark.parametrize("name", DUMPS)
def test_pods_that_a_node_takes_are_placed(name):
    items = DUMPS[name]()
    found = from_documents([(f"{name}.json", items)]).instance
    solution = vmopt.solve(found, time_limit=20)
    assert not vmopt.verify(found, solution)
    placed = solution.placement
    for pod, vm in waiting(items):
        if "conditions" not in pod["status"]:
            assert placed[vm] is not None, vm
