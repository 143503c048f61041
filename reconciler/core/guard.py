"""Dangers, one small function each: refusals stop, risks only speak up.

Refusals that need a single field (a missing reference, a fixed field) arise in the aspect; here is what needs a look
across aspects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core import management
from reconciler.core import references as refs
from reconciler.core.actions import RecordManagement
from reconciler.core.applied import Standing
from reconciler.core.diff import Decision
from reconciler.core.gap import NO_GAP
from reconciler.core.manifest.spec import ABSENT, OnRemoval, Policy
from reconciler.core.plan import Risk
from reconciler.core.references import Resolved
from reconciler.core.unreported import UNREPORTED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reconciler.core.gap import Gap
    from reconciler.core.live import Json
    from reconciler.core.manifest.spec import DatasetVersionReference, ModelVersionReference
    from reconciler.core.refusal import Refusal
    from reconciler.core.view import View


def refusals(view: View, gap: Gap) -> tuple[Refusal, ...]:
    """Return why this deployment may not be touched as a whole."""
    return tuple(refusal for guard in _GUARDS for refusal in guard(view, gap))


def risks(view: View, gap: Gap) -> tuple[Risk, ...]:
    """Return what a reviewer should look at first."""
    return tuple(risk for look in _LOOKS for risk in look(view, gap))


def lasting(view: View) -> tuple[Risk, ...]:
    """Return what is worth a look where nothing is written, too: protections taken away, and who else manages it."""
    return (*_protection_removed(view, NO_GAP), *_managed_elsewhere(view))


def _model(view: View, declared: ModelVersionReference) -> Resolved | None:
    found = view.references.get(refs.model_version(declared))
    return found if isinstance(found, Resolved) else None


def _dataset(view: View, declared: DatasetVersionReference) -> Resolved | None:
    found = view.references.get(refs.dataset_version(declared))
    return found if isinstance(found, Resolved) else None


def _slots_agree(view: View, gap: Gap) -> Iterator[Refusal]:
    """Champion and shadow must be of one type and one label map, because answers are indices into it."""
    if not _writes(gap, "models.champion", "models.shadow"):
        return
    shadow_reference = view.manifest.spec.models.shadow
    champion = _model(view, view.manifest.spec.models.champion)
    shadow = None if shadow_reference in (None, ABSENT) else _model(view, shadow_reference)
    if champion is None or shadow is None:
        return
    if (
        None not in (champion.inference_type, shadow.inference_type)
        and champion.inference_type != shadow.inference_type
    ):
        yield view.refuse(
            "type-mismatch",
            "models.shadow",
            f"{champion.ref} is of type {champion.inference_type}, {shadow.ref} of type {shadow.inference_type}",
            "Both slots of a deployment take models of one type.",
        )
    elif champion.labels is not None and shadow.labels is not None and champion.labels != shadow.labels:
        yield view.refuse(
            "label-map-mismatch",
            "models.shadow",
            f"{champion.ref} answers in {_short(champion.labels)}; {shadow.ref} in {_short(shadow.labels)}",
            "Predictions are indices into the label map: use versions that share it.",
        )


def _short(labels: tuple[str, ...], most: int = 4) -> str:
    shown = ", ".join(labels[:most])
    return f"{shown}, … {len(labels)} in all" if len(labels) > most else shown


def _loop_datasets_fit(view: View, gap: Gap) -> Iterator[Refusal]:
    """The platform refuses a feedback dataset of another type than the deployment's."""
    declared = view.manifest.spec.feedback_loop
    champion = _model(view, view.manifest.spec.models.champion)
    expected = champion.inference_type if view.live is None and champion is not None else _live_type(view)
    if declared is None or expected is None or not _writes(gap, "feedbackLoop.datasets"):
        return
    for item in declared.datasets or ():
        found = _dataset(view, item)
        if found is not None and found.inference_type not in (None, expected):
            yield view.refuse(
                "type-mismatch",
                "feedbackLoop.datasets",
                f"dataset version {item.label} is of type {found.inference_type} and the deployment of type {expected}",
                "Attach a dataset version of the deployment's type.",
            )


def _live_type(view: View) -> str | None:
    kind = UNREPORTED if view.live is None else view.live.inference_type
    return None if kind is UNREPORTED else kind


def _writes(gap: Gap, *paths: str) -> bool:
    return any(change.field in paths and change.decision is Decision.WRITE for change in gap.changes)


def _change(gap: Gap, path: str) -> tuple[Json, Json] | None:
    """Return before and after of a field that is written and whose former value is known."""
    for change in gap.changes:
        if change.path == path and change.decision is Decision.WRITE and change.known:
            return change.before, change.after
    return None


def _threshold_lowered(view: View, gap: Gap) -> Iterator[Risk]:
    match _change(gap, "threshold"):
        case (float() | int() as before, float() | int() as after) if after < before:
            yield _risk(view, "guardrail-lowered", "threshold", f"the threshold goes down from {before} to {after}")


_PERMISSIVENESS: Final = {policy.value: rank for rank, policy in enumerate(Policy)}


def _policy_opened(view: View, gap: Gap) -> Iterator[Risk]:
    match _change(gap, "continuousDeployment.policy"):
        case (str() as before, str() as after) if _PERMISSIVENESS[after] > _PERMISSIVENESS[before]:
            message = f"the policy becomes more permissive: {before} to {after}"
            yield _risk(view, "guardrail-lowered", "continuousDeployment.policy", message)


def _protection_removed(view: View, gap: Gap) -> Iterator[Risk]:  # noqa: ARG001  # one signature for all
    declared, applied = view.manifest.spec.lifecycle, view.applied
    if applied is None or not applied.records:
        return
    if applied.prevent_destroy and not declared.prevent_destroy:
        yield _risk(view, "guardrail-lowered", "lifecycle.preventDestroy", "the protection against deletion is removed")
    if declared.on_removal is OnRemoval.DELETE and applied.on_removal != OnRemoval.DELETE.value:
        message = "from now on it is deleted, with --prune, once its manifest is gone"
        yield _risk(view, "guardrail-lowered", "lifecycle.onRemoval", message)
    if declared.force_delete and not applied.force_delete:
        consequence = "from now on its deletion takes predictions and reviews along, and stops pipelines"
        yield _risk(view, "guardrail-lowered", "lifecycle.forceDelete", consequence)


def _managed_elsewhere(view: View) -> Iterator[Risk]:
    other = management.stranger(view)
    if other is not None:
        message = f"{other} manages it too, so whatever is changed from here will be refused"
        yield _risk(view, "managed-elsewhere", "", message)


def _taken_over(view: View, gap: Gap) -> Iterator[Risk]:
    other = management.other_manager(view.live, view.claim.catalog)
    if other is not None and any(isinstance(move.action, RecordManagement) for move in gap.moves):
        message = f"{other} manages it until now; whoever applies that one next finds it taken over"
        yield _risk(view, "taken-over", "", message)


def _foreign_training_data(view: View, gap: Gap) -> Iterator[Risk]:
    """A reference that the champion was not trained on makes drift figures meaningless."""
    declared = view.manifest.spec.training_data
    if declared is None or declared is ABSENT or not _writes(gap, "trainingData", "models.champion"):
        return
    reference, champion = _dataset(view, declared), _model(view, view.manifest.spec.models.champion)
    if reference is None or champion is None or not champion.trained_on:
        return
    if reference.ref.id not in champion.trained_on:
        message = f"{champion.ref} was not trained on {reference.ref}, so drift is measured against foreign data"
        yield _risk(view, "foreign-training-data", "trainingData", message)


def _armed(view: View) -> bool:
    configuration = view.belief.state.training_configuration
    return (
        view.live is not None
        and view.belief.state.training_active is True
        and view.belief.state.feedback_active is True
        and configuration is not None
        and configuration is not UNREPORTED
        and configuration.can_trigger
    )


def _armed_pipeline(view: View, gap: Gap) -> Iterator[Risk]:
    for path in ("models.champion", "continuousTraining.configuration"):
        if _armed(view) and _writes(gap, path):
            message = (
                "the pipeline is armed: a retraining may be in flight, and goes on with the settings it started with"
            )
            yield _risk(view, "armed-pipeline", path, message)


def _champion_beside_unknown_policy(view: View, gap: Gap) -> Iterator[Risk]:
    unknown = view.standing("continuousDeployment.active") is Standing.HELD and view.live is not None
    declared = view.manifest.spec.continuous_deployment is not None
    if unknown and declared and _writes(gap, "models.champion"):
        message = "the champion changes while nobody knows whether continuous deployment is on"
        yield _risk(view, "unknown-switch", "models.champion", message)


def _risk(view: View, code: str, path: str, message: str) -> Risk:
    return Risk(code, view.address, path, message)


_GUARDS: Final[tuple[Callable[[View, Gap], Iterator[Refusal]], ...]] = (_slots_agree, _loop_datasets_fit)
_LOOKS: Final[tuple[Callable[[View, Gap], Iterator[Risk]], ...]] = (
    _threshold_lowered,
    _policy_opened,
    _protection_removed,
    _taken_over,
    _foreign_training_data,
    _armed_pipeline,
    _champion_beside_unknown_policy,
)
