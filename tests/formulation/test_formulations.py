"""The relaxation and the assignment formulation, entry by entry."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog

from vmopt.bounds.price_bound import verify_bound
from vmopt.formulation.assignment import assignment
from vmopt.formulation.class_relaxation import class_relaxation
from vmopt.generate import generate
from vmopt.model import Instance
from vmopt.problem import compile


def lp_optimum(program) -> float:
    """Optimum by scipy's own copy of HiGHS, integrality ignored."""
    result = linprog(
        -program.objective, A_ub=program.matrix, b_ub=program.row_upper, bounds=np.c_[program.lower, program.upper]
    )
    return -result.fun


def test_rows_that_cannot_bind_are_left_out() -> None:
    """Tests that a capacity row is made only where the VMs that fit could overfill it."""
    model = assignment(compile(Instance.from_arrays([[2, 1], [3, 1]], [[4, 100]])))
    assert model.program.matrix.toarray().tolist() == [[1, 0], [0, 1], [3, 2]]
    assert model.program.row_upper.tolist() == [1, 1, 4]


def test_rows_are_divided_by_their_gcd() -> None:
    """Tests that capacity rows are divided by their greatest common divisor, the capacity rounded down."""
    model = assignment(compile(Instance.from_arrays([[6], [9]], [[14]])))
    assert sorted(model.program.matrix.toarray()[-1].tolist()) == [2, 3]
    assert model.program.row_upper[-1] == 4


def test_pairs_that_do_not_fit_have_no_column() -> None:
    """Tests that there are columns only for pairs of a VM class and a host on which one VM fits."""
    model = assignment(compile(Instance.from_arrays([[6], [9]], [[14], [7]])))
    pairs = zip(model.columns.vm_class.tolist(), model.columns.where.tolist(), strict=True)
    assert sorted(pairs) == [
        (0, 0),
        (1, 0),
        (1, 1),
    ]


def test_relaxation_equals_the_assignment_without_integrality() -> None:
    """Tests that merging hosts loses nothing in the relaxation where no count is limited by a single host."""
    instance = generate("flavor", hosts=9, seed=4)
    merged, single = class_relaxation(compile(instance)), assignment(compile(instance), plain=True)
    assert np.isclose(lp_optimum(merged.program) * merged.unit, lp_optimum(single.program) * single.unit, rtol=1e-9)


def test_prices_prove_the_relaxation() -> None:
    """Tests strong duality: the dual values, recomputed as prices, prove the optimum of the relaxation."""
    relaxation = class_relaxation(compile(generate("flavor", hosts=9, seed=4)))
    program = relaxation.program
    result = linprog(
        -program.objective, A_ub=program.matrix, b_ub=program.row_upper, bounds=np.c_[program.lower, program.upper]
    )
    prices = relaxation.prices(-result.ineqlin.marginals)
    assert np.isclose(verify_bound(relaxation.problem.instance, prices), -result.fun * relaxation.unit, rtol=1e-9)
