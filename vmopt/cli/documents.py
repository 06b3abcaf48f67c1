"""Results as JSON, for programs to read."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vmopt.relaxation import Relaxation
    from vmopt.solution import Solution


def show(document: Any) -> None:
    """Print a document as JSON on stdout."""
    json.dump(document, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def show_solution(solution: Solution) -> None:
    """Print a solution as `vmopt.io.write_solution` writes it, so that what reads the one reads the other."""
    from vmopt import io

    with TemporaryDirectory(prefix="vmopt-") as folder:
        path = Path(folder) / "solution.json"
        io.write_solution(solution, path)
        sys.stdout.write(path.read_text(encoding="utf-8"))


def of_relaxation(relaxation: Relaxation) -> dict[str, Any]:
    """Return the bound, and the prices in each host class per unit (the user's own) of each resource."""
    instance, classes = relaxation.instance, relaxation.instance.host_classes
    prices = (relaxation.prices * instance.scale).tolist()
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
    }
