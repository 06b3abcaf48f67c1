"""What the pictures say, in numbers, and what they refuse."""

from __future__ import annotations

from dataclasses import replace

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from tests.plotting.builders import HISTORY, solution
from vmopt import plotting
from vmopt.errors import FileError, InstanceError, OptionError
from vmopt.plotting.profiles import ratios

FEW = solution(10)


@pytest.fixture
def ax():
    """Axes of a figure that no window knows of."""
    return Figure().subplots()


def test_bars_are_as_high_as_the_utilisation(ax):
    """Tests that the bars are load over capacity, resource by resource."""
    heights = [bar.get_height() for bar in plotting.utilisation(FEW, ax=ax).patches]
    assert heights == pytest.approx(FEW.host_utilisation.T.ravel())


def test_heat_map_keeps_the_mean(ax):
    """Tests that 10,000 hosts in 400 columns keep the mean utilisation of each resource, the fullest hosts first."""
    crowd = solution(10_000)
    cells = np.asarray(plotting.utilisation(crowd, ax=ax).collections[0].get_array())
    assert cells.shape == (2, 400)
    assert cells.mean(axis=1) == pytest.approx(crowd.host_utilisation.mean(axis=0))
    assert (np.diff(cells.mean(axis=0)) <= 1e-12).all()


def test_stacks_are_as_high_as_the_load(ax):
    """Tests that every host's stack ends at its load and starts at 0."""
    stacks = plotting.packing(FEW, resource="cpu", ax=ax).collections
    corners = [np.concatenate([path.vertices for path in stack.get_paths()]) for stack in stacks]
    assert [stack[:, 1].max() for stack in corners] == pytest.approx(FEW.loads[:, 0])
    assert {stack[:, 1].min() for stack in corners} == {0.0}


def test_every_unplaced_vm_is_counted(ax):
    """Tests that the numbers in the cells add up to the VMs that were left out."""
    cells = [int(text.get_text()) for text in plotting.unplaced(FEW, ax=ax).texts]
    assert sum(cells) == len(FEW.unplaced)


def test_prices_weighted_by_hosts_have_mean_one(ax):
    """Tests that worth is in multiples of the mean over the hosts."""
    ends = [bar.get_x() + bar.get_width() for bar in plotting.prices(FEW, ax=ax).containers[-1]]
    counts = sorted(FEW.instance.host_classes.count)
    assert np.dot(ends, counts) / 10 == pytest.approx(1.0)


def test_ratios_of_dolan_and_more():
    """Tests ratios to the fastest, failures, instances that nobody solves, and times of 0."""
    table = ratios({"a": [1, np.inf, 0, 4], "b": [2, np.nan, 0, np.inf]})
    assert table.tolist() == [[1, np.inf, 1, 1], [2, np.inf, 1, np.inf]]


def test_prices_of_nothing_scarce(ax):
    """Tests that prices of 0 are told in words."""
    free = replace(FEW, prices=np.zeros_like(FEW.prices))
    assert plotting.prices(free, ax=ax).get_title(loc="left") == "Worth of a host: nothing is scarce"


REFUSED = [
    (lambda ax: plotting.packing(FEW, ["nowhere"], ax=ax), "no host 'nowhere'"),
    (lambda ax: plotting.packing(FEW, [], ax=ax), "no hosts"),
    (lambda ax: plotting.packing(FEW, resource="gpu", ax=ax), "cpu, memory"),
    (lambda ax: plotting.prices(replace(FEW, prices=None), ax=ax), "no prices"),
    (lambda ax: plotting.progress((), ax=ax), "no history"),
    (lambda ax: plotting.progress(replace(FEW, history=()), ax=ax), "no history"),
    (lambda ax: plotting.dumbbells(["a"], [1, 2], [3], ax=ax), "1 labels, 2 low and 1 high"),
    (lambda ax: plotting.dumbbells([], [], [], ax=ax), "0 labels"),
    (lambda ax: plotting.comparison([], ax=ax), "nothing to compare"),
    (lambda ax: plotting.performance_profile({}, ax=ax), "for every instance"),
    (lambda ax: plotting.performance_profile({"a": [1], "b": [1, 2]}, ax=ax), "for every instance"),
    (lambda ax: plotting.performance_profile({"a": [-1]}, ax=ax), "negative"),
    (lambda ax: plotting.growth([], {}, ax=ax), "nothing to draw"),
    (lambda ax: plotting.growth([0], {"a": [1]}, ax=ax), "not positive"),
    (lambda ax: plotting.growth([1, 2], {"a": [1]}, ax=ax), "1 times for 2 sizes"),
]


@pytest.mark.parametrize(("draw", "reason"), REFUSED)
def test_what_cannot_be_drawn_is_refused(draw, reason, ax):
    """Tests that bad arguments give one clear error, before anything is drawn."""
    with pytest.raises(OptionError, match=reason):
        draw(ax)
    assert not ax.has_data()


def test_solutions_of_different_instances_are_not_compared(ax):
    """Tests that a comparison is of one instance."""
    with pytest.raises(InstanceError, match="different instances"):
        plotting.comparison([FEW, solution(4)], ax=ax)


def test_plot_makes_one_figure_and_changes_no_settings():
    """Tests that solution.plot() draws three pictures in a new figure and leaves matplotlib's settings alone."""
    before, open_before = dict(mpl.rcParams), set(plt.get_fignums())
    figure = FEW.plot().figure
    try:
        titles = [one.get_title(loc="left") for one in figure.axes]
        assert [title.split()[0] for title in titles if title] == ["Utilisation", "Left", "Gap"]
        assert len(set(plt.get_fignums()) - open_before) == 1
        assert {**before, "backend": None} == {**mpl.rcParams, "backend": None}
    finally:
        plt.close(figure)


def test_plot_without_history():
    """Tests that a solution from a file is drawn without the progress it does not have."""
    figure = Figure(layout="constrained")
    plotting.overview(replace(FEW, history=()), figure)
    assert not any(one.get_title(loc="left").startswith("Gap") for one in figure.axes)


@pytest.mark.parametrize(("suffix", "head"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_saved_as_what_its_name_says(suffix, head, tmp_path):
    """Tests that the three formats are written, without a figure left open."""
    open_before = plt.get_fignums()
    plotting.save(FEW, tmp_path / f"picture.{suffix}")
    assert (tmp_path / f"picture.{suffix}").read_bytes().startswith(head)
    assert plt.get_fignums() == open_before


@pytest.mark.parametrize("name", ["picture.bmp", "picture", "nowhere/picture.png"])
def test_not_saved_where_it_cannot_be(name, tmp_path):
    """Tests that unknown formats and folders are refused."""
    with pytest.raises(FileError, match="cannot write"):
        plotting.save(FEW, tmp_path / name)


def test_progress_takes_what_a_callback_gets(ax):
    """Tests that plain tuples are as good as the history of a solution."""
    by_tuples = plotting.progress([tuple(point) for point in HISTORY], ax=ax)
    by_solution = plotting.progress(FEW, ax=Figure().subplots())
    for one, other in zip(by_tuples.lines, by_solution.lines, strict=True):
        np.testing.assert_array_equal(one.get_xydata(), other.get_xydata())
