"""Every picture against its baseline."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images

from tests.plotting.pictures import BASELINE, FEW, PICTURES, draw, strip
from vmopt import plotting
from vmopt.verify import verify

TOLERANCE = 0.5
"""Root mean square over all pixels, of 255: one changed bar or dot is more, other versions of matplotlib are less."""


@pytest.mark.parametrize("name", PICTURES)
def test_looks_as_ever(name, tmp_path):
    """Tests that lines, areas and words are those of the baseline."""
    figure, words = draw(name)
    figure.savefig(tmp_path / "drawn.png")
    assert compare_images(str(BASELINE / f"{name}.png"), str(tmp_path / "drawn.png"), TOLERANCE) is None
    assert words == (BASELINE / f"{name}.txt").read_text(encoding="utf-8")


def test_one_vm_makes_a_difference(tmp_path):
    """Tests that the comparison fails when a single VM is taken from its host."""
    fewer = FEW.host_index.copy()
    fewer[np.flatnonzero(fewer >= 0)[0]] = -1
    changed = replace(FEW, host_index=fewer)
    for name, picture in (("utilisation-10", plotting.utilisation), ("packing-10", plotting.packing)):
        figure, _ = strip(picture(changed, ax=Figure((6.0, 3.5), dpi=80).add_axes((0.1, 0.1, 0.8, 0.8))))
        figure.savefig(tmp_path / f"{name}.png")
        assert compare_images(str(BASELINE / f"{name}.png"), str(tmp_path / f"{name}.png"), TOLERANCE) is not None


@pytest.mark.parametrize("name", PICTURES)
def test_returns_the_axes(name):
    """Tests that the axes that were given come back, and nothing was drawn beside them but a scale of colours."""
    ax = Figure().subplots()
    assert PICTURES[name](ax) is ax
    assert len(ax.figure.axes) <= 2
    assert isinstance(ax, Axes)


def test_the_placements_are_real():
    """Tests that the pictures show placements that fit."""
    assert verify(FEW.instance, FEW.host_index) == ()
