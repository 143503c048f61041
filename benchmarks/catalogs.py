"""Catalogs of many deployments, over what `platform seed` plants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.manifest.catalog import Catalog, Manifest, Source
from reconciler.core.manifest.spec import DeploymentSpec, Metadata
from reconciler.core.origin import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

FULL: Final = {
    "threshold": 0.4,
    "tags": ["production", "line-3"],
    "models": {"champion": {"model": "digits", "version": "v1"}, "shadow": {"model": "digits", "version": "v2"}},
    "trainingData": {"dataset": "digits", "version": "2026-01"},
    "feedbackLoop": {"datasets": [{"dataset": "digits", "version": "production"}]},
    "continuousTraining": {
        "project": "digits",
        "trigger": {"event": "FeedbackLoop", "threshold": 150},
        "datasets": {
            "train": {"dataset": "digits", "version": "production"},
            "test": {"dataset": "digits", "version": "holdout"},
        },
        "experimentParameters": {"epochs": 50, "batch_size": 8},
    },
    "continuousDeployment": {"policy": "DeployShadow"},
}
"""Declares every aspect."""

SMALL: Final = {"threshold": 0.4, "models": {"champion": {"model": "digits", "version": "v1"}}}
"""Declares two fields."""


def catalog_of(spec: Mapping[str, object], size: int) -> Catalog:
    """Return a catalog of so many deployments that declare the same."""
    manifests = tuple(
        Manifest(
            Metadata(name=f"line-{number:05}"),
            DeploymentSpec.model_validate(spec),
            {"": Origin(f"manifests/line-{number:05}.yaml", 1, 1)},
        )
        for number in range(size)
    )
    return Catalog("benchmark", manifests, Source(("manifests/",), "sha256:0"))
