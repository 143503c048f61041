"""An independent evaluator of detections: faster-coco-eval, told the same boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from faster_coco_eval import COCO, COCOeval_faster

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from reconciler.platform.monitoring.matching import Judged
    from reconciler.platform.store.extents import Box


def independent(images: Sequence[Judged], labels: Sequence[str]) -> dict[str, float]:
    """Return what the evaluator says: mAP over all overlaps, at 0.50, at 0.75; -1 where nothing is to be found."""
    numbers = {label: index for index, label in enumerate(labels, start=1)}
    truth = COCO(_annotated(images, numbers))
    answers = _answers(images, numbers)
    if not answers:
        return {"ap_50_95": 0.0, "ap_50": 0.0, "ap_75": 0.0} if any(each.truth for each in images) else _NOTHING
    evaluation = COCOeval_faster(truth, truth.loadRes(answers), iouType="bbox")
    evaluation.evaluate()
    evaluation.accumulate()
    # Overlap x recall x class x area range x limit of predictions: all sizes, the largest limit.
    precision = evaluation.eval["precision"][:, :, :, 0, -1]
    return {
        "ap_50_95": _mean(precision),
        "ap_50": _mean(precision[:1]),
        "ap_75": _mean(precision[5:6]),
    }


_NOTHING = {"ap_50_95": -1.0, "ap_50": -1.0, "ap_75": -1.0}


def _mean(precision: np.ndarray[Any, Any]) -> float:
    told = precision[precision > -1]
    return float(told.mean()) if told.size else -1.0


def _annotated(images: Sequence[Judged], numbers: dict[str, int]) -> dict[str, Any]:
    pairs = [(image, each) for image, judged in enumerate(images, start=1) for each in judged.truth]
    return {
        "images": [{"id": index, "width": 1000, "height": 1000} for index in range(1, len(images) + 1)],
        "categories": [{"id": number, "name": label} for label, number in numbers.items()],
        "annotations": [
            {
                "id": index,
                "image_id": image,
                "category_id": numbers[each.label],
                "bbox": _sides(each.box),
                "area": each.box.area,
                "iscrowd": 0,
            }
            for index, (image, each) in enumerate(pairs, start=1)
        ],
    }


def _answers(images: Sequence[Judged], numbers: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {"image_id": image, "category_id": numbers[each.label], "bbox": _sides(each.box), "score": each.score}
        for image, judged in enumerate(images, start=1)
        for each in judged.found
    ]


def _sides(box: Box) -> list[float]:
    return [box.left, box.top, box.right - box.left, box.bottom - box.top]
