"""Prices of hosts: what moves cost at least, by the linear program of moves."""

from __future__ import annotations

from fractions import Fraction

from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.bounds import Leavers
from vmopt.formulation.moves import MoveProgram, move_program
from vmopt.goals.fewest_moves import FewestMoves
from vmopt.goals.leaving import leaving_cost
from vmopt.goals.move_bound import verify_move_prices
from vmopt.methods.change.parameters import DEFAULT, ChangeParameters
from vmopt.methods.goals.stage import Stage

METHOD = "moves"
BACKEND = "glop"


def run(stage: Stage, parameters: ChangeParameters = DEFAULT) -> MoveProgram | None:
    """Bound a level of moves alone; return the program of that, where it was built."""
    (weight, goal), *others = stage.level.terms
    if not others and isinstance(goal, FewestMoves):
        stage.tighten(Fraction(str(weight)) * leaving_cost(stage.instance, goal), Leavers(), METHOD)
    size = len(stage.problem.vms) * len(stage.problem.hosts) + stage.problem.n_vms
    most = parameters.most_entries if stage.bound_is_told else parameters.most_entries_untold
    too_large = size * stage.problem.n_resources > most
    if stage.finished or others or not isinstance(goal, FewestMoves) or too_large:
        return None
    with stage.building():
        model = move_program(stage.problem, goal, stage.holds)
    result = registry.get(BACKEND).solve(model.program, LPOptions(time_limit=stage.remaining, threads=1))
    if result.prices is None:
        return None
    proof = model.proof(result.prices)
    stage.tighten(Fraction(str(weight)) * verify_move_prices(stage.instance, goal, stage.holds, proof), proof, METHOD)
    return model
