"""Who manages a deployment: when the platform is told, and when another catalog keeps us from writing.

    the platform says    and our memory                     then
    this catalog         -                                  told with other writes
    nobody               has told or adopted                told again
    nobody               has not                            told with other writes
    another catalog      has adopted it from that one       told: it is taken over
    another catalog      has not, or told before they did   refused, as soon as there is something to write
    nothing at all       -                                  told with other writes

Only another owner is a reason to write. Another commit, file, line or set of fields is none, and none of it is drift:
what was exported from the platform plans to nothing, whatever else the platform says of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.actions import RecordManagement
from reconciler.core.gap import NO_GAP, Gap, Move
from reconciler.core.live import MANAGEMENT, Management
from reconciler.core.manifest.ownership import ownership_of
from reconciler.core.manifest.spec import Ownership
from reconciler.core.unreported import UNREPORTED, Unreported
from reconciler.core.wants import declared_paths

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.live import LiveDeployment
    from reconciler.core.manifest.catalog import Catalog, Manifest
    from reconciler.core.refusal import Refusal
    from reconciler.core.view import View

CAPABILITY: Final = "management"

_CONFIGURATION: Final = "continuousTraining"
_SPELLED: Final[Mapping[str, tuple[str, ...]]] = {
    # The loop's set-up follows from its block, and what the API replaces together is declared in parts.
    "feedbackLoop.configured": (),
    f"{_CONFIGURATION}.configuration": (f"{_CONFIGURATION}.project", f"{_CONFIGURATION}.trigger"),
}


def claim_of(manifest: Manifest, catalog: Catalog) -> Management:
    """Return what the platform should say of a deployment: the catalog, the commit, the place, the managed fields."""
    source, place = catalog.source, manifest.origin("")
    commit = source.revision
    revision = f"{commit}-dirty" if commit is not None and source.dirty else commit
    return Management(catalog.name, revision, place.file, place.line, tuple(sorted(_managed(manifest))))


def _managed(manifest: Manifest) -> Iterator[str]:
    """Return the declared fields that we may write, spelled as in the manifest."""
    training = manifest.spec.continuous_training
    for path in declared_paths(manifest):
        if ownership_of(manifest, path) in (Ownership.MANAGED, Ownership.ON_CHANGE):
            yield from _SPELLED.get(path, (path,))
            if path == f"{_CONFIGURATION}.configuration" and training is not None:
                yield f"{_CONFIGURATION}.{'experimentParameters' if training.scan_config is None else 'scanConfig'}"


def other_manager(live: LiveDeployment | None, catalog: str) -> Management | None:
    """Return what another catalog says of a deployment, where the platform has that."""
    told = UNREPORTED if live is None else live.management
    return told if isinstance(told, Management) and told.catalog != catalog else None


def stranger(view: View) -> Management | None:
    """Return the other catalog that manages it, unless it was adopted from there."""
    if CAPABILITY not in view.capabilities:
        return None
    other = other_manager(view.live, view.claim.catalog)
    return None if other is None or _known_manager(view) == other.catalog else other


def _known_manager(view: View) -> str | None:
    """Return the catalog that we know to have managed it: the one it was adopted from, or ours once we told."""
    known = None if view.applied is None else view.applied.values.management
    return known.catalog if isinstance(known, Management) else None


def gap(view: View, gap: Gap) -> Gap:
    """Return the step that tells the platform, or why nothing may be written.

    Args:
        view: The deployment.
        gap: Everything else that is to be written to it.
    """
    if CAPABILITY not in view.capabilities:
        return NO_GAP
    other = stranger(view)
    if other is not None:
        return Gap(refusals=(_refusal(view, other),)) if gap.moves else NO_GAP
    told = None if view.live is None else view.live.management
    if (gap.moves and told != view.claim) or reason(view):
        return Gap(moves=(Move(RecordManagement(view.claim), ()),))
    return NO_GAP


def reason(view: View) -> str:
    """Return why the platform has to be told even where nothing else is written, as a clause; empty for no reason."""
    told = UNREPORTED if view.live is None else view.live.management
    if CAPABILITY not in view.capabilities or isinstance(told, Unreported) or stranger(view) is not None:
        return ""
    if told is None:
        ours = view.applied is not None and MANAGEMENT.path in view.applied.records
        return f"managed by catalog {view.claim.catalog} from now on" if ours else ""
    if told.catalog != view.claim.catalog:
        return f"taken over from catalog {told.catalog}"
    return ""


def _refusal(view: View, other: Management) -> Refusal:
    if _known_manager(view) == view.claim.catalog:
        taken = f"it was managed from here, and {other} has taken it over"
        hint = (
            f"Take it back with `reconciler adopt {view.address}`, or remove this manifest and `reconciler forget` it."
        )
        return view.refuse("managed-elsewhere", "", taken, hint)
    message = f"{other} manages it, and this is catalog {view.claim.catalog}"
    hint = f"Declare it in one of the two. To take it over, run `reconciler adopt {view.address}`, then apply."
    return view.refuse("managed-elsewhere", "", message, hint)


def recorded_owner(live: LiveDeployment, memory: AppliedDeployment | None, catalog: str) -> tuple[str, ...]:
    """Return what adopting records of who manages a deployment: whoever does, unless that is us or known already."""
    told = live.management
    if isinstance(told, Unreported) or (told is not None and told.catalog == catalog):
        return ()
    known = memory is not None and memory.certain(MANAGEMENT.path) and memory.values.management == told
    return () if known else (MANAGEMENT.path,)
