"""The picture of what lies inside hosts."""

from __future__ import annotations

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import vmopt
from benchmarks.slices import cluster
from vmopt import VM, Host, Pieces, plotting
from vmopt.errors import OptionError


@pytest.fixture
def ax() -> Axes:
    return Figure().subplots()


def _boxes(ax: Axes) -> list[tuple[float, float, float]]:
    """Row, begin and length of what is filled."""
    filled = [bar for bar in ax.patches if bar.get_facecolor()[3]]
    return sorted((bar.get_y() + bar.get_height() / 2, bar.get_x(), bar.get_width()) for bar in filled)


def test_slices_are_drawn_where_they_start(ax):
    """Tests that each box is a landing of the solution, from its first slot on."""
    solution = vmopt.solve(cluster(["3g.20gb", "4g.20gb", "7g.40gb"], 2, "slots"), threads=1)
    size = dict(zip(solution.instance.vm_names, (4, 4, 8), strict=True))
    host = {vm: float(solution.instance.host_names.index_of[name]) for vm, name in solution.placement.items()}
    wanted = [(host[vm], float(landed[0].starts[0]), float(size[vm])) for vm, landed in solution.parts.items()]
    assert _boxes(plotting.parts(solution, "gpu", ax=ax)) == sorted(wanted)
    assert len(wanted) == 3


def test_amounts_lie_beside_each_other(ax):
    """Tests two pieces on one part and one on the next, of the resource that is asked for."""
    host = Host("h", {"cpu": 8}, parts={"numa": [{"cpu": 4, "memory": 16}] * 2})
    pieces = [[Pieces("numa", each={"cpu": cpu, "memory": 8})] for cpu in (1, 3, 3)]
    vms = [VM(f"v{n}", {"cpu": 1}, pieces=asked) for n, asked in enumerate(pieces)]
    solution = vmopt.solve(vmopt.Instance.from_rows([host], vms), threads=1)
    boxes = _boxes(plotting.parts(solution, "numa", ax=ax))
    assert sorted(length for _, _, length in boxes) == [1, 3, 3]
    for row in (0, 1):
        ends = [0.0]
        for _, begin, length in (box for box in boxes if box[0] == row):
            assert begin == ends[-1]
            ends.append(begin + length)
        assert ends[-1] <= 4
    by_memory = _boxes(plotting.parts(solution, "numa", "memory", ax=Figure().subplots()))
    assert sorted(length for _, _, length in by_memory) == [8, 8, 8]


def test_what_is_not_there_is_refused(ax):
    """Tests a kind of parts, a resource and a host that there are not."""
    solution = vmopt.solve(cluster(["3g.20gb"], 1, "slots"), threads=1)
    with pytest.raises(OptionError, match="no parts of kind 'numa'"):
        plotting.parts(solution, "numa", ax=ax)
    with pytest.raises(OptionError, match="with resource 'milli'"):
        plotting.parts(solution, "gpu", "milli", ax=ax)
    with pytest.raises(OptionError, match="no host 'x'"):
        plotting.parts(solution, "gpu", hosts=["x"], ax=ax)
    assert not ax.has_data()
