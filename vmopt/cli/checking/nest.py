"""What the answer of `vmopt nest` claims, against its data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vmopt.cli.checking.check import ROUNDING, Check
from vmopt.cli.checking.claims import MOST_SHOWN
from vmopt.errors import FileError


def nest_as_claimed(file: Path, path: Path) -> Iterator[Check]:
    """Check VMs and containers, the value of each level, and the bounds by the prices in the answer."""
    from vmopt.io import json_file
    from vmopt.nesting.check import verify_nest
    from vmopt.nesting.proven import proven_least, proven_most, read_prices
    from vmopt.nesting.read import ANSWER, VERSION, read_answer, read_nested

    nested = read_nested(file)
    vms, vm_of = read_answer(nested, path)
    fields = json_file.load(path, ANSWER, VERSION)
    levels, prices = fields.take("levels", list), read_prices(nested, fields.take("prices", list, default=[]), path)
    faults = verify_nest(nested, vms, vm_of)
    yield Check("placement", not faults, "; ".join(faults[:MOST_SHOWN]) or "capacities and rules hold")
    won, cost = float(nested.cluster.value[vm_of >= 0].sum()), float(sum(nested.flavors[f].cost for f, _ in vms))
    for row in levels:
        match row:
            case {"goal": "utilisation", "value": int() | float(), "bound": int() | float()}:
                yield from _level(row, won, proven_most(nested, prices), 1.0)
            case {"goal": "cost", "value": int() | float(), "bound": int() | float()}:
                yield from _level(row, cost, proven_least(nested, won, prices), -1.0)
            case _:
                raise FileError(f"{path} has a level that is not understood: give goal, value and bound, as written.")


def _level(row: dict[str, Any], value: float, proven: float, sense: float) -> Iterator[Check]:
    """Compare what is claimed of a level with what it is; `sense` is 1 where more is better, -1 where less is."""
    goal, told, bound, near = row["goal"], row["value"], row["bound"], ROUNDING * max(abs(value), 1.0)
    yield Check(goal, abs(told - value) <= near, f"{value:.6g}, the file says {told:.6g}")
    if sense * (bound - value) < -near:
        yield Check(f"bound of {goal}", False, f"{bound:.6g} is passed by the value")
    elif sense * (bound - proven) >= -near:
        yield Check(f"bound of {goal}", True, f"prices prove {proven:.6g}, the file says {bound:.6g}")
    else:
        yield Check(f"bound of {goal}", None, f"prices prove {proven:.6g}, a solver claims {bound:.6g}")
