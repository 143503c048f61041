"""`validate`: settings and manifests read whole, and told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.bootstrap.project import open_project
from reconciler.cli.arguments import format_of
from reconciler.cli.console import Console
from reconciler.errors import ManifestError
from reconciler.render.diagnostics import is_valid, validation_text, validation_to_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reconciler.bootstrap.project import Project
    from reconciler.cli.options import Form, Talk
    from reconciler.core.manifest.diagnostics import Diagnostic

FORMATS: Final = ("text", "json")


def run_validate(talk: Talk, form: Form, paths: Sequence[Path]) -> int:
    """Tell every problem, and return the exit code."""
    console, chosen = Console(talk, form), format_of(form, FORMATS)
    project = open_project(paths)
    found, number = _problems(project)
    if chosen == "json":
        console.document(validation_to_json(found, number))
    else:
        console.show(validation_text(found, number, project.names))
    return 0 if is_valid(found) else ManifestError.exit_code


def _problems(project: Project) -> tuple[list[Diagnostic], int]:
    try:
        loaded = project.load()
    except ManifestError as error:
        return [*project.diagnostics, *error.diagnostics], 0
    return [*project.diagnostics, *loaded.warnings], len(loaded.catalog)
