"""The order of actions within one deployment's chain, as data.

    exist      CreateTag · CreateDeployment · RenameDeployment
    disarm     Toggle…(off): continuous deployment · continuous training · feedback loop
    configure  UpdateSettings · training data · shadow · champion · tags
               · SetUpFeedbackLoop [· off] · attach, detach its datasets
               · PrepareContinuousTraining · off
               · ConfigureContinuousDeployment [· off]
               · DetachTrainingDataset · AttachTrainingDataset
    arm        ConfigureContinuousTraining [· off]
               · Toggle…(on): continuous training · continuous deployment · feedback loop
    record     RecordManagement
    remove     DeleteDeployment

A bracketed off settles a switch that the call before it may have turned on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core import actions as a
from reconciler.core.actions import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.core.gap import Move

_Kind = tuple[type[a.Action], bool | None]

SEQUENCE: Final[tuple[tuple[Phase, tuple[_Kind, ...]], ...]] = (
    (Phase.EXIST, ((a.CreateTag, None), (a.CreateDeployment, None), (a.RenameDeployment, None))),
    (
        Phase.DISARM,
        (
            (a.ToggleContinuousDeployment, False),
            (a.ToggleContinuousTraining, False),
            (a.ToggleFeedbackLoop, False),
        ),
    ),
    (
        Phase.CONFIGURE,
        (
            (a.UpdateSettings, None),
            (a.SetTrainingData, None),
            (a.DisableTrainingData, None),
            (a.ClearShadow, None),
            (a.SetShadow, None),
            (a.SetChampion, None),
            (a.AttachTag, None),
            (a.DetachTag, None),
            (a.SetUpFeedbackLoop, None),
            (a.ToggleFeedbackLoop, False),
            (a.AttachFeedbackDataset, None),
            (a.DetachFeedbackDataset, None),
            (a.PrepareContinuousTraining, None),
            (a.ToggleContinuousTraining, False),
            (a.ConfigureContinuousDeployment, None),
            (a.ToggleContinuousDeployment, False),
            (a.DetachTrainingDataset, None),
            (a.AttachTrainingDataset, None),
        ),
    ),
    (
        Phase.ARM,
        (
            (a.ConfigureContinuousTraining, None),
            (a.ToggleContinuousTraining, False),
            (a.ToggleContinuousTraining, True),
            (a.ToggleContinuousDeployment, True),
            (a.ToggleFeedbackLoop, True),
        ),
    ),
    (Phase.RECORD, ((a.RecordManagement, None),)),
    (Phase.REMOVE, ((a.DeleteDeployment, None),)),
)

_RANK: Final = {
    (phase, kind): rank
    for rank, (phase, kind) in enumerate((phase, kind) for phase, kinds in SEQUENCE for kind in kinds)
}


def rank(action: a.Action) -> int:
    """Return the place of an action in its chain, from 0. Raises KeyError for a place the table does not have."""
    active = action.active if isinstance(action, a.Toggle) else None
    return _RANK[action.phase, (type(action), active)]


def ordered(moves: Iterable[Move]) -> tuple[Move, ...]:
    """Return moves in chain order; equals are ordered by their content, so input order never matters."""
    return tuple(sorted(moves, key=lambda move: (rank(move.action), repr(move.action))))
