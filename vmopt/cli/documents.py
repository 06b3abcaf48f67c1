"""Results as JSON, for programs to read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vmopt.relaxation import Relaxation
    from vmopt.solution import Solution


def show(document: Any) -> None:
    """Print a document as JSON on stdout: in UTF-8, whatever the terminal takes."""
    from vmopt.io.files import STDOUT, write_bytes

    write_bytes(STDOUT, f"{json.dumps(document, indent=2, ensure_ascii=False)}\n".encode(errors="backslashreplace"))


def show_solution(solution: Solution) -> None:
    """Print a solution as `vmopt.io.write_solution` writes it, so that what reads the one reads the other."""
    from vmopt.io.files import STDOUT, write_bytes
    from vmopt.io.json_solution import solution_json

    write_bytes(STDOUT, solution_json(solution))


def of_relaxation(relaxation: Relaxation) -> dict[str, Any]:
    """Return the bound, and the prices per unit (the user's own) of resources by host class, and of limits of rules."""
    instance, classes = relaxation.instance, relaxation.instance.host_classes
    prices = (relaxation.prices * instance.scale).tolist()
    rules = {"rules": [row._asdict() for row in relaxation.rule_table]} if relaxation.rule_prices is not None else {}
    return {
        "bound": relaxation.bound,
        "reached": relaxation.objective,
        "backend": relaxation.backend,
        "seconds": relaxation.seconds,
        "host_classes": [
            {
                "hosts": [instance.host_names[int(host)] for host in members],
                "price": dict(zip(instance.resources, price, strict=True)),
            }
            for members, price in zip(classes.members, prices, strict=True)
        ],
        **rules,
    }
