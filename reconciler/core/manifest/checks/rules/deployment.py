"""Rules on continuous deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.manifest.checks.findings import Finding
from reconciler.core.manifest.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.core.manifest.checks.draft import Draft

_BLOCK: Final = ("spec", "continuousDeployment")


def deployment_without_training(draft: Draft) -> Iterator[Finding]:
    """A policy deploys what continuous training makes; without it, nothing arrives."""
    declared = draft.spec.continuous_deployment if draft.spec else None
    if declared is None or not declared.active or draft.has("spec", "continuousTraining"):
        return
    message = "continuous deployment is active, but this manifest declares no continuous training to deploy from"
    hint = "declare continuousTraining, unless somebody sets it up elsewhere"
    yield Finding("deployment-without-training", _BLOCK, message, hint, Severity.WARNING, at_key=True)


RULES: Final = (deployment_without_training,)
