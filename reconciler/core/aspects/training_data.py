"""Training data: the dataset version that production is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core import references as refs
from reconciler.core.actions import DisableTrainingData, SetTrainingData
from reconciler.core.gap import NO_GAP, Gap, Move
from reconciler.core.manifest.spec import ABSENT, Ownership
from reconciler.core.refusal import Refusal
from reconciler.core.view import judge

if TYPE_CHECKING:
    from reconciler.core.references import Ref
    from reconciler.core.view import View


def gap(view: View) -> Gap:
    """Return whether the reference differs, and the action that closes it."""
    declared = view.manifest.spec.training_data
    if declared is None or view.mode("trainingData") is Ownership.IGNORED:
        return NO_GAP
    found = None if declared is ABSENT else view.resolve(refs.dataset_version(declared), "trainingData")
    if isinstance(found, Refusal):
        return Gap(refusals=(found,))
    desired = None if found is None else found.ref
    judged = judge(view, "trainingData", desired)
    moves = (_move(desired),) if judged.write else ()
    return judged.gap + Gap(moves=moves)


def _move(desired: Ref | None) -> Move:
    return Move(DisableTrainingData() if desired is None else SetTrainingData(desired), ("trainingData",))
