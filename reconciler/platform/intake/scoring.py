"""How strange images are to the training data: asked of the outlier model that a reference holds."""

from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.platform.store import scores
from reconciler.platform.store.measurements import Measured
from reconciler.platform.store.scores import Candidate, Verdict
from reconciler.platform.store.tables.predictions import PredictedAsset
from reconciler.platform.store.unit import Unit

if TYPE_CHECKING:
    from reconciler.platform.intake.outliers import OutlierModel

# How many models are kept in memory, each some hundred kilobytes.
_REMEMBERED = 16


def note(unit: Unit, asset: PredictedAsset, measured: Measured | None) -> None:
    """Score a kept image that was just recorded, last in its transaction, where a reference is ready."""
    if asset.data_id is None or measured is None:
        return
    judge = scores.judge_of(unit, asset.deployment_id)
    if judge is None:
        return
    candidate = Candidate(asset.id, asset.timestamp, measured.view)
    # A reference that goes at this moment takes its file with it: then there is nothing to score by.
    with suppress(FileNotFoundError):
        scores.keep(unit, asset.deployment_id, judge, judged(unit.blobs.path(judge.blob), [candidate]))


def judged(model: Path, found: Sequence[Candidate]) -> list[tuple[Candidate, Verdict]]:
    """Return the verdicts by the model that a reference's file holds, on all images that it can judge.

    Left out are images that were recorded before views held all that the model looks at: they stay without a score.
    """
    judge = _read(model)
    told = judge.told([each.view for each in found])
    return [
        (candidate, Verdict(score, score > judge.cutoff))
        for candidate, score in zip(found, told, strict=True)
        if score is not None
    ]


# Blobs never change: a path stands for its content.
@lru_cache(maxsize=_REMEMBERED)
def _read(path: Path) -> "OutlierModel":
    from reconciler.platform.intake import outliers

    return outliers.from_npz(outliers.unpack(path.read_bytes()))
