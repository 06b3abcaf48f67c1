"""Requests on hosts: what of the hosts they take over, and which rules hold for both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from vmopt.errors import InstanceError
from vmopt.model import rows
from vmopt.model.host import Host
from vmopt.model.instance import Instance
from vmopt.model.parts import OneOf
from vmopt.model.rule import Rule


def host_columns(hosts: Instance | Iterable[Host], resources: tuple[str, ...]) -> dict[str, Any]:
    """Return hosts as arguments of `Instance.from_arrays`, with their resources in this order.

    Raises
    ------
    InstanceError
        If the hosts offer others.
    """
    if not isinstance(hosts, Instance):
        return rows.host_columns(hosts, resources)
    if set(hosts.resources) != set(resources):
        offered, asked = ", ".join(hosts.resources), ", ".join(resources)
        raise InstanceError(f"the hosts offer {offered}, but the requests ask for {asked}: name them alike.")
    given = hosts.as_columns()
    order = [hosts.resources.index(resource) for resource in resources]
    return {
        "capacity": given["capacity"][:, order],
        "resources": resources,
        "host_names": given["host_names"],
        "host_labels": given["host_labels"],
    }


def rules_on(
    hosts: Instance | Iterable[Host], own: Sequence[Rule], pieces: Mapping[str, OneOf | None] | None = None
) -> tuple[Rule, ...]:
    """Return the rules of requests, and those of the hosts' instance that speak of hosts only.

    Parameters
    ----------
    hosts : Instance or iterable of Host
        Its parts are those of the rule `Inside` of an instance, unless the requests have such a rule.
    own : sequence of Rule
    pieces : mapping of VM name to OneOf or None, optional
        What VMs ask of parts, where no rule says it.

    Raises
    ------
    InstanceError
        If the hosts' instance has a rule that speaks of its VMs, and is none of the requests'; or if VMs ask for
        pieces, and hosts have no parts.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[1]], [[4], [4]], rules=[vmopt.Empty("host-0")])
    >>> [rule.name for rule in rules_on(cluster, [vmopt.Spread("vm-*")])]
    ['spread', 'empty']
    """
    theirs = [rule for rule in hosts.rules if rule not in own] if isinstance(hosts, Instance) else []
    of_parts = [rule for rule in theirs if hasattr(rule, "parts")]
    theirs = [rule for rule in theirs if rule not in of_parts]
    for rule in theirs:
        if rule.of_some:
            raise InstanceError(
                f"the hosts come with the rule {rule}, which speaks of their VMs, and the requests are others: give "
                "the requests this rule, or hosts without it."
            )
    return (*own, *theirs, *_landing(hosts, of_parts, pieces or {}))


def _landing(
    hosts: Instance | Iterable[Host], of_parts: Sequence[Any], pieces: Mapping[str, OneOf | None]
) -> list[Rule]:
    """Return the rule that VMs land on the parts of these hosts; none where they ask for no pieces."""
    if not any(pieces.values()):
        return []
    if isinstance(hosts, Instance):
        found = [{"hosts": rule.hosts, "parts": rule.parts} for rule in of_parts]
    else:
        listed = rows.listed(hosts, Host, "host")
        found = [rows.parts_columns(listed)] if any(host.parts for host in listed) else []
    if not found:
        raise InstanceError("VMs of the requests ask for pieces, but the hosts have no parts: give Host(parts=...).")
    return rows.landing_rules(pieces, found[0])


def require_lasting(rules: Sequence[Rule]) -> None:
    """Refuse rules that a VM which leaves can break, and soft ones.

    Raises
    ------
    InstanceError
        If there are any; all are named.

    Examples
    --------
    >>> import vmopt
    >>> require_lasting([vmopt.Spread("vm-*")])
    """
    soft = list(dict.fromkeys(type(rule).__name__ for rule in rules if getattr(rule, "penalty", None) is not None))
    if soft:
        raise InstanceError(
            f"{', '.join(soft)} may be broken at a penalty, but simulations weigh none: leave out the penalty."
        )
    passing = list(dict.fromkeys(type(rule).__name__ for rule in rules if not rule.lasts))
    if passing:
        raise InstanceError(
            f"{', '.join(passing)} cannot be kept while VMs come and go, for one that leaves may break it: leave "
            "it out, or use rules that hold whoever leaves: Spread, Gather, Apart, Alone, Fence, Ban, Empty, Quota."
        )
