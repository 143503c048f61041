"""The schema and the loader agree: what a schema can see, both refuse."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from reconciler.adapters.files.decoding import decode
from reconciler.adapters.files.trees import c_events, parse
from reconciler.core.manifest.diagnostics import SourceFile
from reconciler.core.manifest.nodes import Mapping, Node, Scalar
from reconciler.core.manifest.scalars import value_of
from reconciler.core.manifest.schema import deployment_schema
from tests.generate import ROOT
from tests.manifest.told import cases

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = jsonschema.Draft202012Validator(deployment_schema())

# Why the schema takes what the loader refuses. Cases in which the loader only warns are valid to both.
BEYOND_A_SCHEMA = {
    "dependency-cycle": "between manifests",
    "dependency-misspelt": "between manifests",
    "depends-on-itself": "compares two fields",
    "hold-until-someday": "formats are only notes in a schema",
    "hold-without-end": "annotations are free text",
    "model-latest-with-training": "`latest` is a name that only becomes wrong with training",
    "ownership-fights-the-policy": "compares fields of two blocks",
    "parameter-not-finite": "JSON has no such numbers",
    "rename-and-dependency-cycle": "between manifests",
    "rename-cycle": "between manifests",
    "rename-to-itself": "compares two fields",
    "shadow-is-champion": "compares two fields",
    "two-files-one-name": "between manifests",
    "two-heirs-of-one-name": "between manifests",
    "two-manifests-one-deployment": "between manifests",
    "one-version-under-two-aliases": "compares the values of a mapping",
    "version-is-a-date": "a schema sees text where the loader sees that quotes are missing",
}


def plain(node: Node) -> Any:
    """Return what a YAML 1.2 reader hands to a schema validator."""
    if isinstance(node, Scalar):
        return value_of(node)
    if isinstance(node, Mapping):
        return {key: plain(entry.value) for key, entry in node.entries.items()}
    return [plain(item) for item in node.items]


def read(folder: Path) -> list[Any]:
    """Return the documents of a case, or none where its form keeps a schema from seeing them."""
    found: list[Any] = []
    for path in sorted(folder.glob("*.yaml")):
        source = decode(path.name, path.read_bytes())
        parsed = parse(source, events=c_events) if isinstance(source, SourceFile) else None
        if parsed is None or parsed.problems:
            return []
        found += [plain(document.root) for document in parsed.documents]
    return found


def refused(folder: Path) -> bool:
    return any(not SCHEMA.is_valid(document) for document in read(folder))


READABLE = [folder for folder in cases() if read(folder)]


@pytest.mark.parametrize("folder", READABLE, ids=lambda folder: folder.name)
def test_the_schema_refuses_what_the_loader_refuses_wherever_it_can_see_it(folder: Path) -> None:
    errors = " error " in (folder / "expected.txt").read_text(encoding="utf-8")
    assert refused(folder) is (errors and folder.name not in BEYOND_A_SCHEMA)


def test_every_exception_is_still_needed() -> None:
    assert set(BEYOND_A_SCHEMA) <= {folder.name for folder in READABLE if not refused(folder)}


@pytest.mark.parametrize("path", sorted((ROOT / "manifests").glob("*.yaml")), ids=lambda path: path.name)
def test_the_examples_are_valid_to_the_schema(path: Path) -> None:
    for document in read_one(path):
        SCHEMA.validate(document)


def read_one(path: Path) -> list[Any]:
    source = decode(path.name, path.read_bytes())
    assert isinstance(source, SourceFile)
    return [plain(document.root) for document in parse(source, events=c_events).documents]


def test_the_schema_is_a_schema_and_describes_every_field() -> None:
    schema = deployment_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    bare = [
        f"{name}.{field}" for name, fields in properties(schema) for field, each in fields.items() if not told(each)
    ]
    assert bare == []


def properties(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    definitions = {"document": schema, **schema["$defs"]}
    return [(name, each["properties"]) for name, each in definitions.items() if "properties" in each]


def told(field: dict[str, Any]) -> bool:
    return "description" in field or "$ref" in field


def test_its_examples_are_valid_where_they_stand() -> None:
    schema = deployment_schema()
    for name, fields in properties(schema):
        for field, each in fields.items():
            here = jsonschema.Draft202012Validator({"$defs": schema["$defs"], **each})
            for example in each.get("examples", []):
                assert here.is_valid(json.loads(json.dumps(example))), (name, field, example)
