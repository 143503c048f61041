"""The training-data reference on the wire."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from reconciler.adapters.picsellia.request import Route
from reconciler.core.actions import DisableTrainingData, SetTrainingData

if TYPE_CHECKING:
    from reconciler.adapters.picsellia.labels import Labels
    from reconciler.adapters.picsellia.request import Ids, Request
    from reconciler.adapters.picsellia.wire import Settings
    from reconciler.core.live import LiveDeployment

TrainingDataAction: TypeAlias = SetTrainingData | DisableTrainingData

SET: Final = Route(
    "POST", "/api/deployment/{id}/pipeline/td/setup", "set {dataset} as training data of deployment {id}"
)
DISABLE: Final = Route(
    "PUT", "/api/deployment/{id}/pipeline/td/disable", "drop the training-data reference of deployment {id}"
)


def request_for(action: TrainingDataAction, ids: Ids) -> Request:
    """Return the request that carries out `action`."""
    match action:
        case SetTrainingData(dataset):
            return SET.to({"id": ids.deployment, "dataset": str(dataset)}, body={"dataset_version_id": dataset.id})
        case DisableTrainingData():
            return DISABLE.to({"id": ids.deployment})


def reported(live: LiveDeployment, settings: Settings, labels: Labels) -> LiveDeployment:
    """Return `live` with its reference."""
    reference = settings.training_data
    return replace(live, training_data=None if reference is None else labels.ref(reference.dataset_version_id))
