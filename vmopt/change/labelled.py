"""What labels say of the VM and the hosts of an action."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from vmopt.change.action import NOWHERE, Action

if TYPE_CHECKING:
    from vmopt.change.plans import Plan


def line(*words: str) -> str:
    """Quote words as one line of a shell."""
    return shlex.join(words)


def of_vm(plan: Plan, action: Action, key: str) -> str | None:
    """Value of a label of the VM."""
    labels = plan.instance.vm_labels
    return None if labels is None else labels[action.vm].get(key)


def of_host(plan: Plan, host: int, key: str) -> str | None:
    """Value of a label of a host."""
    labels = plan.instance.host_labels
    return None if labels is None or host == NOWHERE else labels[host].get(key)
