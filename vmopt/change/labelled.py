"""What labels say of the VM and the hosts of an action."""

from __future__ import annotations

import shlex

from vmopt.change.action import NOWHERE, Action
from vmopt.change.action_graph import ActionGraph


def line(*words: str) -> str:
    """Quote words as one line of a shell."""
    return shlex.join(words)


def of_vm(plan: ActionGraph, action: Action, key: str) -> str | None:
    """Value of a label of the VM."""
    labels = plan.instance.vm_labels
    return None if labels is None else labels[action.vm].get(key)


def of_host(plan: ActionGraph, host: int, key: str) -> str | None:
    """Value of a label of a host."""
    labels = plan.instance.host_labels
    return None if labels is None or host == NOWHERE else labels[host].get(key)
