"""`reconciler schema`: the JSON Schemas of everything it reads and writes."""

from __future__ import annotations

import enum
from typing import Annotated

import typer

from reconciler.cli.options import Form, Talk  # noqa: TC001  # read at run time, to make options of them


class Kind(enum.StrEnum):
    """What a schema describes."""

    DEPLOYMENT = "deployment"
    CONFIGURATION = "configuration"
    PLAN = "plan"
    REPORT = "report"
    EXPLANATION = "explanation"


def schema(
    talk: Talk,
    form: Form,
    kind: Annotated[Kind, typer.Argument(help="What the schema describes.")] = Kind.DEPLOYMENT,
) -> int:
    """Print the JSON Schema of manifests, settings, plans, reports or explanations."""
    from reconciler.cli.console import Console
    from reconciler.cli.runs.schemas import schema_of

    Console(talk, form).document(schema_of(kind.value))
    return 0
