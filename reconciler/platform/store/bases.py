"""What an experiment starts from: another experiment, a model version, or both; what is there already stays."""

from reconciler.platform.store import artifacts, logs, models, objects
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.models import NewFile
from reconciler.platform.store.tables.experiments import Experiment
from reconciler.platform.store.tables.models import ModelFile, ModelVersion
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import LogType, ObjectKind


def set_experiment(unit: Unit, experiment: Experiment, base: Experiment) -> None:
    """Start from another experiment of the project: its parameters, label map, artifacts and base model version.

    Each is taken only where the experiment has none.

    Raises:
        Invalid: when the base is the experiment itself, or in another project.
    """
    if base.id == experiment.id or base.project_id != experiment.project_id:
        raise Invalid("An experiment starts from another experiment of the same project.")
    experiment.base_experiment_id = base.id
    for name in (logs.PARAMETERS, logs.LABEL_MAP):
        log = logs.seek(unit, base, name)
        if log is not None and logs.seek(unit, experiment, name) is None:
            logs.record(unit, experiment, name, type=log.type, data=log.data)
    if not artifacts.of_experiment(unit, experiment):
        for item in artifacts.of_experiment(unit, base):
            artifacts.create(unit, experiment, NewFile(item.name, item.filename, item.object_name, item.large))
    if experiment.base_model_version_id is None:
        experiment.base_model_version_id = base.base_model_version_id


def set_model(
    unit: Unit,
    experiment: Experiment,
    version: ModelVersion,
    *,
    parameters: bool | None = None,
    files: bool | None = None,
) -> None:
    """Start from a model version: its label map where the experiment has none, its parameters and files as wished.

    Args:
        unit: the transaction.
        experiment: what starts.
        version: what it starts from.
        parameters: True replaces the experiment's, False leaves them, None takes them where there are none.
        files: True takes all, replacing artifacts of the same names; False none; None all where there is no artifact.
    """
    experiment.base_model_version_id = version.id
    if version.labels and logs.seek(unit, experiment, logs.LABEL_MAP) is None:
        logs.record(unit, experiment, logs.LABEL_MAP, type=LogType.LABELMAP, data=version.labels)
    has_parameters = logs.seek(unit, experiment, logs.PARAMETERS) is not None
    if version.parameters and (parameters or (parameters is None and not has_parameters)):
        logs.record(unit, experiment, logs.PARAMETERS, type=LogType.TABLE, data=version.parameters)
    if files or (files is None and not artifacts.of_experiment(unit, experiment)):
        for file in models.files(unit, version):
            artifacts.put(unit, experiment, _reachable(unit, experiment, file))


def _reachable(unit: Unit, experiment: Experiment, file: ModelFile) -> NewFile:
    """Return a model's file as an artifact: the same object, or a copy of a public model's in the own storage."""
    name = file.object_name
    if file.organization_id != experiment.organization_id:
        name = objects.invent_name(ObjectKind.ARTIFACT, file.filename, context=experiment.id, folder=None)
        theirs = unit.session.get_one(type(unit.organization(experiment.organization_id)), file.organization_id)
        mine = unit.organization(experiment.organization_id)
        if theirs.default_connector_id is not None and mine.default_connector_id is not None:
            stored = objects.get(unit, theirs.default_connector_id, file.object_name)
            blob = unit.blobs.join([stored.blob])
            objects.place(unit, mine.default_connector_id, name, blob=blob, content_type=stored.content_type)
    return NewFile(file.name, file.filename, name, file.large)
