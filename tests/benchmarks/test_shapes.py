"""The fuzz of shapes: what is drawn, what counts as kept, and that a solve of its own process comes back."""

from __future__ import annotations

import pytest

from benchmarks.shapes import METHODS, MOST_HOSTS, MOST_RESOURCES, MOST_VMS, Outcome, Shape, row, shapes, solve_apart

SMALL = Shape("greedy-demand", 1.0, 12, 3, 2, 5, 2, 1.0, seed=4)


def test_all_of_the_range_is_drawn() -> None:
    """Tests that every method and every number within the limits occurs, small ones as often as large ones."""
    drawn = list(shapes(700, seed=1))
    assert {shape.method for shape in drawn} == set(METHODS)
    assert {shape.resources for shape in drawn} == set(range(1, MOST_RESOURCES + 1))
    assert max(shape.vms for shape in drawn) > MOST_VMS / 2
    assert max(shape.hosts for shape in drawn) > MOST_HOSTS / 2
    assert sum(shape.vms < MOST_VMS**0.5 for shape in drawn) == pytest.approx(350, abs=60)
    assert {shape.reservation for shape in drawn} == {0.5, 1.0}


def test_an_instance_is_what_its_shape_says() -> None:
    """Tests the numbers of an instance, and that the largest VM fits the smallest kind of host by two thirds."""
    instance = SMALL.instance()
    assert (instance.n_vms, instance.n_hosts, len(instance.resources)) == (12, 3, 2)
    assert len(instance.vm_classes.count) <= 12
    assert len(instance.host_classes.count) <= 2
    assert (instance.demand.max(axis=0) * 0.7 <= instance.capacity.min(axis=0)).all()


@pytest.mark.parametrize(
    ("outcome", "kept"),
    [
        (Outcome(2.1, 2048.0), True),
        (Outcome(2.2, 100.0), False),
        (Outcome(0.1, 2049.0), False),
        (Outcome(0.1, 100.0, error="it did not end"), False),
    ],
)
def test_what_counts_as_kept(outcome: Outcome, kept: bool) -> None:
    """Tests a tenth and a second of grace, two gigabytes, and errors."""
    assert outcome.kept(SMALL) is kept
    assert ("NOT KEPT" in row(SMALL, outcome)) is not kept


def test_a_process_of_its_own() -> None:
    """Tests that outcome and error come back from the process."""
    outcome = solve_apart(SMALL)
    assert outcome.error == ""
    assert outcome.status in ("feasible", "optimal")
    assert outcome.megabytes > 10
    assert solve_apart(Shape("tabu", 1.0, 30_000, 300, 2, 3, 1, 1.0, seed=0)).status == "refused"
    assert "OptionError" in solve_apart(Shape("magic", 1.0, 2, 1, 1, 1, 1, 1.0, seed=0)).error
