"""Where pieces are, in files and summaries of solutions."""

from pathlib import Path

import jsonschema
import orjson
import pytest

import vmopt
from tests.inside.draws import cluster
from tests.inside.test_inside import shares, sliced
from vmopt.errors import FileError


def written(solution: vmopt.Solution, path: Path) -> dict[str, object]:
    vmopt.io.write_solution(solution, path)
    document: dict[str, object] = orjson.loads(path.read_bytes())
    jsonschema.validate(document, vmopt.io.schema("solution"))
    return document


def test_landings_come_back(tmp_path: Path) -> None:
    drawn = [vmopt.Instance.from_rows(*cluster(seed)) for seed in range(12)]
    for instance in (*drawn, sliced("3g.20gb 4g.20gb 1g.5gb", 2)):
        solution = vmopt.solve(instance, method="greedy-priority")
        written(solution, tmp_path / "s.json")
        assert vmopt.io.read_solution(instance, tmp_path / "s.json").parts == solution.parts


def test_other_landings_are_kept_if_they_can_be(tmp_path: Path) -> None:
    instance = shares([600, 500])
    solution = vmopt.solve(instance)
    document = written(solution, tmp_path / "s.json")
    for first, second, good in ((1, 0, True), (0, 1, True), (1, 1, False), (0, 2, False)):
        stated = {"v0": [{"kind": "gpu", "parts": [first], "alternative": 0}]}
        stated["v1"] = [{"kind": "gpu", "parts": [second], "alternative": 0}]
        (tmp_path / "s.json").write_bytes(orjson.dumps({**document, "parts": stated}))
        if good:
            again = vmopt.io.read_solution(instance, tmp_path / "s.json")
            assert (again.parts["v0"][0].parts, again.parts["v1"][0].parts) == ((first,), (second,))
            assert vmopt.verify(instance, again) == ()
        else:
            with pytest.raises(FileError, match="cannot be theirs"):
                vmopt.io.read_solution(instance, tmp_path / "s.json")


@pytest.mark.parametrize(
    "stated",
    [{}, {"v0": 1}, {"v0": [{"kind": "gpu", "parts": ["0"], "alternative": 0}]}, {"v0": [], "v1": []}, {"x": []}],
)
def test_landings_that_are_none_are_refused(tmp_path: Path, stated: object) -> None:
    instance = shares([600, 500])
    document = written(vmopt.solve(instance), tmp_path / "s.json")
    (tmp_path / "s.json").write_bytes(orjson.dumps({**document, "parts": stated}))
    with pytest.raises(FileError):
        vmopt.io.read_solution(instance, tmp_path / "s.json")


def test_verify_judges_what_a_solution_states() -> None:
    solution = vmopt.solve(shares([600, 500]))
    together = dict.fromkeys(("v0", "v1"), (vmopt.Landing("gpu", (0,)),))
    assert vmopt.verify(solution.instance, solution) == ()
    [breach] = vmopt.verify(solution.instance, solution.landed_as(together))
    assert "gpu 0 of host 'h' gives more milli than it has" in str(breach)


def test_summaries_count_parts() -> None:
    assert "parts used  2 gpu by 3 VMs" in vmopt.solve(shares([600, 500, 400])).summary()
    assert "parts used" not in vmopt.solve(vmopt.Instance.from_arrays([[1]], [[1]])).summary()
