"""A hold: an annotation that keeps a deployment from being written until an instant, with the reason people gave."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from reconciler.core.refusal import Refusal, Scope

if TYPE_CHECKING:
    from reconciler.core.manifest.catalog import Manifest

UNTIL: Final = "reconciler.dev/hold-until"
REASON: Final = "reconciler.dev/hold-reason"


def hold(manifest: Manifest, now: str) -> Refusal | None:
    """Return why nothing is written to a deployment at `now` (RFC 3339; empty means that nobody knows the time)."""
    until = manifest.metadata.annotations.get(UNTIL)
    if until is None or not now or datetime.fromisoformat(now) >= datetime.fromisoformat(until):
        return None
    reason = manifest.metadata.annotations.get(REASON, "no reason given")
    return Refusal(
        "on-hold",
        Scope.DEPLOYMENT,
        manifest.address,
        f"it is on hold until {until}: {reason}",
        "Wait, or remove the annotation.",
        origin=manifest.origin(""),
    )
