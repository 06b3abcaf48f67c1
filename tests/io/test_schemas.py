"""The JSON Schemas: valid themselves, and true of what we write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

from tests.strategies import instances
from tests.thorough import few
from vmopt.errors import OptionError
from vmopt.io import schema, write
from vmopt.model import Instance


@pytest.mark.parametrize("kind", ["instance", "solution", "network", "traffic", "plan"])
def test_schemas_are_schemas(kind: Any) -> None:
    """Tests that each schema is valid under draft 2020-12."""
    jsonschema.Draft202012Validator.check_schema(schema(kind))


@settings(max_examples=few(30), deadline=None)
@given(instances(elastic=None))
@pytest.mark.parametrize("layout", ["rows", "columns"])
def test_written_instances_follow_the_schema(
    tmp_path_factory: pytest.TempPathFactory, layout: Any, instance: Instance
) -> None:
    """Tests that every instance, in either layout, is written as the schema says."""
    path = tmp_path_factory.getbasetemp() / f"schema-{layout}.json"
    write(instance, path, layout=layout)
    jsonschema.Draft202012Validator(schema("instance")).validate(json.loads(Path(path).read_text()))


def test_unknown_schemas_are_refused() -> None:
    """Tests that asking for another schema names those there are."""
    with pytest.raises(
        OptionError,
        match=r"there is no schema of 'host': use 'instance' or 'solution' or 'network' or .* or 'plan'",
    ):
        schema("host")  # type: ignore[arg-type]
