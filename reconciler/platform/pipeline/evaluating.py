"""The work of comparing an experiment's evaluations with the annotations: the result is one of its logs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Final
from uuid import UUID

from reconciler.platform.monitoring import average_precision, classification
from reconciler.platform.monitoring.matching import FoundBox, Judged, TrueBox
from reconciler.platform.pipeline.work import Bench, Lane, Task, Work
from reconciler.platform.store import evaluations, logs
from reconciler.platform.store.evaluations import Compared, Wanted
from reconciler.platform.store.extents import Box
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.experiments import Experiment
from reconciler.platform.store.words import AnnotationStatus, InferenceType, LogType


def work() -> Work:
    """Return the kind of work that comparisons are."""
    return Work(evaluations.KIND, Lane.COMPUTING, {"compare": _compare})


def _compare(bench: Bench, task: Task) -> None:
    """Compare, and record what came out; a second time records the same again."""
    wanted, experiment_id = _wanted(task), task.identifier("experiment_id")
    with bench.store.read(bench.actor(task.organization_id)) as unit:
        pairs = evaluations.compared(unit, experiment_id, wanted)
    if not pairs:
        raise Invalid("No evaluated asset has such an annotation to be compared with.")
    result: Json = {"inference_type": wanted.type.value, "assets": len(pairs), **_SCORES[wanted.type](pairs)}
    with bench.write(task.organization_id) as unit:
        experiment = unit.session.get(Experiment, experiment_id)
        if experiment is not None:
            name = f"evaluation-{wanted.type.lower()}"
            logs.record(unit, experiment, name, type=LogType.EVALUATION, data=result)


def _wanted(task: Task) -> Wanted:
    chosen, status = task.payload["evaluation_ids"], task.payload["status"]
    return Wanted(
        InferenceType(str(task.payload["inference_type"])),
        [UUID(str(item)) for item in chosen] if isinstance(chosen, list) else None,
        AnnotationStatus(str(status)) if status else None,
    )


def _classified(pairs: Sequence[Compared]) -> Json:
    """Judge the surest class of each asset that is annotated with exactly one."""
    single = [pair for pair in pairs if len(pair.truth) == 1]
    return asdict(classification.score((str(pair.truth[0]["label"]), _surest(pair.found)) for pair in single))


def _surest(found: Sequence[Json]) -> str | None:
    ranked = sorted(found, key=lambda shape: -_number(shape, "score"))
    return str(ranked[0]["label"]) if ranked else None


def _detected(pairs: Sequence[Compared]) -> Json:
    return asdict(average_precision.score([_judged(pair) for pair in pairs]))


def _judged(pair: Compared) -> Judged:
    return Judged(
        [TrueBox(str(shape["label"]), _box(shape)) for shape in pair.truth],
        [FoundBox(str(shape["label"]), _number(shape, "score"), _box(shape)) for shape in pair.found],
    )


def _box(shape: Json) -> Box:
    x, y, w, h = (_number(shape, key) for key in "xywh")
    return Box(top=y, left=x, bottom=y + h, right=x + w)


def _number(shape: Json, key: str) -> float:
    value = shape[key]
    return float(value) if isinstance(value, int | float) else 0.0


_SCORES: Final[Mapping[InferenceType, Callable[[Sequence[Compared]], Json]]] = {
    InferenceType.CLASSIFICATION: _classified,
    InferenceType.OBJECT_DETECTION: _detected,
}
