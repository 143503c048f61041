"""The JSON Schema (2020-12) of a `Deployment` manifest: the spec models, and the rules that a schema can say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from reconciler.core.manifest.canonical import API_VERSION, KIND
from reconciler.core.manifest.ownership import OWNABLE_PATHS
from reconciler.core.manifest.spec import DeploymentSpec, Metadata

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    Schema = dict[str, JsonValue]

SCHEMA_ID: Final = "https://reconciler.dev/schemas/deployment.schema.json"

# Rules over several fields, by the model that they hold for: the loader tells them in better words, editors need these.
_RULES: Final[Mapping[str, Schema]] = {
    "ContinuousTraining": {
        "dependentRequired": {
            "project": ["trigger"],
            "trigger": ["project"],
            "experimentParameters": ["project"],
            "scanConfig": ["project"],
        },
        "if": {"required": ["project"]},
        "then": {"oneOf": [{"required": ["experimentParameters"]}, {"required": ["scanConfig"]}]},
    },
    "Trigger": {
        "if": {"properties": {"event": {"const": "FeedbackLoop"}}},
        "then": {"required": ["threshold"]},
        "else": {"properties": {"threshold": False}},
    },
    "Lifecycle": {
        "not": {
            "required": ["onRemoval", "preventDestroy"],
            "properties": {"onRemoval": {"const": "Delete"}, "preventDestroy": {"const": True}},
        }
    },
}


def deployment_schema() -> Schema:
    """Return the schema of one manifest document."""
    spec = DeploymentSpec.model_json_schema(by_alias=True)
    metadata = Metadata.model_json_schema(by_alias=True)
    raw = {**spec.pop("$defs"), "DeploymentSpec": spec, "Metadata": metadata}
    definitions = {name: {**_tidy(each), **_RULES.get(name, {})} for name, each in sorted(raw.items())}
    _refine(definitions)
    return {**_root(), "$defs": dict(definitions)}


def _root() -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "Deployment manifest",
        "description": "One deployment of a computer-vision model, as it shall be.",
        "type": "object",
        "additionalProperties": False,
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "properties": {
            "apiVersion": {"const": API_VERSION, "description": "The version of this format."},
            "kind": {"const": KIND, "description": "The kind of object."},
            "metadata": {"$ref": "#/$defs/Metadata"},
            "spec": {"$ref": "#/$defs/DeploymentSpec"},
            "status": {"description": "Owned by machines and never read from files."},
        },
    }


def _tidy(node: Schema) -> Schema:
    # Pydantic writes "undeclared" as null, but a null in a file is a mistake; its titles repeat the keys.
    tidied = {key: _tidied(value) for key, value in node.items() if not _is_noise(key, value)}
    if tidied.get("type") == "array":
        tidied["uniqueItems"] = True
    branches = tidied.get("anyOf")
    if isinstance(branches, list):
        return _without_null(tidied, [each for each in branches if each != {"type": "null"}])
    return tidied


def _tidied(node: JsonValue) -> JsonValue:
    if isinstance(node, list):
        return [_tidied(each) for each in node]
    return _tidy(node) if isinstance(node, dict) else node


def _is_noise(key: str, value: JsonValue) -> bool:
    return (key == "title" and isinstance(value, str)) or (key == "default" and value is None)


def _without_null(node: Schema, branches: list[JsonValue]) -> Schema:
    rest = {key: value for key, value in node.items() if key != "anyOf"}
    only = branches[0] if len(branches) == 1 else None
    return {**only, **rest} if isinstance(only, dict) else {**rest, "anyOf": branches}


def _refine(definitions: dict[str, Schema]) -> None:
    # What pydantic's annotations cannot say.
    _add(definitions, "DatasetVersionReference", version={"not": {"const": "latest"}})
    _add(definitions, "ContinuousTraining", datasets={"additionalProperties": False})
    _add(definitions, "Trigger", event={"$ref": None, "anyOf": [{"$ref": "#/$defs/TriggerEvent"}, {"type": "null"}]})
    paths: Schema = {path: {"$ref": "#/$defs/Ownership"} for path in OWNABLE_PATHS}
    _add(definitions, "DeploymentSpec", ownership={"additionalProperties": False, "properties": paths})


def _add(definitions: dict[str, Schema], name: str, **changes: Schema) -> None:
    """Change properties of a definition; a keyword set to None is dropped."""
    properties = cast("dict[str, Schema]", definitions[name]["properties"])
    for field, keywords in changes.items():
        merged = {**properties[field], **keywords}
        properties[field] = {keyword: value for keyword, value in merged.items() if value is not None}
