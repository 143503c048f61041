"""The feedback loop on the wire: set-up, datasets, switch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from reconciler.adapters.picsellia.request import Route
from reconciler.core.actions import AttachFeedbackDataset, DetachFeedbackDataset, SetUpFeedbackLoop, ToggleFeedbackLoop

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.adapters.picsellia.labels import Labels
    from reconciler.adapters.picsellia.request import Ids, Request
    from reconciler.adapters.picsellia.wire import FeedbackDataset, Settings
    from reconciler.core.live import LiveDeployment

FeedbackLoopAction: TypeAlias = SetUpFeedbackLoop | AttachFeedbackDataset | DetachFeedbackDataset | ToggleFeedbackLoop

SET_UP: Final = Route("POST", "/api/deployment/{id}/pipeline/fl/setup", "set up the feedback loop of deployment {id}")
ATTACH: Final = Route(
    "POST", "/api/deployment/{id}/fl/datasets", "attach {dataset} to the feedback loop of deployment {id}"
)
DETACH: Final = Route(
    "DELETE", "/api/deployment/{id}/fl/datasets", "detach {dataset} from the feedback loop of deployment {id}"
)
TOGGLE: Final = Route("PUT", "/api/deployment/{id}/pipeline/fl", "switch {way} the feedback loop of deployment {id}")
DATASETS: Final = Route("GET", "/api/deployment/{id}/fl/datasets", "read the feedback-loop datasets of deployment {id}")


def request_for(action: FeedbackLoopAction, ids: Ids) -> Request:
    """Return the request that carries out `action`."""
    here = {"id": ids.deployment}
    match action:
        case SetUpFeedbackLoop():
            return SET_UP.to(here, body={})
        case AttachFeedbackDataset(dataset):
            return ATTACH.to({**here, "dataset": str(dataset)}, body={"dataset_version_id": dataset.id})
        case DetachFeedbackDataset(dataset):
            return DETACH.to({**here, "dataset": str(dataset)}, body={"ids": [dataset.id]})
        case ToggleFeedbackLoop():
            return TOGGLE.to({**here, "way": "on" if action.active else "off"}, body={"active": action.active})


def reported(live: LiveDeployment, settings: Settings, labels: Labels) -> LiveDeployment:
    """Return `live` with its whole feedback loop."""
    loop = settings.feedback_loop
    return replace(
        live,
        feedback_configured=loop.configured,
        feedback_active=loop.active,
        feedback_datasets=frozenset(labels.ref(dataset) for dataset in loop.dataset_version_ids),
    )


def listed(live: LiveDeployment, items: Iterable[FeedbackDataset], labels: Labels) -> LiveDeployment:
    """Return `live` with the datasets that their own list shows: all the official SDK can read of the loop."""
    versions = [item.dataset_version for item in items]
    return replace(live, feedback_datasets=frozenset(labels.learn(item) for item in versions))
