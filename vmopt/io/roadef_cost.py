"""What an assignment of a machine reassignment problem costs, and breaks, by the rules of the challenge alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vmopt.io.files import PathLike, read_text


@dataclass(frozen=True)
class RoadefCost:
    """Costs in the units of the challenge.

    Attributes
    ----------
    load, balance, process, service, machine : int
        Weighted.
    broken : tuple of str
        The demands that are not met, in words; nothing where the assignment is feasible.
    """

    load: int
    balance: int
    process: int
    service: int
    machine: int
    broken: tuple[str, ...]

    @property
    def total(self) -> int:
        """All costs."""
        return self.load + self.balance + self.process + self.service + self.machine


def roadef_cost(model_path: PathLike, initial: Sequence[int], assignment: Sequence[int]) -> RoadefCost:
    """Work out what an assignment costs, from the file and the text of the challenge, process by process.

    Nothing here is shared with `vmopt.goals` and `vmopt.rules`, so that they can disagree.

    Parameters
    ----------
    model_path : path
        A ``model_*.txt`` file.
    initial, assignment : sequences of int
        Machine of each process before and after.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as directory:
    ...     path = Path(directory, "model.txt")
    ...     _ = path.write_text("1 0 10 2 0 0 9 3 0 2 0 1 9 3 2 0 1 1 0 2 0 4 1 0 2 5 0 1 10 100")
    ...     roadef_cost(path, [0, 1], [1, 1])
    RoadefCost(load=30, balance=0, process=1, service=10, machine=200, broken=('service 0 has two on machine 1',))
    """
    model = _Model(iter(map(int, read_text(model_path).split())))
    loads = [[0] * model.n_resources for _ in model.machines]
    for machine, process in zip(assignment, model.processes, strict=True):
        for k in range(model.n_resources):
            loads[machine][k] += process.takes[k]
    moved = [p for p, (a, b) in enumerate(zip(initial, assignment, strict=True)) if a != b]
    by_service = [0] * len(model.services)
    for p in moved:
        by_service[model.processes[p].service] += 1
    return RoadefCost(
        load=sum(model.load_cost(m, loads[m]) for m in range(len(loads))),
        balance=sum(model.balance_cost(m, loads[m]) for m in range(len(loads))),
        process=model.weights[0] * sum(model.processes[p].move for p in moved),
        service=model.weights[1] * max(by_service, default=0),
        machine=model.weights[2] * sum(model.machines[initial[p]].ways[assignment[p]] for p in moved),
        broken=tuple(model.broken(loads, initial, assignment)),
    )


@dataclass(frozen=True)
class _Machine:
    neighborhood: int
    location: int
    capacity: list[int]
    safety: list[int]
    ways: list[int]


@dataclass(frozen=True)
class _Process:
    service: int
    takes: list[int]
    move: int


class _Model:
    """A model file, number by number."""

    def __init__(self, numbers: Iterator[int]) -> None:
        def several(count: int) -> list[int]:
            return [next(numbers) for _ in range(count)]

        n = self.n_resources = next(numbers)
        self.transient, self.price = zip(*[several(2) for _ in range(n)], strict=True)
        count = next(numbers)
        self.machines = [
            _Machine(next(numbers), next(numbers), several(n), several(n), several(count)) for _ in range(count)
        ]
        self.services = [(next(numbers), several(next(numbers))) for _ in range(next(numbers))]
        self.processes = [_Process(next(numbers), several(n), next(numbers)) for _ in range(next(numbers))]
        self.balances = [several(4) for _ in range(next(numbers))]
        self.weights = several(3)

    def load_cost(self, m: int, load: list[int]) -> int:
        """What exceeds the safety capacities."""
        safety = self.machines[m].safety
        return sum(self.price[k] * max(0, load[k] - safety[k]) for k in range(self.n_resources))

    def balance_cost(self, m: int, load: list[int]) -> int:
        """What lacks of one resource beside another that is free."""
        free = [c - used for c, used in zip(self.machines[m].capacity, load, strict=True)]
        return sum(weight * max(0, target * free[a] - free[b]) for a, b, target, weight in self.balances)

    def broken(self, loads: list[list[int]], initial: Sequence[int], assignment: Sequence[int]) -> Iterator[str]:
        """Demands that are not met."""
        moving = [list(load) for load in loads]
        for p, process in enumerate(self.processes):
            if initial[p] != assignment[p]:
                for k in range(self.n_resources):
                    moving[initial[p]][k] += process.takes[k]
        for m, machine in enumerate(self.machines):
            for k, most in enumerate(machine.capacity):
                if loads[m][k] > most or (self.transient[k] and moving[m][k] > most):
                    yield f"machine {m} has too much of resource {k}"
        where: list[list[int]] = [[] for _ in self.services]
        for p, process in enumerate(self.processes):
            where[process.service].append(assignment[p])
        for s, (spread, needs) in enumerate(self.services):
            for m in sorted({m for m in where[s] if where[s].count(m) > 1}):
                yield f"service {s} has two on machine {m}"
            if len({self.machines[m].location for m in where[s]}) < spread:
                yield f"service {s} uses too few locations"
            mine = {self.machines[m].neighborhood for m in where[s]}
            for other in needs:
                if mine - {self.machines[m].neighborhood for m in where[other]}:
                    yield f"service {s} runs without service {other} beside it"
