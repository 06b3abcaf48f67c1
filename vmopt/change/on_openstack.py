"""Actions as commands of OpenStack: who moves alive, who cold, and who is rebuilt elsewhere."""

from __future__ import annotations

from vmopt.change.action import Action, Kind
from vmopt.change.action_graph import ActionGraph
from vmopt.change.labelled import line, of_host, of_vm
from vmopt.summary.layout import printable


def openstack_lines(plan: ActionGraph, action: Action) -> list[str]:
    """Return the commands of one action.

    The labels that `read_openstack` gives say more: ``uuid`` and ``service`` what commands call a server and a host,
    ``status`` which server is off and moves cold, ``state`` which host is down and has its servers evacuated.
    """
    vm = of_vm(plan, action, "uuid") or plan.vm_name(action)
    target = of_host(plan, action.target, "service") or plan.host_name(action.target)
    status = of_vm(plan, action, "status")
    host = ("--host", target) if not target.startswith("-") else (f"--host={target}",)
    if of_vm(plan, action, "consumer") is not None:
        return [f"# {printable(plan.vm_name(action))}: nobody knows what it is, look for yourself"]
    if action.kind is Kind.STOP:
        return [line("openstack", "server", "shelve", "--offload", "--wait", "--", vm)]
    if action.kind is Kind.START and status in {None, "SHELVED_OFFLOADED"}:
        return [line("openstack", "server", "unshelve", f"--host={target}", "--wait", "--", vm)]
    if action.kind is Kind.START:
        return [f"# {printable(plan.vm_name(action))} ({status}) is to run on {printable(target)}"]
    if of_host(plan, action.source, "state") == "down":
        return [line("openstack", "server", "evacuate", *host, "--wait", "--", vm)]
    if status == "SHUTOFF":
        move = line("openstack", "server", "migrate", *host, "--wait", "--", vm)
        return [move, line("openstack", "server", "migration", "confirm", "--", vm)]
    return [line("openstack", "server", "migrate", "--live-migration", *host, "--wait", "--", vm)]
