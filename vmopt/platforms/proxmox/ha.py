"""Rules of the HA manager, of either generation, in one form."""

from __future__ import annotations

import re
from dataclasses import dataclass

import networkx as nx

from vmopt.errors import FileError
from vmopt.platforms.fields import Row
from vmopt.platforms.proxmox.tables import ProxmoxTables
from vmopt.platforms.tally import FeatureTally


@dataclass(frozen=True)
class NodeAffinity:
    """Guests that belong on nodes.

    Attributes
    ----------
    guests : tuple of str
        Numbers.
    nodes : dict of str to int
        Priority of each.
    strict : bool
    """

    guests: tuple[str, ...]
    nodes: dict[str, int]
    strict: bool

    def best(self, online: set[str]) -> list[str]:
        """Return the nodes of the highest priority that any available one has.

        Examples
        --------
        >>> NodeAffinity(("101",), {"n1": 2, "n2": 2, "n3": 1}, True).best({"n2", "n3"})
        ['n2']
        """
        here = {name: priority for name, priority in self.nodes.items() if name in online}
        return [name for name, priority in here.items() if priority == max(here.values())]


@dataclass(frozen=True)
class Affinities:
    """All rules that are in force.

    Attributes
    ----------
    nodes : list of NodeAffinity
    together, apart : list of lists of str
        Numbers of guests; groups of `together` have no common member.
    """

    nodes: list[NodeAffinity]
    together: list[list[str]]
    apart: list[list[str]]


def affinities_of(tables: ProxmoxTables, known: set[str], known_nodes: set[str], tally: FeatureTally) -> Affinities:
    """Read the rules, merge what belongs together, and drop what contradicts itself, as the HA manager does."""
    active = [row for row in tables.rules if not row.flag("disable")]
    tally.add("disabled rules", "left out", "HA rules", "they are switched off", len(tables.rules) - len(active))
    stay = [row for row in tables.resources if row.flag("failback") is False]
    how = "guests go back to nodes of higher priority even where the HA manager would leave them"
    tally.add("failback 0", "left out", "guests", how, len(stay))
    lasting = {row.text("group", "section") for row in tables.groups if row.flag("nofailback")}
    tally.add("nofailback", "left out", "guests", how, sum(row.text("group") in lasting for row in tables.resources))
    nodes = [_node_rule(row) for row in active if row.text("type") == "node-affinity"]
    rules = [row for row in active if row.text("type") == "resource-affinity"]
    nodes = _one_each(nodes + _legacy(tables, nodes), tally)
    positive = _merged([_numbers(row) for row in rules if _sense(row) == "positive"])
    negative = [_numbers(row) for row in rules if _sense(row) == "negative"]
    positive, negative = _consistent(positive, negative, tally)
    nodes = _inferred(nodes, positive, tally)
    named = {number for row in active for number in _numbers(row)}
    tally.add(
        "guests that are not in the data",
        "left out",
        "members of HA rules",
        "nothing is known of them",
        len(named - known),
    )
    named_nodes = {name for rule in nodes for name in rule.nodes}
    how = "no node is called so: nothing can be there"
    tally.add("nodes that are not in the data", "left out", "nodes of HA rules", how, len(named_nodes - known_nodes))
    keep = [[number for number in group if number in known] for group in positive]
    apart = [[number for number in group if number in known] for group in negative]
    return Affinities(nodes, keep, apart)


def _numbers(row: Row) -> list[str]:
    return list(dict.fromkeys(name.rpartition(":")[2] for name in _words(row, "resources")))


def _words(row: Row, name: str) -> list[str]:
    """Parts of a list of the HA manager, between commas, semicolons or blanks."""
    return [word for text in row.texts(name) for word in re.split(r"[\s;]+", text) if word]


def _sense(row: Row) -> str:
    sense = row.text("affinity") or ""
    if sense not in {"positive", "negative"}:
        raise FileError(f"{row.source}: affinity of an HA rule is {sense!r}: positive or negative belongs there.")
    return sense


def _node_rule(row: Row) -> NodeAffinity:
    return NodeAffinity(tuple(_numbers(row)), _priorities(row), bool(row.flag("strict")))


def _priorities(row: Row) -> dict[str, int]:
    """Nodes such as ``n1:2,n2``; without a number the priority is 0."""
    found = {}
    for told in _words(row, "nodes"):
        name, _, priority = told.partition(":")
        found[name] = Row({"priority": priority}, row.source).whole("priority") or 0
    return found


def _legacy(tables: ProxmoxTables, rules: list[NodeAffinity]) -> list[NodeAffinity]:
    """Groups of nodes, and the guests that were put into them; rules come first."""
    ruled = {number for rule in rules for number in rule.guests}
    groups = {row.text("group", "section"): row for row in tables.groups}
    members: dict[str, list[str]] = {}
    for row in tables.resources:
        number = (row.text("sid", "section") or "").rpartition(":")[2]
        if row.text("group") in groups and number not in ruled:
            members.setdefault(row.text("group") or "", []).append(number)
    return [
        NodeAffinity(tuple(numbers), _priorities(groups[name]), bool(groups[name].flag("restricted")))
        for name, numbers in members.items()
    ]


def _one_each(rules: list[NodeAffinity], tally: FeatureTally) -> list[NodeAffinity]:
    """Drop rules with a guest that another rule of nodes names as well."""
    count: dict[str, int] = {}
    for number in (number for rule in rules for number in rule.guests):
        count[number] = count.get(number, 0) + 1
    kept = [rule for rule in rules if all(count[number] == 1 for number in rule.guests)]
    how = "a guest is in two of them, and the HA manager takes neither"
    tally.add("node affinities that overlap", "left out", "HA rules", how, len(rules) - len(kept))
    return kept


def _merged(groups: list[list[str]]) -> list[list[str]]:
    """Unite groups with a common member."""
    graph = nx.Graph()
    for group in groups:
        nx.add_path(graph, group)
    return [sorted(part) for part in nx.connected_components(graph)]


def _consistent(
    together: list[list[str]], apart: list[list[str]], tally: FeatureTally
) -> tuple[list[list[str]], list[list[str]]]:
    """Drop rules of which one wants two guests together that the other wants apart."""
    clash = [(a, b) for a in together for b in apart if len(set(a) & set(b)) > 1]
    how = "they want the same two guests together and apart: the HA manager drops them"
    dropped = [group for pair in clash for group in pair]
    tally.add("affinities that contradict", "left out", "pairs of HA rules", how, len(clash))
    return [one for one in together if one not in dropped], [one for one in apart if one not in dropped]


def _inferred(rules: list[NodeAffinity], together: list[list[str]], tally: FeatureTally) -> list[NodeAffinity]:
    """Let a rule of nodes hold for all that are together with its guests, where no other speaks of these."""
    found = []
    for rule in rules:
        partners = set(rule.guests)
        for group in together:
            speak = [other for other in rules if set(other.guests) & set(group)]
            if rule in speak and len(speak) == 1:
                partners |= set(group)
        how = "who is to be with its guests belongs on the same nodes"
        tally.add("node affinity inferred", "modelled", "guests", how, len(partners) - len(rule.guests))
        found.append(NodeAffinity(tuple(sorted(partners)), rule.nodes, rule.strict))
    return found
