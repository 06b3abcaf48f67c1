"""Which hosts may take a server: zones, traits, aggregates, units of inventories, services that are down."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from vmopt.platforms.openstack.hosts import Compute, units_of
from vmopt.platforms.openstack.matching import SCOPE, matches
from vmopt.platforms.openstack.servers import Server
from vmopt.platforms.tally import FeatureTally
from vmopt.platforms.today import BROKEN, Today
from vmopt.rules import Ban, BaseRule


class Fences:
    """Rules about who may run where, for all servers that may move."""

    def __init__(self, computes: list[Compute], servers: list[Server], today: Today, tally: FeatureTally) -> None:
        self._computes = computes
        self._servers = [server for server in servers if not server.stays]
        self._today = today
        self._tally = tally

    def rules(self) -> list[BaseRule]:
        """All of them."""
        parts = (self._zones, self._traits, self._specs, self._isolated, self._tenants, self._units, self._shut)
        return [rule for part in parts for rule in part()]

    def _fence(self, asked: dict[Any, list[str]], test: Callable[[Any, Compute], bool]) -> list[BaseRule]:
        """Fence those that ask for the same thing to the hosts that have it."""
        rules: list[BaseRule] = []
        for thing, vms in asked.items():
            hosts = [compute.name for compute in self._computes if test(thing, compute)]
            if len(hosts) < len(self._computes):
                rules += self._today.fence(vms, hosts)
        return rules

    def _zones(self) -> list[BaseRule]:
        """Whoever asked for a zone stays in it; where nobody tells who asked, all stay in theirs."""
        zones = {compute.zone for compute in self._computes}
        asked: dict[Any, list[str]] = {}
        for server in self._servers:
            row = server.row
            told = "pinned_availability_zone" in row
            zone = row.text(
                "pinned_availability_zone" if told else "os-ext-az:availability_zone",
                *(() if told else ("availability_zone",)),
            )
            if zone is None:
                continue
            if zone not in zones:
                self._tally.add("zone without a known host", "left out", "servers", "give aggregates or zones as well")
                continue
            asked.setdefault(zone, []).append(server.guest.name)
            how = "pinned ones stay in their zone" if told else "who asked for a zone is not told before 2.96: all stay"
            self._tally.add("availability zone", "modelled" if told else "approximated", "servers", f"{how} (Fence)")
        return self._fence(asked, lambda zone, compute: compute.zone == zone)

    def _traits(self) -> list[BaseRule]:
        rules: list[BaseRule] = []
        known = any(compute.traits is not None for compute in self._computes)
        for wanted in ("required", "forbidden"):
            asked: dict[Any, list[str]] = {}
            for server in self._servers:
                for trait in sorted(server.flavor.traits(wanted)) if server.flavor else ():
                    asked.setdefault(trait, []).append(server.guest.name)
            count = sum(map(len, asked.values()))
            how = "on hosts with it, or without (Fence)" if known else "no host's traits are in the data"
            self._tally.add(f"trait {wanted}", "modelled" if known else "left out", "servers", how, count)
            if known:
                rules += self._fence(asked, _has_trait if wanted == "required" else _lacks_trait)
        return rules

    def _specs(self) -> list[BaseRule]:
        """Extra specs that aggregates must match."""
        asked: dict[Any, list[str]] = {}
        named = {key for compute in self._computes for one in compute.aggregates for key in one.metadata}
        for server in self._servers:
            specs = {} if server.flavor is None else server.flavor.specs
            for key, value in specs.items():
                if key.startswith(SCOPE) or key in named:  # keys without a scope are matched as well
                    asked.setdefault((key.removeprefix(SCOPE), value), []).append(server.guest.name)
        how = "on hosts of aggregates whose metadata match (Fence)"
        self._tally.add("aggregate_instance_extra_specs", "modelled", "servers", how, sum(map(len, asked.values())))

        return self._fence(asked, _has_metadata)

    def _isolated(self) -> list[BaseRule]:
        """Aggregates that take only flavors that require their traits."""
        rules: list[BaseRule] = []
        for trait in sorted({key.removeprefix("trait:") for key in self._metadata("trait:")}):
            key = f"trait:{trait}"
            closed = [(one, [part.metadata.get(key) for part in one.aggregates]) for one in self._computes]
            hosts = [compute.name for compute, values in closed if "required" in values]
            others = [one for one in self._servers if not (one.flavor and trait in one.flavor.traits("required"))]
            rules += self._today.ban([one.guest.name for one in others], hosts)
            how = "only servers whose flavor requires it (Ban)"
            self._tally.add("aggregate with a required trait", "modelled", "hosts", how, len(hosts))
        return rules

    def _tenants(self) -> list[BaseRule]:
        """Aggregates that belong to projects."""
        rules: list[BaseRule] = []
        mine = {
            compute.name: {
                value.strip()
                for one in compute.aggregates
                for key, text in one.metadata.items()
                if key.startswith("filter_tenant_id")
                for value in text.split(",")
            }
            for compute in self._computes
        }
        for projects in {frozenset(of) for of in mine.values() if of}:
            hosts = [name for name, of in mine.items() if of == projects]
            others = [one.guest.name for one in self._servers if one.guest.labels.get("project", "") not in projects]
            rules += self._today.ban(others, hosts)
            self._tally.add("filter_tenant_id", "modelled", "hosts", "only servers of their projects (Ban)", len(hosts))
        return rules

    def _units(self) -> list[BaseRule]:
        """Hosts that do not give one VM so little, so much, or amounts between their steps, of any of their parts."""
        limits: dict[tuple[str, int, int | None, int, bool], list[str]] = {}
        for compute in self._computes:
            of_parts = {kind for several in compute.found.parts.values() for part in several for kind in part}
            for kind, one in units_of(compute).items():
                limits.setdefault((kind, one.least, one.most, one.step, kind in of_parts), []).append(compute.name)
        rules: list[BaseRule] = []
        for (kind, least, most, step, of_part), hosts in limits.items():
            amounts = ((one.guest.name, _amounts(one, kind, of_part=of_part)) for one in self._servers)
            unfit = [
                vm for vm, n in amounts if any(a < least or a % step or (most is not None and a > most) for a in n)
            ]
            rules += self._today.ban(unfit, hosts)
            how = "servers outside of it are kept off (Ban)"
            self._tally.add("min_unit, max_unit, step_size", "modelled", "servers", how, len(unfit))
        return rules

    def _shut(self) -> list[BaseRule]:
        """Disabled services take nothing new; those that are down are to be left as well."""
        shut = [compute.name for compute in self._computes if not (compute.up and compute.enabled)]
        down = [compute.name for compute in self._computes if not compute.up]
        self._tally.add(
            "disabled", "modelled", "hosts", "nothing new comes, what runs stays (Ban)", len(shut) - len(down)
        )
        how = f"nothing new comes, and what is there is to be evacuated, at a penalty of {BROKEN:g}"
        self._tally.add("down", "modelled", "hosts", how, len(down))
        leaving = [one.guest.name for one in self._servers if one.guest.host in down]
        asked = [Ban(leaving, down, penalty=BROKEN)] if leaving else []
        return [*self._closed(shut), *asked]

    def _closed(self, shut: list[str]) -> list[BaseRule]:
        """Keep all off these hosts but those that are there."""
        closed = set(shut)
        inside: dict[str | None, list[str]] = {}
        for server in self._servers:
            inside.setdefault(server.guest.host if server.guest.host in closed else None, []).append(server.guest.name)
        bans = ((vms, [name for name in shut if name != home]) for home, vms in inside.items())
        return [Ban(vms, hosts) for vms, hosts in bans if hosts]

    def _metadata(self, start: str) -> Iterable[str]:
        return (
            key for one in self._computes for part in one.aggregates for key in part.metadata if key.startswith(start)
        )


def _amounts(server: Server, kind: str, *, of_part: bool) -> list[float]:
    """What a server takes of a class at once: all, or so much of each part."""
    pieces = [piece for one in server.guest.pieces for piece in one] if of_part else []
    found = [piece.each[kind] for piece in pieces if kind in piece.each] or [server.guest.demand.get(kind, 0)]
    return [n for n in found if n]


def _has_trait(trait: object, compute: Compute) -> bool:
    return trait in (compute.traits or ())


def _lacks_trait(trait: object, compute: Compute) -> bool:
    return not _has_trait(trait, compute)


def _has_metadata(spec: tuple[str, str], compute: Compute) -> bool:
    key, value = spec
    told = [one.metadata[key] for one in compute.aggregates if key in one.metadata]
    return any(matches(part.strip(), value) for text in told for part in text.split(","))
