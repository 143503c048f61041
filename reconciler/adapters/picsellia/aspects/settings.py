"""Settings on the wire: threshold, sample rate and target datalake, in one patch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from reconciler.adapters.picsellia.request import Route

if TYPE_CHECKING:
    from reconciler.adapters.picsellia.labels import Labels
    from reconciler.adapters.picsellia.request import Ids, Request
    from reconciler.adapters.picsellia.wire import Settings
    from reconciler.core.actions import UpdateSettings
    from reconciler.core.live import Json, LiveDeployment

UPDATE: Final = Route("PATCH", "/api/deployment/{id}", "update the settings of deployment {id}")


def request_for(action: UpdateSettings, ids: Ids) -> Request:
    """Return the request that carries out `action`; what it leaves out is not sent."""
    body: dict[str, Json] = {}
    if action.threshold is not None:
        body["min_threshold"] = action.threshold
    if action.datalake is not None:
        body["target_datalake_id"] = action.datalake.id
    if action.sample_rate is not None:
        body["sample_rate"] = action.sample_rate
    return UPDATE.to({"id": ids.deployment}, body=body)


def reported(live: LiveDeployment, settings: Settings, labels: Labels) -> LiveDeployment:
    """Return `live` with its settings."""
    return replace(
        live,
        threshold=settings.min_threshold,
        sample_rate=settings.sample_rate,
        datalake=labels.ref(settings.target_datalake_id),
    )
