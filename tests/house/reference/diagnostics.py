"""The page on diagnostics: every code that a problem in a manifest may carry."""

from __future__ import annotations

from reconciler.core.manifest.codes import CODES
from tests.house.reference.markdown import code, document, table


def page() -> str:
    """Return the page."""
    return document(
        "Diagnostics",
        "What `reconciler validate` says of manifests, all problems at once, each with its place and a hint.\n"
        "Codes never change their meaning.",
        table(("code", "meaning"), [(code(name), told) for name, told in CODES.items()]),
    )
