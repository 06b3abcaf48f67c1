"""Server groups: together, or apart."""

from __future__ import annotations

from vmopt.errors import FileError
from vmopt.platforms.fields import Row
from vmopt.platforms.openstack.servers import Server
from vmopt.platforms.openstack.tables import OpenStackTables
from vmopt.platforms.tally import FeatureTally
from vmopt.platforms.today import WISH, Today, apart
from vmopt.rules import BaseRule, Gather, Spread

POLICIES = ("affinity", "anti-affinity", "soft-affinity", "soft-anti-affinity")


def group_rules(tables: OpenStackTables, servers: list[Server], today: Today, tally: FeatureTally) -> list[BaseRule]:
    """Return the rules of all server groups, of those servers that are in the data."""
    names = {server.uuid: server.guest.name for server in reversed(servers) if server.flavor or not server.stays}
    by_policy: dict[tuple[str, int], list[list[str]]] = {}
    for row in tables.groups:
        policy, most = _policy(row)
        members = [names[uuid] for uuid in dict.fromkeys(row.texts("members")) if uuid in names]
        if policy not in POLICIES:
            tally.add(f"policy {policy}", "left out", "server groups", "no such policy is known")
        elif len(members) < 2:
            tally.add("fewer than two known members", "left out", "server groups", "they ask for nothing")
        else:
            by_policy.setdefault((policy, most), []).append(members)
    rules: list[BaseRule] = []
    for (policy, most), groups in by_policy.items():
        rules += [rule for layer in apart(groups) for rule in _rules(policy, most, layer, today)]
        how = f"{'Gather' if policy.endswith('soft-affinity') or policy == 'affinity' else 'Spread'} on hosts"
        soft = f", at a penalty of {WISH:g}" if policy.startswith("soft") else ""
        tally.add(f"policy {policy}", "modelled", "server groups", how + soft, len(groups))
    return rules


def _rules(policy: str, most: int, groups: list[list[str]], today: Today) -> list[BaseRule]:
    if policy == "affinity":
        return today.gather(groups)
    if policy == "anti-affinity":
        return today.spread(groups, most)
    return [Gather(groups, penalty=WISH) if policy == "soft-affinity" else Spread(groups, most=most, penalty=WISH)]


def _policy(row: Row) -> tuple[str, int]:
    """Policy of either generation of the API, and how many of a group one host may run."""
    policies = row.texts("policies") or [row.text("policy") or "none"]
    most = Row(row.mapping("rules"), row.source).whole("max_server_per_host")
    if most == 0:
        raise FileError(f"{row.source}: max_server_per_host is 0: a server group needs at least 1.")
    return policies[0], most or 1
