"""What a check found at a path of a document, before the path becomes a place in a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.core.manifest.diagnostics import Diagnostic, Related, Severity
from reconciler.core.manifest.nodes import place_of_key, place_of_value

if TYPE_CHECKING:
    from reconciler.core.manifest.nodes import Document, Path


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem at a path; it points to the value there, or with `at_key` to the key.

    `beside` is the path of another place that belongs to the problem, and what is there.
    """

    code: str
    path: Path
    message: str
    hint: str | None = None
    severity: Severity = Severity.ERROR
    at_key: bool = False
    beside: tuple[Path, str] | None = None


def located(document: Document, finding: Finding) -> Diagnostic:
    """Turn the path of a finding into the place of a diagnostic."""
    source, root = document.source, document.root
    place = (place_of_key if finding.at_key else place_of_value)(root, finding.path)
    related: tuple[Related, ...] = ()
    if finding.beside is not None:
        path, message = finding.beside
        related = (Related(source.origin(place_of_key(root, path)), message),)
    return Diagnostic(
        finding.severity,
        finding.code,
        finding.message,
        source.origin(place),
        source.snippet(place),
        finding.hint,
        related,
    )
