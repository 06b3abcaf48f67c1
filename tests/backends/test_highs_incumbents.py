"""The file in which HiGHS reports better points."""

from __future__ import annotations

from math import inf
from pathlib import Path

from vmopt.backends.math_opt.incumbents import IncumbentFile
from vmopt.backends.waiting import Incumbents

BLOCKS = """\
Objective 0
# Columns 0
Objective 11.5
# Columns -2
 1 0
 2.5 3
"""


def test_points_are_told_as_the_file_grows(tmp_path: Path) -> None:
    """Tests that a point is told once its block is complete, only once, and that later ones follow."""
    path, told = tmp_path / "incumbents.txt", []
    follower = IncumbentFile(path, 4, Incumbents(lambda x, bound: told.append((x.tolist(), bound))))
    follower.report()
    assert told == []
    for end in range(len(BLOCKS) + 1):
        path.write_text(BLOCKS[:end])
        follower.report()
    assert told == [([0.0, 0.0, 0.0, 0.0], inf), ([1.0, 0.0, 0.0, 2.5], inf)]
    path.write_text(BLOCKS + "Objective 12\n# Columns -1\n 4 1\nObjective 13\n# Columns -1\n 5 2\nObjective 14\n# Col")
    follower.report()
    follower.report()
    assert told[2:] == [([0.0, 0.0, 5.0, 0.0], inf)]


def test_only_the_newest_of_several_points_is_told(tmp_path: Path) -> None:
    """Tests that points that were overtaken between two looks are passed over."""
    path, told = tmp_path / "incumbents.txt", []
    path.write_text(BLOCKS)
    IncumbentFile(path, 4, Incumbents(lambda x, bound: told.append(x.tolist()))).report()
    assert told == [[1.0, 0.0, 0.0, 2.5]]
