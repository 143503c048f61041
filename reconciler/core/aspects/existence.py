"""Existence: that there is a deployment of this name, served the declared way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core import references as refs
from reconciler.core.actions import CreateDeployment, RenameDeployment
from reconciler.core.gap import Gap, Move
from reconciler.core.manifest.spec import ABSENT, Serving
from reconciler.core.references import Ref, Resolved
from reconciler.core.unreported import UNREPORTED
from reconciler.core.view import judge

if TYPE_CHECKING:
    from reconciler.core.manifest.catalog import Manifest
    from reconciler.core.references import Reference
    from reconciler.core.view import View


def gap(view: View) -> Gap:
    """Return the creating or renaming action, or a refusal where `serving` would have to change."""
    return _creation(view) if view.creating else _name(view) + _serving(view)


def creation(manifest: Manifest, lookup: dict[Reference, Ref]) -> CreateDeployment:
    """Return the creating call for a manifest; what is unowned, undeclared or unresolved is not sent.

    The champion is always sent, because there is no deployment without one.
    """
    spec = manifest.spec
    champion = refs.model_version(spec.models.champion)
    shadow = spec.models.shadow
    send = {path for path in ("threshold", "datalake", "models.shadow") if _owned(manifest, path)}
    return CreateDeployment(
        name=manifest.platform_name,
        champion=lookup.get(champion, Ref("", champion.label)),
        shadow=lookup.get(refs.model_version(shadow))
        if shadow is not None and shadow is not ABSENT and "models.shadow" in send
        else None,
        threshold=spec.threshold if "threshold" in send else None,
        datalake=lookup.get(refs.datalake(spec.datalake)) if spec.datalake and "datalake" in send else None,
        serving=spec.serving or Serving.MANAGED,
    )


def _owned(manifest: Manifest, path: str) -> bool:
    from reconciler.core.manifest.ownership import ownership_of
    from reconciler.core.manifest.spec import Ownership

    return ownership_of(manifest, path) in (Ownership.MANAGED, Ownership.ON_CHANGE)


def _creation(view: View) -> Gap:
    lookup = {reference: found.ref for reference, found in view.references.items() if isinstance(found, Resolved)}
    action = creation(view.manifest, lookup)
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
        f"serving is {believed} on the platform and cannot be changed to {desired}: it is fixed at creation",
        f"Declare `serving: {believed}`, or give the deployment a new name to create another one beside it.",
    )
    return judge(view, "serving", desired).gap + Gap(refusals=(refusal,))
