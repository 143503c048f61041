"""The JSON Schemas by the kind of document they describe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.manifest.schema import deployment_schema
from reconciler.render.schema import explanation_schema, plan_schema, report_schema
from reconciler.settings.configuration import configuration_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

SCHEMAS: Mapping[str, Callable[[], Mapping[str, Any]]] = {
    "deployment": deployment_schema,
    "configuration": configuration_schema,
    "plan": plan_schema,
    "report": report_schema,
    "explanation": explanation_schema,
}


def schema_of(kind: str) -> Mapping[str, Any]:
    """Return the JSON Schema of a kind of document. Raises KeyError for a kind there is not."""
    return SCHEMAS[kind]()
