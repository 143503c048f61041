"""Manifests made by hand, over the names of `tests.strategies.manifests`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.core.manifest.catalog import Catalog, Manifest, Source
from reconciler.core.manifest.spec import (
    ContinuousDeployment,
    DatasetVersionReference,
    DeploymentSpec,
    Metadata,
    Models,
    ModelVersionReference,
    Policy,
)
from reconciler.core.origin import Origin

if TYPE_CHECKING:
    from reconciler.core.manifest.spec import Shadow

W1 = DatasetVersionReference(dataset="d1", version="w1")
SHADOW_POLICY = ContinuousDeployment(active=True, policy=Policy.DEPLOY_SHADOW)


def version(name: str) -> ModelVersionReference:
    """Return a version of the model m1."""
    return ModelVersionReference(model="m1", version=name)


def manifest(address: str = "alpha", *, champion: str = "v1", shadow: Shadow | None = None, **spec: Any) -> Manifest:
    """Return a manifest that declares a champion and whatever else is given."""
    models = Models(champion=version(champion), shadow=shadow)
    origin = Origin(f"manifests/{address}.yaml", 1, 1)
    return Manifest(Metadata(name=address), DeploymentSpec(models=models, **spec), {"": origin})


def catalog(*manifests: Manifest) -> Catalog:
    """Return the catalog `demo` of these manifests at a commit."""
    source = Source(("manifests/",), "sha256:0", repository="https://git.example/team/models", revision="1a2b3c4")
    return Catalog("demo", manifests, source)
