"""Plans as lines of a shell script, for people to read and run; nothing here runs anything."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from vmopt import checks
from vmopt.change.action import Action, Kind
from vmopt.change.action_graph import ActionGraph
from vmopt.change.labelled import line
from vmopt.change.on_kubernetes import kubectl_head, kubectl_lines
from vmopt.change.on_openstack import openstack_lines
from vmopt.change.on_proxmox import proxmox_lines
from vmopt.plurals import count


def shell_lines(plan: ActionGraph, tool: str) -> list[str]:
    """Return commands that carry a plan out, one after the other.

    Parameters
    ----------
    plan : Plan
    tool : {"openstack", "qm", "virsh", "kubectl"}
        ``openstack``: live migration (cold, or evacuation, where labels of an import say so), and shelving for VMs that
        stop. ``qm``: Proxmox, on the node that a VM is on; the label ``vmid`` is its number, else its name is; with
        the labels of an import also pct and ha-manager. ``virsh``: libvirt over ssh. ``kubectl``: evictions; the
        scheduler chooses the next node, a comment says which is meant; nodes that are emptied are cordoned first. Where
        a disruption budget allows no eviction yet, it is asked for again; the labels of an import say which one that
        is. A pod is named ``namespace/pod``, or has the label ``namespace``.

    Returns
    -------
    list of str
        Comments and commands, for a shell that stops at the first failure (``set -e``). They wait for each action to be
        done, so that the order of the lines keeps all that the graph demands; with ``kubectl``, for a pod to be gone,
        not for the one in its place to run. Names are quoted.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays(
    ...     [[6]], [[8], [8]], current=[0], rules=[vmopt.Empty("host-0")], vm_names=["my web"]
    ... )
    >>> shell_lines(vmopt.plan(vmopt.solve(cluster)), "openstack")[-1]
    "openstack server migrate --live-migration --host host-1 --wait -- 'my web'"
    """
    write = TOOLS[checks.choice(tool, "tool", TOOLS)]
    head = f"# {plan.outcome.value}: {count(plan.count(), 'action')}, in an order that works one by one"
    first = kubectl_head(plan) if tool == "kubectl" else []
    return [head, *first, *(written for action in plan.actions for written in write(plan, action))]


def _virsh(plan: ActionGraph, action: Action) -> list[str]:
    vm = plan.vm_name(action)

    def uri(host: int) -> str:
        return f"qemu+ssh://{quote(plan.host_name(host), safe='')}/system"

    if action.kind is Kind.STOP:
        at = ("virsh", "--connect", uri(action.source))
        runs = f"{line(*at, 'domstate', '--domain', vm)} | grep -q running"
        return [line(*at, "shutdown", "--domain", vm), f"while {runs}; do sleep 1; done"]
    if action.kind is Kind.START:
        return [line("virsh", "--connect", uri(action.target), "start", "--domain", vm)]
    how = ("--live", "--persistent", "--undefinesource")
    at = ("virsh", "--connect", uri(action.source))
    return [line(*at, "migrate", *how, "--domain", vm, "--desturi", uri(action.target))]


TOOLS: dict[str, Callable[[ActionGraph, Action], list[str]]] = {
    "openstack": openstack_lines,
    "qm": proxmox_lines,
    "virsh": _virsh,
    "kubectl": kubectl_lines,
}
