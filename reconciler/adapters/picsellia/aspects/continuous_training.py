"""Continuous training on the wire: one call for project, trigger and parameters, others for datasets and switch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from reconciler.adapters.picsellia.request import Route
from reconciler.adapters.picsellia.wire import TrainingType
from reconciler.core.actions import (
    AttachTrainingDataset,
    ConfigureContinuousTraining,
    DetachTrainingDataset,
    PrepareContinuousTraining,
    ToggleContinuousTraining,
)
from reconciler.core.live import Alias, TrainingConfiguration
from reconciler.core.manifest.spec import TriggerEvent, parameters_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.adapters.picsellia.labels import Labels
    from reconciler.adapters.picsellia.request import Ids, Request
    from reconciler.adapters.picsellia.wire import ContinuousTrainingSettings, Settings, TrainingDataset
    from reconciler.core.live import Json, LiveDeployment

ContinuousTrainingAction: TypeAlias = (
    PrepareContinuousTraining
    | ConfigureContinuousTraining
    | AttachTrainingDataset
    | DetachTrainingDataset
    | ToggleContinuousTraining
)

CONFIGURE: Final = Route("POST", "/api/deployment/{id}/pipeline/ct", "configure continuous training of deployment {id}")
ATTACH: Final = Route(
    "POST", "/api/deployment/{id}/ct/datasets", "attach {dataset} to continuous training of deployment {id}"
)
DETACH: Final = Route(
    "DELETE", "/api/deployment/{id}/ct/datasets", "detach {dataset} from continuous training of deployment {id}"
)
TOGGLE: Final = Route("PUT", "/api/deployment/{id}/pipeline/ct", "switch {way} continuous training of deployment {id}")
DATASETS: Final = Route(
    "GET", "/api/deployment/{id}/ct/datasets", "read the continuous-training datasets of deployment {id}"
)


def request_for(action: ContinuousTrainingAction, ids: Ids) -> Request:
    """Return the request that carries out `action`."""
    here = {"id": ids.deployment}
    match action:
        case PrepareContinuousTraining():
            return CONFIGURE.to(here, body=_configuration(action.sent))
        case ConfigureContinuousTraining(configuration):
            return CONFIGURE.to(here, body=_configuration(configuration))
        case AttachTrainingDataset(alias, dataset):
            body: Json = {"dataset_version_id": dataset.id, "name": alias}
            return ATTACH.to({**here, "dataset": str(dataset)}, body=body)
        case DetachTrainingDataset(dataset):
            return DETACH.to({**here, "dataset": str(dataset)}, body={"ids": [dataset.id]})
        case ToggleContinuousTraining():
            return TOGGLE.to({**here, "way": "on" if action.active else "off"}, body={"active": action.active})


def _configuration(configuration: TrainingConfiguration) -> dict[str, Json]:
    body: dict[str, Json] = {"project_id": configuration.project.id}
    # The service takes trigger and threshold together or not at all; none means that nothing starts by itself.
    if configuration.can_trigger and configuration.threshold is not None:
        body["trigger"] = configuration.event.name
        body["threshold"] = configuration.threshold
    parameters = cast("Json", parameters_of(configuration.parameters))
    body["training_type"] = (TrainingType.SCAN if configuration.scan else TrainingType.EXPERIMENT).value
    body["scan_config" if configuration.scan else "experiment_parameters"] = parameters
    return body


def reported(live: LiveDeployment, settings: Settings, labels: Labels) -> LiveDeployment:
    """Return `live` with its continuous training; null means that it was never set up."""
    training = settings.continuous_training
    if training is None:
        return replace(live, training_configuration=None, training_active=False, training_datasets=frozenset())
    return replace(
        live,
        training_configuration=_reported_configuration(training, labels),
        training_active=training.active,
        training_datasets=frozenset(
            Alias(item.name, labels.ref(item.dataset_version_id)) for item in training.datasets
        ),
    )


def _reported_configuration(training: ContinuousTrainingSettings, labels: Labels) -> TrainingConfiguration:
    scan = training.training_type is TrainingType.SCAN
    parameters = training.scan_config if scan else training.experiment_parameters
    return TrainingConfiguration(
        project=labels.ref(training.project_id),
        event=training.trigger,
        threshold=None if training.trigger is TriggerEvent.NONE else training.threshold,
        scan=scan,
        parameters=parameters or "{}",
    )


def listed(live: LiveDeployment, items: Iterable[TrainingDataset], labels: Labels) -> LiveDeployment:
    """Return `live` with the datasets that their own list shows (capability `ct-datasets`)."""
    aliases = {Alias(item.name, labels.learn(item.dataset_version)) for item in items}
    return replace(live, training_datasets=frozenset(aliases))
