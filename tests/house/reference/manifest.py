"""The page on manifests: every field that one may declare, walked from the same schema that editors use."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.core.manifest.ownership import OWNABLE_PATHS
from reconciler.core.manifest.schema import deployment_schema
from reconciler.core.manifest.spec import Ownership
from tests.house.reference.markdown import code, document, table

if TYPE_CHECKING:
    from collections.abc import Iterator

Node = dict[str, Any]
Row = tuple[str, str, str, str, str]


def page() -> str:
    """Return the page."""
    schema = deployment_schema()
    return document(
        "Manifest",
        "A manifest declares one deployment. **What is absent is unmanaged**: neither compared nor written.\n"
        "`schemas/deployment.schema.json` says the same to editors.",
        table(("field", "takes", "required", "default", "meaning"), fields_of(schema)),
        "## Ownership",
        f"`spec.ownership` maps a path to a mode: {', '.join(code(mode.value) for mode in Ownership)}. "
        f"Paths: {', '.join(code(path) for path in OWNABLE_PATHS)}. The nearest declared ancestor of a field decides. "
        "Undeclared, the model slot that an active policy writes is `OnChange`, and everything else is `Managed`.",
        "- `Managed`: written whenever live differs from desired.\n"
        "- `OnChange`: written when desired differs from applied; if only live moved, that is reported.\n"
        "- `Observed`: reported, never written.\n"
        "- `Ignored`: not even read.",
    )


def fields_of(schema: Node) -> Iterator[Row]:
    """Yield field, type, whether it is required, default and meaning, for every field below a schema."""
    return _fields(schema, schema, "")


def _fields(schema: Node, node: Node, prefix: str) -> Iterator[Row]:
    required = node.get("required", [])
    for name, raw in node.get("properties", {}).items():
        path = f"{prefix}{name}"
        found = _resolved(schema, raw)
        default = json.dumps(found["default"]) if "default" in found and found["default"] not in ({}, []) else ""
        told = str(found.get("description", ""))
        yield code(path), _kind(schema, found), "yes" if name in required else "", code(default), _first(told)
        if name != "ownership":
            yield from _below(schema, found, path)


def _below(schema: Node, node: Node, path: str) -> Iterator[Row]:
    for branch in _branches(schema, node):
        yield from _fields(schema, branch, f"{path}.")
        if "items" in branch:
            yield from _fields(schema, _resolved(schema, branch["items"]), f"{path}[].")
        named = branch.get("patternProperties", {})
        extra = branch.get("additionalProperties")
        for value in (*named.values(), *([extra] if isinstance(extra, dict) else [])):
            yield from _fields(schema, _resolved(schema, value), f"{path}.<name>.")


def _branches(schema: Node, node: Node) -> list[Node]:
    if "anyOf" in node:
        return [_resolved(schema, branch) for branch in node["anyOf"]]
    return [node]


def _resolved(schema: Node, node: Node) -> Node:
    """Return a node with what it refers to; what is said at the reference wins."""
    if "$ref" not in node:
        return node
    definition = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]]
    return {**definition, **{key: value for key, value in node.items() if key != "$ref"}}


def _kind(schema: Node, node: Node) -> str:
    return " or ".join(dict.fromkeys(_one_kind(schema, branch) for branch in _branches(schema, node)))


def _one_kind(schema: Node, node: Node) -> str:
    if "const" in node:
        return code(node["const"])
    if "enum" in node:
        return ", ".join(code("null" if value is None else value) for value in node["enum"])
    match node.get("type"):
        case "array":
            return f"list of {_kind(schema, _resolved(schema, node['items']))}"
        case "object":
            return "mapping"
        case "boolean":
            return "`true`, `false`"
        case "number" | "integer" as name:
            return _bounded(name, node)
        case "null":
            return "`null`"
        case "string":
            return "text"
        case _:
            return "anything"


def _bounded(name: str, node: Node) -> str:
    least, most = node.get("minimum"), node.get("maximum")
    word = "whole number" if name == "integer" else "number"
    if least is not None and most is not None and most < 2**31 - 1:
        return f"{word}, {least:g} to {most:g}"
    return f"{word}, at least {least:g}" if least is not None else word


def _first(told: str) -> str:
    return told.split("\n\n", maxsplit=1)[0]
