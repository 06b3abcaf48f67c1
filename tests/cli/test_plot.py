"""Tests of `vmopt solve --plot`."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_plot_is_written(run, cluster_file, tmp_path, suffix):
    """Tests that the picture is there, that stderr says so, and that stdout is as without it."""
    picture = tmp_path / f"picture.{suffix}"
    ran = run("solve", cluster_file, "--plot", picture, "--seed", 1)
    assert ran.code == 0
    assert picture.stat().st_size > 1000
    assert f"picture written to {picture}" in "".join(ran.err.split("\n"))
    assert ran.out.startswith("status")


def test_plot_of_an_unknown_kind(run, cluster_file, tmp_path):
    """Tests that an unknown suffix is refused before anything is solved."""
    ran = run("solve", cluster_file, "--plot", tmp_path / "picture.bmp")
    assert ran.code == 2
    assert ".png or .svg or .pdf" in ran.err
    assert not (tmp_path / "picture.bmp").exists()
