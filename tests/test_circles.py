"""Modules import each other one way, types included; what is looked up later stands in one list."""

from __future__ import annotations

import importlib
import inspect
import tomllib
from pathlib import Path

import networkx as nx
import pytest

grimp = pytest.importorskip("grimp", reason="import-linter, of the extra dev, brings grimp")

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def imports() -> nx.DiGraph:
    """Who imports whom, also for types alone, with the numbers of the lines."""
    found = grimp.build_graph("vmopt", exclude_type_checking_imports=False, cache_dir=None)
    graph = nx.DiGraph()
    for module in found.modules:
        for other in found.find_modules_directly_imported_by(module):
            details = found.get_import_details(importer=module, imported=other)
            graph.add_edge(module, other, lines=[told["line_number"] for told in details])
    return graph


def looked_up_later() -> list[tuple[str, str]]:
    """The list: what the contract of layers leaves out."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    listed = next(one["ignore_imports"] for one in contracts if one["type"] == "layers")
    return [(importer, imported) for importer, imported in (edge.split(" -> ") for edge in listed)]


def test_no_modules_import_each_other_in_a_circle(imports: nx.DiGraph) -> None:
    """Tests that without the listed imports there is no circle among modules."""
    one_way = imports.copy()
    one_way.remove_edges_from(looked_up_later())
    assert [sorted(circle) for circle in nx.strongly_connected_components(one_way) if len(circle) > 1] == []


@pytest.mark.parametrize(("importer", "imported"), looked_up_later())
def test_what_is_listed_is_looked_up_within_functions(importer: str, imported: str, imports: nx.DiGraph) -> None:
    """Tests that each listed import is there, and in functions alone."""
    assert imports.has_edge(importer, imported), "it is gone: take it from the list"
    source = inspect.getsource(importlib.import_module(importer)).splitlines()
    assert all(source[line - 1].startswith("    ") for line in imports.edges[importer, imported]["lines"])


def test_a_circle_would_be_found(imports: nx.DiGraph) -> None:
    """Tests that types alone close a circle as well: what is listed does."""
    circles = [circle for circle in nx.strongly_connected_components(imports) if len(circle) > 1]
    assert any({"vmopt.solution", "vmopt.summary.solutions"} <= circle for circle in circles)
