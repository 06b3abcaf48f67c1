"""Flavors: what a server asks for, and of what kind of host."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from vmopt.errors import FileError
from vmopt.platforms.fields import Row, whole
from vmopt.platforms.openstack.tables import OpenStackTables

RESOURCES = re.compile(r"resources[^:]*:([A-Z0-9_]+)")
TRAIT = re.compile(r"trait[^:]*:([A-Z0-9_]+)")
THREAD_POLICY, HYPERTHREADING = "hw:cpu_thread_policy", "HW_CPU_HYPERTHREADING"
THREADS = {"require": "required", "isolate": "forbidden"}
"""What a policy asks of the threads of a core: with ``prefer`` anything goes."""
NAME_AND_ID = re.compile(r"(.+) \(([^()]+)\)")


@dataclass(frozen=True)
class NovaFlavor:
    """A flavor, or the copy of one that a server carries.

    Attributes
    ----------
    name : str
    vcpus, ram, disk, ephemeral, swap : int
        Memory and swap in MiB, disks in GiB.
    specs : dict of str to str
        Extra specs.
    told : bool
        Whether the data say of extra specs, if only that there is none.
    """

    name: str
    vcpus: int
    ram: int
    disk: int = 0
    ephemeral: int = 0
    swap: int = 0
    specs: dict[str, str] = field(default_factory=dict)
    told: bool = True

    @classmethod
    def read(cls, row: Row) -> NovaFlavor | None:
        """Read one; None where its sizes are not told."""
        vcpus, ram = row.whole("vcpus"), row.whole("ram")
        if vcpus is None or ram is None:
            return None
        ephemeral = row.whole("os-flv-ext-data:ephemeral", "ephemeral") or 0
        sizes = (row.whole("disk") or 0, ephemeral, row.whole("swap") or 0)
        name = row.text("original_name", "name", "id") or "a flavor"
        told = "extra_specs" in row or "properties" in row
        return cls(name, vcpus, ram, *sizes, row.texts_by_name("extra_specs", "properties"), told)

    def demand(self, *, from_volume: bool) -> dict[str, int]:
        """Return what a server takes of each resource class, as Nova asks Placement for it.

        Parameters
        ----------
        from_volume : bool
            Whether its root disk is a volume: it then takes none of the host's.

        Examples
        --------
        >>> NovaFlavor("m1", 4, 2048, 20, 1, 512, {"hw:cpu_policy": "dedicated"}).demand(from_volume=False)
        {'PCPU': 4, 'MEMORY_MB': 2048, 'DISK_GB': 22}
        """
        disk = (0 if from_volume else self.disk) + self.ephemeral - (-self.swap // 1024)
        asked = {**self._cpus(), "MEMORY_MB": self.ram, "DISK_GB": disk}
        named: dict[str, int] = {}
        for key, value in self.specs.items():
            told = RESOURCES.fullmatch(key)
            if told:
                amount = whole(value, key, f"flavor {self.name}")
                named[told[1]] = named.get(told[1], 0) + amount
        return {kind: amount for kind, amount in {**asked, **named}.items() if amount}

    def _cpus(self) -> dict[str, int]:
        """Shared and dedicated cpus; a policy that isolates emulator threads takes one dedicated cpu more."""
        pinned = len(self.pinned)
        alone = pinned and self.specs.get("hw:emulator_threads_policy") == "isolate"
        return {"VCPU": self.vcpus - pinned, "PCPU": pinned + bool(alone)}

    @property
    def pins(self) -> bool:
        """Whether any of its cpus is pinned."""
        return self.specs.get("hw:cpu_policy") in {"dedicated", "mixed"}

    @property
    def pinned(self) -> set[int]:
        """Which of its cpus have one of the host for themselves."""
        policy = self.specs.get("hw:cpu_policy")
        if policy == "mixed":
            return {cpu for cpu in self.cpus("hw:cpu_dedicated_mask") if cpu < self.vcpus}
        return set(range(self.vcpus)) if policy == "dedicated" else set()

    def spec_number(self, key: str) -> int:
        """Return the whole number that an extra spec says, 0 where there is none."""
        return whole(self.specs[key], key, f"flavor {self.name}") if key in self.specs else 0

    def cpus(self, key: str) -> set[int]:
        """Return the cpus of a mask such as ``0-3,^2``, or ``^0`` for all others; none where there is no such spec.

        Raises
        ------
        FileError
            If it is no mask.
        """
        chosen, left = set[int](), set[int]()
        mask = self.specs.get(key, "")
        for part in filter(None, mask.replace(" ", "").split(",")):
            first, _, last = part.lstrip("^").partition("-")
            if not re.fullmatch(r"\d{1,4}", first) or not re.fullmatch(r"\d{0,4}", last):
                raise FileError(f"flavor {self.name}: {key} is {mask[:60]!r}: numbers and ranges belong there.")
            (left if part.startswith("^") else chosen).update(range(int(first), int(last or first) + 1))
        return (chosen or set(range(self.vcpus if left else 0))) - left

    def traits(self, wanted: str) -> frozenset[str]:
        """Traits that are ``required``, or ``forbidden``; policies for threads of a core ask for them too."""
        told = ((TRAIT.fullmatch(key), value) for key, value in self.specs.items())
        named = frozenset(match[1] for match, value in told if match and value.strip() == wanted)
        return named | {HYPERTHREADING} if THREADS.get(self.specs.get(THREAD_POLICY, "")) == wanted else named


class Flavors:
    """All flavors of the data, by id and by name."""

    def __init__(self, tables: OpenStackTables) -> None:
        self._by: dict[str, NovaFlavor] = {}
        for row in tables.flavors:
            flavor = NovaFlavor.read(row)
            for key in (row.text("name"), row.text("id")) if flavor is not None else ():
                if key is not None and flavor is not None:
                    self._by[key] = flavor

    def of(self, server: Row) -> NovaFlavor | None:
        """The flavor that a server carries, or names by id or name; None where it is not in the data."""
        given = server.given("flavor")
        if isinstance(given, dict) or (isinstance(given, str) and "='" in given):
            row = Row(server.mapping("flavor"), server.source)
            return NovaFlavor.read(row) or self._named(row.text("id"), row.text("original_name"), row.text("name"))
        told = server.text("flavor") or ""
        both = NAME_AND_ID.fullmatch(told)
        parts = (both[2], both[1]) if both else ()
        return self._named(server.text("flavor_id"), server.text("flavor_name"), told, *parts)

    def _named(self, *names: str | None) -> NovaFlavor | None:
        return next((self._by[name] for name in names if name in self._by), None)
