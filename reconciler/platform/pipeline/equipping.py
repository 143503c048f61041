"""From what an experiment was given to what a trainer is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from reconciler.platform.pipeline.work import Bench
from reconciler.platform.settings import TrainingProgram
from reconciler.platform.store import logs, material, training_runs
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.tables.experiments import Experiment
from reconciler.platform.store.tables.models import ModelVersion
from reconciler.platform.store.unit import Unit
from reconciler.platform.training import programs
from reconciler.platform.training.assignment import Assignment, Example, Kind, Progress

_KINDS = ("CLASSIFICATION", "OBJECT_DETECTION")
_SIDES = (64, 64)


@dataclass(frozen=True)
class Equipped:
    """One experiment ready to be trained: what is asked for, and who does it (None is the built-in trainer)."""

    assignment: Assignment
    program: TrainingProgram | None


def equip(bench: Bench, unit: Unit, experiment_id: UUID, progress: Progress) -> Equipped:
    """Gather what an experiment is trained on and with.

    Raises:
        Invalid: when it has no dataset, or one of a type nothing here trains.
        NotFound: when it is gone.
    """
    experiment = unit.find(Experiment, experiment_id)
    versions = training_runs.datasets_of(experiment)
    base = _base(unit, experiment)
    parameters = logs.parameters(unit, experiment)
    datasets = {alias: _examples(bench, unit, version) for alias, version in versions.items()}
    height, width = _sides(base)
    assignment = Assignment(
        kind=_kind(base, versions),
        labels=_labels(logs.label_map(unit, experiment)) or _seen(datasets),
        parameters=parameters,
        datasets=datasets,
        height=height,
        width=width,
        progress=progress,
    )
    program = programs.chosen(bench.settings, parameters, base.docker_image if base is not None else None)
    return Equipped(assignment, program)


def _labels(classes: Json) -> tuple[str, ...]:
    """Return the classes of a label map in the order of its answers; none where it does not say."""
    order = sorted(classes, key=lambda place: (0, int(place)) if place.isdecimal() else (1, 0))
    return tuple(str(classes[place]) for place in order)


def _base(unit: Unit, experiment: Experiment) -> ModelVersion | None:
    identifier = experiment.base_model_version_id
    return unit.session.get(ModelVersion, identifier) if identifier is not None else None


def _kind(base: ModelVersion | None, versions: Mapping[str, DatasetVersion]) -> Kind:
    kinds = {version.type.value for version in versions.values()} if base is None else {base.type.value}
    if len(kinds) != 1 or not kinds <= set(_KINDS):
        raise Invalid(f"Nothing here trains models of type {' and '.join(sorted(kinds))}.")
    return cast("Kind", kinds.pop())


def _examples(bench: Bench, unit: Unit, version: DatasetVersion) -> Sequence[Example]:
    return [
        Example(
            path=bench.store.blobs.path(picture.blob),
            filename=picture.filename,
            width=picture.width,
            height=picture.height,
            truth=tuple((mark.label, mark.box) for mark in picture.marks),
        )
        for picture in material.pictures(unit, version)
    ]


def _seen(datasets: Mapping[str, Sequence[Example]]) -> tuple[str, ...]:
    return tuple(sorted({label for held in datasets.values() for example in held for label, _ in example.truth}))


def _sides(base: ModelVersion | None) -> tuple[int, int]:
    """Return height and width of the images as the base model takes them, or a default where it does not say."""
    match base.parameters if base is not None else None:
        case {"input": {"shape": [_, _, int(height), int(width)]}}:
            return height, width
        case _:
            return _SIDES
