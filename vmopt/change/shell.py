"""Plans as lines of a shell script, for people to read and run; nothing here runs anything."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

from vmopt import checks
from vmopt.change.action import Action, Kind
from vmopt.summary.layout import printable

if TYPE_CHECKING:
    from vmopt.change.plans import Plan


def shell_lines(plan: Plan, tool: str) -> list[str]:
    """Return commands that carry a plan out, one after the other.

    Parameters
    ----------
    plan : Plan
    tool : {"openstack", "qm", "virsh", "kubectl"}
        ``openstack``: live migration, and shelving for VMs that stop. ``qm``: Proxmox, on the node that a VM is on; the
        label ``vmid`` is its number, else its name is. ``virsh``: libvirt over ssh. ``kubectl``: evictions; the
        scheduler chooses the next node, a comment says which is meant. A pod is named ``namespace/pod``, or has the
        label ``namespace``.

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
    head = f"# {plan.outcome.value}: {plan.count()} actions, in an order that works one by one"
    return [head, *(line for action in plan.actions for line in write(plan, action))]


def _openstack(plan: Plan, action: Action) -> list[str]:
    vm, target = plan.vm_name(action), plan.host_name(action.target)
    if action.kind is Kind.STOP:
        return [_line("openstack", "server", "shelve", "--offload", "--wait", "--", vm)]
    if action.kind is Kind.START:
        return [_line("openstack", "server", "unshelve", f"--host={target}", "--wait", "--", vm)]
    host = ("--host", target) if not target.startswith("-") else (f"--host={target}",)
    return [_line("openstack", "server", "migrate", "--live-migration", *host, "--wait", "--", vm)]


def _qm(plan: Plan, action: Action) -> list[str]:
    number = _label(plan, action, "vmid") or plan.vm_name(action)
    target = plan.host_name(action.target)
    if action.kind is Kind.STOP:
        return [_line("ssh", f"root@{plan.host_name(action.source)}", _line("qm", "shutdown", number))]
    if action.kind is Kind.START:
        return [_line("ssh", f"root@{target}", _line("qm", "start", number))]
    move = _line("qm", "migrate", number, target, "--online")
    return [_line("ssh", f"root@{plan.host_name(action.source)}", move)]


def _virsh(plan: Plan, action: Action) -> list[str]:
    vm = plan.vm_name(action)

    def uri(host: int) -> str:
        return f"qemu+ssh://{quote(plan.host_name(host), safe='')}/system"

    if action.kind is Kind.STOP:
        at = ("virsh", "--connect", uri(action.source))
        runs = f"{_line(*at, 'domstate', '--domain', vm)} | grep -q running"
        return [_line(*at, "shutdown", "--domain", vm), f"while {runs}; do sleep 1; done"]
    if action.kind is Kind.START:
        return [_line("virsh", "--connect", uri(action.target), "start", "--domain", vm)]
    how = ("--live", "--persistent", "--undefinesource")
    at = ("virsh", "--connect", uri(action.source))
    return [_line(*at, "migrate", *how, "--domain", vm, "--desturi", uri(action.target))]


def _kubectl(plan: Plan, action: Action) -> list[str]:
    space, _, pod = plan.vm_name(action).rpartition("/")
    space = space or _label(plan, action, "namespace") or "default"
    if action.kind is Kind.START:
        return [f"# {printable(pod)} of {printable(space)} is to start on {printable(plan.host_name(action.target))}"]
    goes = "stops" if action.kind is Kind.STOP else f"is to go to {printable(plan.host_name(action.target))}"
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod, "namespace": space}}
    path = f"/api/v1/namespaces/{quote(space, safe='')}/pods/{quote(pod, safe='')}/eviction"
    send = f"{_line('printf', '%s', json.dumps(body))} | {_line('kubectl', 'create', '--raw', path, '-f', '-')}"
    gone = _line("kubectl", "wait", "--for=delete", f"pod/{pod}", "--namespace", space, "--timeout=1h")
    return [f"# {printable(pod)} {goes}", send, gone]


def _label(plan: Plan, action: Action, key: str) -> str | None:
    labels = plan.instance.vm_labels
    return None if labels is None else labels[action.vm].get(key)


def _line(*words: str) -> str:
    return shlex.join(words)


TOOLS: dict[str, Callable[[Plan, Action], list[str]]] = {
    "openstack": _openstack,
    "qm": _qm,
    "virsh": _virsh,
    "kubectl": _kubectl,
}
