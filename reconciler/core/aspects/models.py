"""Models: the champion that answers, and the shadow that predicts beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core import references as refs
from reconciler.core.actions import ClearShadow, SetChampion, SetShadow
from reconciler.core.gap import NO_GAP, Gap, Move
from reconciler.core.manifest.spec import ABSENT, Ownership
from reconciler.core.refusal import Refusal, Scope
from reconciler.core.unreported import UNREPORTED
from reconciler.core.view import judge

if TYPE_CHECKING:
    from reconciler.core.references import Resolved
    from reconciler.core.view import View


def gap(view: View) -> Gap:
    """Return what differs in the two slots, and the actions that close it."""
    return _champion(view) + _shadow(view)


def _champion(view: View) -> Gap:
    if view.mode("models.champion") is Ownership.IGNORED and not view.creating:
        return NO_GAP
    found = view.resolve(refs.model_version(view.manifest.spec.models.champion), "models.champion")
    if isinstance(found, Refusal):
        return Gap(refusals=(found,))
    judged = judge(view, "models.champion", found.ref)
    moves = (Move(SetChampion(found.ref), ("models.champion",)),) if judged.write else ()
    return judged.gap + Gap(moves=moves, refusals=_type_refusal(view, found, "models.champion"))


def _shadow(view: View) -> Gap:
    declared = view.manifest.spec.models.shadow
    if declared is None or view.mode("models.shadow") is Ownership.IGNORED:
        return NO_GAP
    if declared is ABSENT:
        return _no_shadow(view)
    found = view.resolve(refs.model_version(declared), "models.shadow")
    if isinstance(found, Refusal):
        return Gap(refusals=(found,))
    judged = judge(view, "models.shadow", found.ref)
    moves = (Move(SetShadow(found.ref), ("models.shadow",)),) if judged.write else ()
    return judged.gap + Gap(moves=moves, refusals=_type_refusal(view, found, "models.shadow"))


def _no_shadow(view: View) -> Gap:
    judged = judge(view, "models.shadow", None)
    if not judged.write:
        return judged.gap
    if "clear-shadow" in view.capabilities:
        return judged.gap + Gap(moves=(Move(ClearShadow(), ("models.shadow",)),))
    refusal = view.refuse(
        "cannot-clear-shadow",
        "models.shadow",
        "the shadow cannot be cleared: this platform has no call for it",
        "Leave `shadow` out of the manifest, or declare the shadow that is there.",
        scope=Scope.STEP,
    )
    return judged.gap + Gap(refusals=(refusal,))


def _type_refusal(view: View, model: Resolved, path: str) -> tuple[Refusal, ...]:
    expected = UNREPORTED if view.live is None else view.live.inference_type
    if expected is UNREPORTED or model.inference_type is None or model.inference_type == expected:
        return ()
    return (
        view.refuse(
            "type-mismatch",
            path,
            f"{model.ref} is of type {model.inference_type} and the deployment of type {expected}",
            "A deployment keeps its type: choose a model of that type, or create another deployment.",
        ),
    )
