"""Rules of a Proxmox cluster: HA affinities, nodes that are shut, storages, migration checks."""

from __future__ import annotations

from vmopt.platforms.proxmox.guests import ProxmoxGuest
from vmopt.platforms.proxmox.ha import Affinities, NodeAffinity
from vmopt.platforms.proxmox.hosts import ProxmoxNode
from vmopt.platforms.tally import FeatureTally
from vmopt.platforms.today import BROKEN, WISH, Today, apart
from vmopt.rules import Ban, BaseRule, Fence, Keep


class Rules:
    """Makes the rules for guests that may move."""

    def __init__(
        self, nodes: dict[str, ProxmoxNode], members: list[ProxmoxGuest], today: Today, tally: FeatureTally
    ) -> None:
        self._nodes = nodes
        self._all = members
        self._members = [member for member in members if not member.stays]
        self._names = {member.vmid: member.found.name for member in members}
        self._today = today
        self._tally = tally

    def rules(self, affinities: Affinities) -> list[BaseRule]:
        """All of them."""
        rules = [rule for affinity in affinities.nodes for rule in self._node_affinity(affinity)]
        rules += self._resource_affinity(affinities)
        rules += [*self._shut(), *self._storages(), *self._checks(), *self._cpus()]
        kept = [member.found.name for member in self._all if member.stays]
        return [*rules, *([Keep(kept)] if kept else [])]

    def _node_affinity(self, affinity: NodeAffinity) -> list[BaseRule]:
        """Strict: a fence to its nodes, and to leave all but the best that are available; loose: a wish for these.

        Others take over when the best are lost, which questions about failures ask.
        """
        online = {name for name, node in self._nodes.items() if node.online and not node.maintenance}
        free = {member.vmid for member in self._members}
        vms = [self._names[number] for number in affinity.guests if number in free]
        best = affinity.best(online)
        if not vms:
            return []
        if affinity.strict:
            how = (
                f"on its nodes only; off all but the available ones of the highest priority, at a penalty of {BROKEN:g}"
            )
            self._tally.add("strict node affinity", "modelled", "HA rules", how)
            known = [name for name in affinity.nodes if name in self._nodes]
            lower = bool(best) and len(best) < len(known)
            return [*self._today.fence(vms, known), *([Fence(vms, best, penalty=BROKEN)] if lower else [])]
        how = f"rather on the available nodes of the highest priority, at a penalty of {WISH:g} (Fence)"
        self._tally.add("loose node affinity", "modelled", "HA rules", how)
        return [Fence(vms, best, penalty=WISH)] if best else []

    def _resource_affinity(self, affinities: Affinities) -> list[BaseRule]:
        together = [[self._names[number] for number in group] for group in affinities.together if len(group) > 1]
        groups = [group for group in affinities.apart if len(group) > 1]
        enough = [group for group in groups if len(group) <= self._room(group, affinities)]
        how = "their guests have fewer nodes than they are: the HA manager drops them"
        self._tally.add("negative affinity without room", "left out", "HA rules", how, len(groups) - len(enough))
        self._tally.add("positive affinity", "modelled", "groups", "one node for all (Gather)", len(together))
        self._tally.add("negative affinity", "modelled", "HA rules", "no two on a node (Spread)", len(enough))
        rules = self._today.gather(together)
        layers = apart([[self._names[number] for number in group] for group in enough])
        return rules + [rule for layer in layers for rule in self._today.spread(layer)]

    def _room(self, group: list[str], affinities: Affinities) -> int:
        """Nodes that the members of a group may use, all together."""
        allowed: set[str] = set()
        for number in group:
            strict = [rule for rule in affinities.nodes if rule.strict and number in rule.guests]
            allowed |= set(strict[0].nodes) if strict else set(self._nodes)
        return len(allowed & self._nodes.keys())

    def _shut(self) -> list[BaseRule]:
        """Nothing comes to nodes that are off or in maintenance; the HA manager takes its guests off both."""
        shut = [name for name, node in self._nodes.items() if not node.online or node.maintenance]
        off = [name for name in shut if not self._nodes[name].online]
        how = f"nothing comes; guests of the HA manager are to leave, at a penalty of {BROKEN:g}, others stay"
        self._tally.add("offline", "modelled", "nodes", how, len(off))
        how = f"nothing comes, and what is there is to leave, at a penalty of {BROKEN:g}"
        self._tally.add("maintenance", "modelled", "nodes", how, len(shut) - len(off))
        inside: dict[str | None, list[str]] = {}
        for member in self._members:
            home = member.found.host if member.found.host in shut else None
            inside.setdefault(home, []).append(member.found.name)
        rules: list[BaseRule] = []
        bans = ((vms, [name for name in shut if name != home]) for home, vms in inside.items())
        leaving = [member.found.name for member in self._members if member.found.host in shut]
        rules += [Ban(vms, hosts) for vms, hosts in bans if hosts]
        return [*rules, Ban(leaving, shut, penalty=BROKEN)] if leaving else rules

    def _storages(self) -> list[BaseRule]:
        """Guests go where all of their storages are."""
        asked: dict[frozenset[str], list[str]] = {}
        for member in self._members:
            storages = frozenset(disk.storage for disk in member.disks or ())
            home = self._nodes[str(member.found.host)]
            if storages and storages <= home.storages.keys():
                asked.setdefault(storages, []).append(member.found.name)
            elif storages and home.storages:
                how = "not even their own node lists it: they may move to any"
                self._tally.add("storage that is not listed", "left out", "guests", how)
        rules: list[BaseRule] = []
        for storages, vms in asked.items():
            hosts = [name for name, node in self._nodes.items() if storages <= node.storages.keys()]
            if len(hosts) < len(self._nodes):
                rules += self._today.fence(vms, hosts)
                self._tally.add(
                    "storages of nodes", "modelled", "guests", "only where all of theirs are (Fence)", len(vms)
                )
        return rules

    def _checks(self) -> list[BaseRule]:
        """Nodes that Proxmox allows, or does not, beside the one where a guest is."""
        rules: list[BaseRule] = []
        for member in self._members:
            if member.check is None:
                continue
            home, name = str(member.found.host), member.found.name
            allowed = [node for node in member.check.texts("allowed_nodes") if node in self._nodes]
            refused = [str(node) for node in member.check.mapping("not_allowed_nodes")]
            if allowed:
                rules += self._today.fence([name], [home, *allowed])
            rules += self._today.ban([name], [node for node in refused if node in self._nodes and node != home])
            self._tally.add("migration check", "modelled", "guests", "only nodes that it allows (Fence, Ban)")
        return rules

    def _cpus(self) -> list[BaseRule]:
        """No guest has more cpus than its node: Proxmox does not start it."""
        sizes = sorted({int(cpus) for node in self._nodes.values() if (cpus := node.found.labels["cpus"]).isdigit()})
        rules: list[BaseRule] = []
        for size in sizes:
            hosts = [name for name, node in self._nodes.items() if node.found.labels["cpus"] == str(size)]
            large = [one.found.name for one in self._members if one.found.demand.get("cpu", 0) > size]
            rules += self._today.ban(large, hosts)
            self._tally.add("more cpus than a node", "modelled", "guests", "kept off it (Ban)", len(large))
        return rules
