"""Recording what galleries filter by, in the transaction of the prediction itself.

Whoever keeps a prediction calls `record` once for each predicted asset, and `record_shadow` for a shadow result that
comes later. Nothing needs to be taken back: rows go with their asset.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert

from reconciler.platform.store.tables.base import EPOCH
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.facets import PredictedLabel, SentTag
from reconciler.platform.store.tables.predictions import PredictedAsset, Prediction
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import InferenceType

# Stands for whichever class; no client can send it: classes have 32 bits.
ANY_LABEL: Final = -(2**40)
_MICROSECOND: Final = timedelta(microseconds=1)

Values = dict[str, Any]


def moment_of(timestamp: datetime) -> int:
    """Return a point in time in whole microseconds since 1970."""
    return (timestamp - EPOCH) // _MICROSECOND


def record(unit: Unit, asset: PredictedAsset) -> None:
    """Note what a new predicted asset, its predictions in place, may be found by."""
    tags = [{**_place(asset), "name": name} for name in dict.fromkeys(asset.data_tags)]
    if tags:
        unit.session.execute(insert(SentTag), tags)
    _label(unit, asset, asset.predictions)


def record_shadow(unit: Unit, asset: PredictedAsset, prediction: Prediction) -> None:
    """Note what a shadow prediction that came later may be found by."""
    _label(unit, asset, [prediction])


def best_scores(kind: InferenceType, shapes: Mapping[str, object]) -> dict[int, float | None]:
    """Return the best score of each predicted class, and of whichever under `ANY_LABEL`; None where none is told.

    A classification predicts one class, its best-scored.
    """
    scored = list(_scored(shapes))
    if kind is InferenceType.CLASSIFICATION and scored:
        scored = [max(scored, key=lambda each: each[1] or 0.0)]
    found: dict[int, float | None] = {ANY_LABEL: None}
    for label, score in scored:
        for key in (label, ANY_LABEL):
            told = [each for each in (found.get(key), score) if each is not None]
            found[key] = max(told, default=None)
    return found


def labels_of(kind: InferenceType, asset: Values, role: object, shapes: Mapping[str, object]) -> list[Values]:
    """Return the rows of one prediction; `asset` holds the columns that name its predicted asset."""
    scores = best_scores(kind, shapes)
    return [{**asset, "role": role, "label": label, "score": score} for label, score in scores.items()]


def _label(unit: Unit, asset: PredictedAsset, predictions: Iterable[Prediction]) -> None:
    # Galleries show kept images only.
    if asset.data_id is None:
        return
    kind = unit.session.get_one(Deployment, asset.deployment_id).type
    rows = [row for each in predictions for row in labels_of(kind, _place(asset), each.role, each.shapes)]
    unit.session.execute(insert(PredictedLabel), rows)


def _place(asset: PredictedAsset) -> Values:
    return {
        "predicted_asset_id": asset.id,
        "deployment_id": asset.deployment_id,
        "moment": moment_of(asset.timestamp),
    }


def _scored(shapes: Mapping[str, object]) -> Iterator[tuple[int, float | None]]:
    labels, scores = (_list(shapes, name) for name in ("detection_classes", "detection_scores"))
    for index, label in enumerate(labels):
        score = scores[index] if index < len(scores) else None
        yield (label if isinstance(label, int) else -1), float(score) if isinstance(score, (int, float)) else None


def _list(shapes: Mapping[str, object], name: str) -> list[object]:
    found = shapes.get(name)
    return found if isinstance(found, list) else []
