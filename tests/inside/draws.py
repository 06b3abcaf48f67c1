"""Tiny clusters with parts at random: NUMA nodes, GPUs of two sizes, slices by two tables, alternatives."""

from __future__ import annotations

import random

from vmopt import VM, Host, OneOf, Part, Pieces

PROFILES = {"quarter": (1, (0, 1, 2)), "half": (2, (0, 2)), "whole": (4, (0,))}
OTHERS = {"quarter": (2, (0, 1, 2)), "half": (3, (0, 1))}
"""Where parts are cut differently, profiles of the same name are larger, or not there."""


def cluster(seed: int) -> tuple[list[Host], list[VM]]:
    """Draw hosts and VMs; few kinds of each, so that there are classes of several."""
    draw = random.Random(seed)
    kinds = [_parts(draw) for _ in range(draw.randint(1, 2))]
    hosts = [Host(f"h{n}", {"cpu": draw.choice([6, 20])}, parts=draw.choice(kinds)) for n in range(draw.randint(1, 2))]
    there = {
        kind: [part for host in hosts for part in host.parts.get(kind, ())] for host in hosts for kind in host.parts
    }
    shapes = [_vm(draw, there) for _ in range(draw.randint(1, 4))]
    vms = [
        VM(f"v{n}", demand, value=value, pieces=pieces)
        for n in range(draw.randint(2, 5))
        for demand, value, pieces in [draw.choice(shapes)]
    ]
    return hosts, vms


def _parts(draw: random.Random) -> dict[str, list[Part]]:
    found: dict[str, list[Part]] = {}
    if draw.random() < 0.6:
        found["numa"] = [Part({"cpu": draw.choice([4, 6]), "memory": 0.5})] * draw.randint(1, 2)
    if draw.random() < 0.8:
        sizes = [draw.choice([10, 10, 7]) for _ in range(draw.randint(1, 3))]
        found["gpu"] = [Part({"milli": size}) for size in sizes]
    if draw.random() < 0.5:
        tables = [draw.choice([PROFILES, PROFILES, OTHERS]) for _ in range(draw.randint(1, 2))]
        found["mig"] = [Part({"memory": 4}, slots=4, profiles=table) for table in tables]
    return found


def _vm(draw: random.Random, there: dict[str, list[Part]]) -> tuple[dict[str, int], int, list[Pieces] | OneOf]:
    if not there:
        return {"cpu": draw.randint(1, 4)}, draw.randint(1, 9), []
    alternatives = [[_piece(draw, there) for _ in range(draw.choice([1, 1, 2]))] for _ in range(draw.choice([1, 1, 2]))]
    pieces: list[Pieces] | OneOf = OneOf(*alternatives) if draw.random() < 0.85 else []
    return {"cpu": draw.randint(1, 4)}, draw.randint(1, 9), pieces


def _piece(draw: random.Random, there: dict[str, list[Part]]) -> Pieces:
    kind = draw.choice(sorted(there))
    if kind == "numa":
        return Pieces("numa", draw.randint(1, 2), {"cpu": draw.randint(1, 5), "memory": draw.choice([0.1, 0.2])})
    if kind == "gpu":
        return Pieces("gpu", draw.choice([1, 1, 2]), {"milli": draw.choice([3, 4, 6, 10])})
    profile = draw.choice(sorted({name for part in there[kind] for name in part.profiles}))
    return Pieces("mig", draw.choice([1, 1, 2]), {"memory": draw.choice([0, 1])}, profile)
