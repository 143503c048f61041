"""Feedback loop: which dataset versions submitted predictions go to; its switch is decided in `arming`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core import references as refs
from reconciler.core.actions import AttachFeedbackDataset, DetachFeedbackDataset, SetUpFeedbackLoop
from reconciler.core.gap import NO_GAP, Gap, Move
from reconciler.core.manifest.spec import Ownership
from reconciler.core.refusal import Refusal
from reconciler.core.sets import difference
from reconciler.core.view import SILENT, Judgement, judge, switch_not_ours

if TYPE_CHECKING:
    from reconciler.core.actions import Action
    from reconciler.core.manifest.spec import FeedbackLoop
    from reconciler.core.references import Ref
    from reconciler.core.view import View

_DATASETS = "feedbackLoop.datasets"
_ACTIVE = "feedbackLoop.active"


def gap(view: View) -> Gap:
    """Return what differs in the loop but for its switch, setting it up first where that is needed."""
    declared = view.manifest.spec.feedback_loop
    if declared is None or view.mode("feedbackLoop") is Ownership.IGNORED:
        return NO_GAP
    desired = _desired(view, declared)
    if isinstance(desired, Refusal):
        return Gap(refusals=(desired,))
    judged = SILENT if desired is None else judge(view, _DATASETS, desired)
    wanted = _wanted(view, declared, judged)
    if not wanted or _is_set_up(view):
        return judged.gap + _attachments(view, desired, judged)
    if not _may_set_up(view):
        return judged.gap + Gap(refusals=(switch_not_ours(view, wanted[0], _ACTIVE),))
    return judged.gap + Gap(moves=(Move(SetUpFeedbackLoop(), wanted),)) + _attachments(view, desired, judged)


def _desired(view: View, declared: FeedbackLoop) -> frozenset[Ref] | Refusal | None:
    if declared.datasets is None or view.mode(_DATASETS) is Ownership.IGNORED:
        return None
    found = [view.resolve(refs.dataset_version(item), _DATASETS) for item in declared.datasets]
    refused = next((item for item in found if isinstance(item, Refusal)), None)
    return refused or frozenset(item.ref for item in found if not isinstance(item, Refusal))


def _wanted(view: View, declared: FeedbackLoop, judged: Judgement) -> tuple[str, ...]:
    """Return the paths that need the loop to be set up."""
    switch_on = declared.active and view.writable(_ACTIVE) and judge(view, _ACTIVE, declared.active).write
    paths = (_DATASETS if judged.write else "", _ACTIVE if switch_on else "")
    return tuple(path for path in paths if path)


def _is_set_up(view: View) -> bool:
    attached = view.value(_DATASETS)
    return view.value("feedbackLoop.configured") is True or (isinstance(attached, frozenset) and bool(attached))


def _may_set_up(view: View) -> bool:
    """Setting up may switch the loop on, so the switch must be ours; and we must know, or be told, that it is due."""
    return view.ours(_ACTIVE) and view.ours("feedbackLoop.configured")


def _attachments(view: View, desired: frozenset[Ref] | None, judged: Judgement) -> Gap:
    if desired is None or not judged.write:
        return NO_GAP
    extra, lacking = difference(view, _DATASETS, desired)
    actions: tuple[Action, ...] = (*map(AttachFeedbackDataset, lacking), *map(DetachFeedbackDataset, extra))
    return Gap(moves=tuple(Move(action, (_DATASETS,)) for action in actions))
