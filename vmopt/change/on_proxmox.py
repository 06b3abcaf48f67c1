"""Actions as commands of Proxmox VE: VMs by qm, containers by pct, what the HA manager looks after by itself."""

from __future__ import annotations

from vmopt.change.action import Action, Kind
from vmopt.change.action_graph import ActionGraph
from vmopt.change.labelled import line, of_host, of_vm
from vmopt.summary.layout import printable


def proxmox_lines(plan: ActionGraph, action: Action) -> list[str]:
    """Return the commands of one action, each to be run on the node that has the guest.

    The labels that `read_proxmox` gives say more: ``type`` who is a container, ``status`` who is off, ``disks`` whose
    disks are copied, ``ha`` who is the HA manager's, which works in the background: a second line waits for it.
    """
    number = of_vm(plan, action, "vmid") or plan.vm_name(action)
    container = of_vm(plan, action, "type") == "lxc"
    tool, target = "pct" if container else "qm", plan.host_name(action.target)
    here = plan.host_name(action.target if action.kind is Kind.START else action.source)
    managed = of_vm(plan, action, "ha") is not None
    sid = f"{'ct' if container else 'vm'}:{number}"
    if action.kind in {Kind.STOP, Kind.START}:
        state = "stopped" if action.kind is Kind.STOP else "started"
        verb = "shutdown" if action.kind is Kind.STOP else "start"
        what = line("ha-manager", "set", sid, "--state", state) if managed else line(tool, verb, number)
        return [_on(here, what)]
    if of_host(plan, action.source, "state") == "offline":
        return [f"# {sid} is recovered by the HA manager, for its node is off; {printable(target)} is meant"]
    if managed:
        arrived = _on(target, line(tool, "status", number))
        wait = f"until {arrived} >/dev/null 2>&1; do sleep 2; done"
        return [_on(here, line("ha-manager", "migrate", sid, target)), wait]
    return [_on(here, line(tool, "migrate", number, target, *_options(plan, action, container=container)))]


def _options(plan: ActionGraph, action: Action, *, container: bool) -> list[str]:
    """Containers restart on the other node; VMs do not notice."""
    if of_vm(plan, action, "status") == "stopped":
        return []
    copied = ["--with-local-disks"] if of_vm(plan, action, "disks") == "local" and not container else []
    return ["--restart" if container else "--online", *copied]


def _on(node: str, command: str) -> str:
    return line("ssh", f"root@{node}", command)
