"""Making a model version of an experiment: its files, its label map, and how it came to be."""

from typing import Final

from sqlalchemy import select

from reconciler.platform.store import annotations, artifacts, logs, models
from reconciler.platform.store.tables.experiments import Experiment
from reconciler.platform.store.tables.models import Model, ModelVersion
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import Framework, InferenceType

_ONNX: Final = ".onnx"
# What a version inherits from the one its experiment started from.
_INHERITED: Final = ("docker_image", "docker_tag", "docker_flags", "docker_env_variables")


def publish(unit: Unit, experiment: Experiment, model: Model, *, name: str | None = None) -> ModelVersion:
    """Release an experiment as the next version of a model and return it.

    Artifacts become its files (the same objects), the label map its labels, and its context names the experiment, the
    dataset versions by alias with their label counts, and the parameters. Type and framework are the base model
    version's; without one, those of the attached datasets and of the artifacts.

    Raises:
        Conflict: when the name is taken within the model.
    """
    base = _base(unit, experiment)
    inherited = {key: getattr(base, key) for key in _INHERITED} if base is not None else {}
    release = models.Release(
        name=name,
        type=_type(experiment, base),
        framework=_framework(unit, experiment, base),
        labels=logs.label_map(unit, experiment) or (base.labels if base is not None else None),
        parameters=logs.parameters(unit, experiment) or None,
        description=experiment.description,
        **inherited,
    )
    version = models.create_version(unit, model, release)
    for item in artifacts.of_experiment(unit, experiment):
        models.add_file(unit, version, models.NewFile(item.name, item.filename, item.object_name, item.large))
    _record_context(unit, experiment, version)
    return version


def _record_context(unit: Unit, experiment: Experiment, version: ModelVersion) -> None:
    used = {held.name: held.dataset_version for held in experiment.datasets}
    counts = {alias: annotations.stats(unit, item).label_repartition for alias, item in used.items()}
    parameters = logs.parameters(unit, experiment)
    models.record_context(
        unit, version, versions=used, parameters=parameters, experiment_id=experiment.id, repartitions=counts
    )


def _base(unit: Unit, experiment: Experiment) -> ModelVersion | None:
    if experiment.base_model_version_id is None:
        return None
    return unit.session.scalar(select(ModelVersion).where(ModelVersion.id == experiment.base_model_version_id))


def _type(experiment: Experiment, base: ModelVersion | None) -> InferenceType:
    known = [base.type] if base is not None else [held.dataset_version.type for held in experiment.datasets]
    return next((item for item in known if item is not InferenceType.NOT_CONFIGURED), InferenceType.NOT_CONFIGURED)


def _framework(unit: Unit, experiment: Experiment, base: ModelVersion | None) -> Framework:
    if base is not None:
        return base.framework
    names = [item.filename.lower() for item in artifacts.of_experiment(unit, experiment)]
    return Framework.ONNX if any(name.endswith(_ONNX) for name in names) else Framework.NOT_CONFIGURED
