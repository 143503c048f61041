"""Who may move each field: the paths that can be owned, and the mode that holds for any path of a manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.manifest.spec import Ownership, Policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.core.manifest.catalog import Manifest
    from reconciler.core.manifest.spec import DeploymentSpec

OWNABLE_PATHS: Final = (
    "threshold",
    "sampleRate",
    "datalake",
    "tags",
    "models.champion",
    "models.shadow",
    "trainingData",
    "feedbackLoop",
    "feedbackLoop.active",
    "feedbackLoop.datasets",
    "continuousTraining",
    "continuousTraining.datasets",
    "continuousDeployment",
)
"""The keys that `spec.ownership` accepts: as fine as the API lets one field be written without the others."""

_SLOTS: Final = {Policy.DEPLOY_SHADOW: "models.shadow", Policy.DEPLOY_CHAMPION: "models.champion"}


def policy_slot(spec: DeploymentSpec) -> str | None:
    """Return the path of the model that the declared, active policy writes by itself, if there is one."""
    deployment = spec.continuous_deployment
    if deployment is None or not deployment.active or deployment.policy is None:
        return None
    return _SLOTS.get(deployment.policy)


def ownership_of(manifest: Manifest, path: str) -> Ownership:
    """Return the mode that holds for a field, given by its dotted path relative to `spec`, as in the file.

    The nearest declared ancestor (the path itself included) wins. Undeclared, the model slot that an active policy
    writes is OnChange, so that the reconciler never fights the platform; everything else is Managed.
    """
    declared = manifest.spec.ownership
    for ancestor in _ancestors(path):
        if ancestor in declared:
            return declared[ancestor]
    slot = policy_slot(manifest.spec)
    return Ownership.ON_CHANGE if slot is not None and slot in _ancestors(path) else Ownership.MANAGED


def _ancestors(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition(".")[0]
