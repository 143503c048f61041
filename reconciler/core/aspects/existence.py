"""Existence: that there is a deployment of this name, served the declared way."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from reconciler.core import references as refs
from reconciler.core.actions import CreateDeployment, RenameDeployment
from reconciler.core.gap import Gap, Move
from reconciler.core.manifest.ownership import ownership_of
from reconciler.core.manifest.spec import ABSENT, Ownership, Serving
from reconciler.core.references import Ref, Resolved
from reconciler.core.unreported import UNREPORTED
from reconciler.core.view import judge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.core.manifest.catalog import Manifest
    from reconciler.core.manifest.spec import ModelVersionReference
    from reconciler.core.references import Missing, Reference
    from reconciler.core.view import View


def gap(view: View) -> Gap:
    """Return the creating or renaming action, or a refusal where `serving` would have to change."""
    return _creation(view) if view.creating else _name(view) + _serving(view)


def creation(manifest: Manifest, references: Mapping[Reference, Resolved | Missing]) -> CreateDeployment:
    """Return the creating call for a manifest; what is unowned, undeclared or unresolved is not sent.

    The champion is always sent, because there is no deployment without one.
    """
    spec = manifest.spec
    champion = refs.model_version(spec.models.champion)
    shadow = spec.models.shadow
    has_shadow = shadow is not None and shadow is not ABSENT and _owned(manifest, "models.shadow")
    has_lake = spec.datalake is not None and _owned(manifest, "datalake")
    return CreateDeployment(
        name=manifest.platform_name,
        champion=_ref(references, champion) or Ref("", champion.label),
        shadow=_ref(references, refs.model_version(cast("ModelVersionReference", shadow))) if has_shadow else None,
        threshold=spec.threshold if _owned(manifest, "threshold") else None,
        datalake=_ref(references, refs.datalake(str(spec.datalake))) if has_lake else None,
        serving=spec.serving or Serving.MANAGED,
    )


def _ref(references: Mapping[Reference, Resolved | Missing], reference: Reference) -> Ref | None:
    found = references.get(reference)
    return found.ref if isinstance(found, Resolved) else None


def _owned(manifest: Manifest, path: str) -> bool:
    return ownership_of(manifest, path) in (Ownership.MANAGED, Ownership.ON_CHANGE)


def _creation(view: View) -> Gap:
    action = creation(view.manifest, view.references)
    told = judge(view, "name", view.manifest.platform_name).gap
    if view.manifest.spec.serving is not None:
        told += judge(view, "serving", view.manifest.spec.serving).gap
    sent = {
        "name": action.name,
        "serving": view.manifest.spec.serving,
        "threshold": action.threshold,
        "datalake": action.datalake,
        "models.champion": action.champion,
        "models.shadow": action.shadow,
    }
    return told + Gap(moves=(Move(action, tuple(path for path, value in sent.items() if value is not None)),))


def _name(view: View) -> Gap:
    judged = judge(view, "name", view.manifest.platform_name)
    moves = (Move(RenameDeployment(view.manifest.platform_name), ("name",)),) if judged.write else ()
    return judged.gap + Gap(moves=moves)


def _serving(view: View) -> Gap:
    desired, believed = view.manifest.spec.serving, view.value("serving")
    if desired is None:
        return Gap()
    if believed is UNREPORTED or believed == desired:
        return judge(view, "serving", desired).gap
    refusal = view.refuse(
        "immutable-field",
        "serving",
        f"it is {believed} on the platform and cannot become {desired}: it is fixed at creation",
        f"Declare `serving: {believed}`, or give the deployment a new name to create another one beside it.",
    )
    return judge(view, "serving", desired).gap + Gap(refusals=(refusal,))
