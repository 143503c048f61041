"""What a step sends, as people and plan documents show it: method, path, payload."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.adapters.picsellia.request import Ids
from reconciler.adapters.picsellia.writing import request_for

if TYPE_CHECKING:
    from reconciler.core.live import Json
    from reconciler.core.plan import Chain, Step


def describe(step: Step, chain: Chain | None, *, organization: str) -> dict[str, Json]:
    """Return the request of a step; ids that are known only after earlier steps stand in braces."""
    known = None if chain is None or chain.live is None else chain.live.id
    ids = Ids(organization=organization) if known is None else Ids(known, organization)
    request = request_for(step.action, ids)
    query = "&".join(f"{key}={value}" for key, value in request.query)
    path = f"{request.path}?{query}" if query else request.path
    return {"method": request.method, "path": path, "payload": request.payload}
