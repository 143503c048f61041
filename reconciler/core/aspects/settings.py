"""Settings: threshold, sample rate and datalake, written together in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core import references as refs
from reconciler.core.actions import UpdateSettings
from reconciler.core.gap import NO_GAP, Gap, Move
from reconciler.core.references import Ref
from reconciler.core.refusal import Refusal
from reconciler.core.view import judge

if TYPE_CHECKING:
    from reconciler.core.view import View


def gap(view: View) -> Gap:
    """Return what differs in the settings, and the one update that closes it."""
    desired = _desired(view)
    if isinstance(desired, Refusal):
        return Gap(refusals=(desired,))
    told, write = NO_GAP, []
    for path, value in desired.items():
        judged = judge(view, path, value)
        told += judged.gap
        if judged.write:
            write.append(path)
    return told + Gap(moves=(_update(desired, tuple(write)),) if write else ())


def _desired(view: View) -> dict[str, float | Ref] | Refusal:
    spec = view.manifest.spec
    desired: dict[str, float | Ref] = {}
    if spec.threshold is not None:
        desired["threshold"] = spec.threshold
    if spec.sample_rate is not None:
        desired["sampleRate"] = spec.sample_rate
    if spec.datalake is not None and view.mode("datalake") != "Ignored":
        found = view.resolve(refs.datalake(spec.datalake), "datalake")
        if isinstance(found, Refusal):
            return found
        desired["datalake"] = found.ref
    return desired


def _update(desired: dict[str, float | Ref], write: tuple[str, ...]) -> Move:
    threshold, rate, lake = (desired.get(path) if path in write else None for path in _PATHS)
    action = UpdateSettings(
        threshold=None if isinstance(threshold, Ref) else threshold,
        sample_rate=None if isinstance(rate, Ref) else rate,
        datalake=lake if isinstance(lake, Ref) else None,
    )
    return Move(action, write)


_PATHS = ("threshold", "sampleRate", "datalake")
