"""Tests of the pictures of traffic: what they draw is what the indicators say."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from tests.network.builders import placed, two_racks
from vmopt import plotting
from vmopt.errors import OptionError
from vmopt.network import Traffic
from vmopt.plotting import style


@pytest.fixture
def case():
    """Two racks of two hosts; 0 -> 2 overloads the links of hosts 0 and 2, 0 -> 1 stays in the rack."""
    solution = placed([0, 1, 2, 3], 4)
    return solution, two_racks(), Traffic.from_arrays(solution.instance, [0, 0], [1, 2], [3.0, 9.0])


def test_overloaded_links_are_red(case) -> None:
    """Tests that the one link asked for more than it has is red, the last drawn, and told in the title."""
    ax = plotting.network(*case, ax=Figure().subplots())
    colours = ax.collections[0].get_colors()
    red = np.isclose(colours, mpl.colors.to_rgba(style.VERMILLION)).all(axis=1)
    assert red.tolist() == [False] * 7 + [True]
    assert "1 asked for more" in ax.get_title(loc="left")
    assert sorted(text.get_text() for text in ax.texts) == sorted(case[1].node_names)


def test_latency_steps(case) -> None:
    """Tests that a quarter of the traffic takes 2 s, the rest 12 s."""
    solution, network, traffic = case
    ax = plotting.latency({"before": solution, "after": solution}, network, traffic, ax=Figure().subplots())
    x, y = ax.lines[0].get_data()
    assert x == pytest.approx(np.array([0, 2, 12]) * 1e6)
    assert y == pytest.approx([0, 0.25, 1])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["before", "after"]
    with pytest.raises(OptionError, match="nothing to draw"):
        plotting.latency({}, network, traffic)


def test_traffic_between_racks(case) -> None:
    """Tests that the matrix holds a quarter within the first rack and the rest on its way to the second."""
    ax = plotting.traffic_matrix(*case, ax=Figure().subplots())
    assert ax.images[0].get_array().tolist() == [[0.25, 0.75], [0, 0]]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["leaf-0", "leaf-1"]


def test_matrices_of_two_placements_can_be_compared(case) -> None:
    """Tests that the scale can be the same, and that the title tells which placement it is."""
    ax = plotting.traffic_matrix(*case, ax=Figure().subplots(), name="<b>", most=0.9)
    assert ax.images[0].get_clim() == (0, 0.9)
    assert ax.get_title(loc="left") == "<b>: traffic between racks, as a part of all"
    for wrong in (0, -1, 2, "all", float("nan")):
        with pytest.raises(OptionError, match="most is"):
            plotting.traffic_matrix(*case, most=wrong)


def test_links_do_not_cross_names(case) -> None:
    """Tests that names between two levels of links stand on a ground of their own, and no others do."""
    ax = plotting.network(*case, ax=Figure().subplots())
    boxed = {text.get_text() for text in ax.texts if text.get_bbox_patch() is not None}
    assert boxed == {"leaf-0", "leaf-1"}
