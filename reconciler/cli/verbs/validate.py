"""`reconciler validate`: every problem of manifests and settings at once, without a platform."""

from __future__ import annotations

from reconciler.cli.options import Form, Paths, Talk  # noqa: TC001  # read at run time, to make options of them


def validate(talk: Talk, form: Form, paths: Paths = None) -> int:
    """Check manifests and reconciler.yaml; needs neither platform nor token."""
    from reconciler.cli.runs.validating import run_validate

    return run_validate(talk, form, paths or ())
