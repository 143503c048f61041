"""What a catalog asks the world: the references it names, and the field paths each manifest declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core import references as refs
from reconciler.core.manifest.ownership import ownership_of
from reconciler.core.manifest.spec import ABSENT, Ownership, ParametersFrom

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconciler.core.manifest.catalog import Manifest
    from reconciler.core.manifest.spec import ContinuousTraining, DeploymentSpec
    from reconciler.core.references import Reference


def declared_paths(manifest: Manifest) -> frozenset[str]:
    """Return the paths (`core.live.FIELDS`) a manifest declares and does not ignore; `name` is always one."""
    return frozenset(path for path in _declared(manifest.spec) if ownership_of(manifest, path) is not Ownership.IGNORED)


def mentioned_paths(manifest: Manifest) -> frozenset[str]:
    """Return the paths a manifest declares, ignored ones too."""
    return frozenset(_declared(manifest.spec))


def _declared(spec: DeploymentSpec) -> Iterator[str]:
    yield from ("name", "models.champion")
    plain = {
        "serving": spec.serving,
        "threshold": spec.threshold,
        "sampleRate": spec.sample_rate,
        "datalake": spec.datalake,
        "tags": spec.tags,
        "models.shadow": spec.models.shadow,
        "trainingData": spec.training_data,
    }
    yield from (path for path, value in plain.items() if value is not None)
    if spec.feedback_loop is not None:
        yield from ("feedbackLoop.configured", "feedbackLoop.active")
        if spec.feedback_loop.datasets is not None:
            yield "feedbackLoop.datasets"
    if spec.continuous_training is not None:
        yield from _training_paths(spec.continuous_training)
    if spec.continuous_deployment is not None:
        yield "continuousDeployment.active"
        if spec.continuous_deployment.policy is not None:
            yield "continuousDeployment.policy"


def _training_paths(training: ContinuousTraining) -> Iterator[str]:
    yield "continuousTraining.active"
    if training.declares_configuration:
        yield "continuousTraining.configuration"
    if training.datasets is not None:
        yield "continuousTraining.datasets"


def references_of(manifests: Iterable[Manifest]) -> frozenset[Reference]:
    """Return every distinct reference of the fields that are not ignored."""
    return frozenset(reference for manifest in manifests for reference in _references(manifest))


def _references(manifest: Manifest) -> Iterator[Reference]:
    spec, paths = manifest.spec, declared_paths(manifest)
    yield refs.model_version(spec.models.champion)
    if "models.shadow" in paths and spec.models.shadow is not None and spec.models.shadow is not ABSENT:
        yield refs.model_version(spec.models.shadow)
    if "trainingData" in paths and spec.training_data is not None and spec.training_data is not ABSENT:
        yield refs.dataset_version(spec.training_data)
    if "datalake" in paths and spec.datalake is not None:
        yield refs.datalake(spec.datalake)
    if "tags" in paths:
        yield from (refs.tag(name) for name in spec.tags or ())
    if "feedbackLoop.datasets" in paths and spec.feedback_loop is not None:
        yield from (refs.dataset_version(item) for item in spec.feedback_loop.datasets or ())
    if spec.continuous_training is not None:
        yield from _training_references(manifest, spec.continuous_training, paths)


def _training_references(
    manifest: Manifest, training: ContinuousTraining, paths: frozenset[str]
) -> Iterator[Reference]:
    if "continuousTraining.configuration" in paths and training.project is not None:
        yield refs.project(training.project)
        if isinstance(training.experiment_parameters, ParametersFrom):
            yield refs.source_parameters(manifest.spec.models.champion)
    if "continuousTraining.datasets" in paths:
        yield from (refs.dataset_version(item) for item in (training.datasets or {}).values())
