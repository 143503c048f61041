"""A platform worth looking at: real models, a week of real answers, reviews, pipelines; made by the store's own doors.

The deployment `digits` tells digits apart and has a whole pipeline around it, but no shadow yet. `scenes` finds digits
in scenes, with a shadow beside the champion. `quiet` has never predicted.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from reconciler.platform.app import PlatformSettings, open_platform
from reconciler.platform.inference.loading import loader
from reconciler.platform.intake.accepting import Observation, accept
from reconciler.platform.intake.pictures import Sent
from reconciler.platform.seed import catalogue
from reconciler.platform.seed.plant import seed
from reconciler.platform.serving.inference import Photograph, infer
from reconciler.platform.store import (
    alerts,
    continuous_deployment,
    continuous_training,
    datasets,
    deployments,
    feedback_loop,
    models,
    projects,
    reviews,
    serving,
    submissions,
    tags,
    training_data,
)
from reconciler.platform.store.alerts import Rule
from reconciler.platform.store.continuous_training import Configuration
from reconciler.platform.store.deployments import NewDeployment
from reconciler.platform.store.geometry import NewShape
from reconciler.platform.store.predictions import Seen
from reconciler.platform.store.tables.base import now
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.predictions import PredictedAsset
from reconciler.platform.store.words import (
    AlertMetric,
    AlertOperator,
    InferenceType,
    Policy,
    ShapeKind,
    TagTarget,
    TrainingType,
    Trigger,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from uuid import UUID

    from reconciler.platform.app import Platform
    from reconciler.platform.seed.catalogue import Story
    from reconciler.platform.seed.samples import Sample, Shape
    from reconciler.platform.store.tables.datasets import DatasetVersion
    from reconciler.platform.store.unit import Unit

NOTE: Final = "site.json"
THRESHOLD: Final = 32
"""Submitted images that start a training of `digits`."""

_WEEK = timedelta(days=7)
_PARAMETERS = {"hidden": 32, "epochs": 30, "seed": 2026}
_MANAGED = ["threshold", "models.champion", "feedbackLoop", "continuousTraining", "continuousDeployment"]


@dataclass(frozen=True)
class Amounts:
    """How much is planted for one deployment."""

    predictions: int
    reviewed: int
    submitted: int


DIGITS: Final = Amounts(predictions=96, reviewed=20, submitted=12)
SCENES: Final = Amounts(predictions=48, reviewed=24, submitted=0)

# Training is most of what a platform costs: one version of `digits`, and a shadow of `scenes` that learnt less long.
_VERSIONS: Final[dict[str, dict[str, dict[str, int]]]] = {
    "digits": {"v1": {}},
    "digit-scenes": {"v1": {}, "v2": {"hidden": 64, "epochs": 10}},
}


def furnish(data_dir: Path) -> None:
    """Make the platform in a data folder that does not exist yet, and note the ids of its deployments."""
    with_platform(data_dir, _furnish)


def with_platform(data_dir: Path, work: Callable[[Platform], None]) -> None:
    """Do something with the platform of a data folder, in process, and wait until it has done its own part."""
    platform = open_platform(PlatformSettings(data_dir=data_dir))
    try:
        work(platform)
        platform.settle()
    finally:
        platform.close()


def ids(data_dir: Path) -> dict[str, str]:
    """Return the ids of the deployments by their names."""
    deployments: dict[str, str] = _noted(data_dir)["deployments"]
    return deployments


def predictions(data_dir: Path) -> dict[str, list[str]]:
    """Return the ids of what each deployment saw, the oldest first."""
    seen: dict[str, list[str]] = _noted(data_dir)["predictions"]
    return seen


def _noted(data_dir: Path) -> dict[str, Any]:
    noted: dict[str, Any] = json.loads((data_dir / NOTE).read_text())
    return noted


def _lean(story: Story) -> Story:
    """Return a story with fewer versions of its model, quicker to train."""
    wanted = _VERSIONS[story.name]
    recipes = [
        replace(each, settings={**each.settings, **wanted[each.version]})
        for each in story.line.recipes
        if each.version in wanted
    ]
    return replace(story, line=replace(story.line, recipes=tuple(recipes)))


def _furnish(platform: Platform) -> None:
    seed(platform, stories=[_lean(each) for each in catalogue.STORIES])
    made = {
        "digits": _deploy(platform, catalogue.DIGITS, "digits", shadow=None),
        "scenes": _deploy(platform, catalogue.DIGIT_SCENES, "scenes", shadow="v2"),
        "quiet": _deploy(platform, catalogue.DIGITS, "quiet", shadow=None),
    }
    # The reference is measured first, so that each image is judged as it comes.
    _with(platform, made["digits"], lambda unit, row: _refer(unit, row, catalogue.DIGITS))
    _with(platform, made["scenes"], lambda unit, row: _refer(unit, row, catalogue.DIGIT_SCENES))
    platform.settle()
    _with(platform, made["digits"], _equip)
    _with(platform, made["scenes"], _watch)
    seen = {
        "digits": _observe(platform, made["digits"], catalogue.DIGITS, DIGITS),
        "scenes": _observe(platform, made["scenes"], catalogue.DIGIT_SCENES, SCENES),
    }
    platform.settle()
    noted = {
        "deployments": {name: str(identifier) for name, identifier in made.items()},
        "predictions": {name: [str(each) for each in every] for name, every in seen.items()},
    }
    (platform.settings.data_dir / NOTE).write_text(json.dumps(noted))


def _deploy(platform: Platform, story: Story, name: str, *, shadow: str | None) -> UUID:
    with platform.store.write(platform.owner) as unit:
        home = platform.owner.organization_id
        model = models.find_by_name(unit, home, story.name)
        beside = models.find_version(unit, model, name=shadow).id if shadow else None
        champion = models.find_version(unit, model, name="v1").id
        new = NewDeployment(champion, name=name, min_threshold=0.4, shadow_model_version_id=beside)
        return deployments.create(unit, home, new).id


def _with(platform: Platform, deployment_id: UUID, work: Callable[[Unit, Deployment], object]) -> None:
    with platform.store.write(platform.owner) as unit:
        work(unit, unit.find(Deployment, deployment_id))


def _version(unit: Unit, story: Story, name: str) -> DatasetVersion:
    dataset = datasets.find_by_name(unit, unit.actor.organization_id, story.name)
    return datasets.find_version(unit, dataset, name)


def _refer(unit: Unit, row: Deployment, story: Story) -> None:
    training_data.set_reference(unit, row, _version(unit, story, "2026-06"))


def _equip(unit: Unit, row: Deployment) -> None:
    """Set the whole pipeline up, and say that a manifest declares it."""
    production = _version(unit, catalogue.DIGITS, "production")
    feedback_loop.set_up(row)
    feedback_loop.toggle(row, active=True)
    feedback_loop.attach(unit, row, production)
    project = projects.find_by_name(unit, row.organization_id, "digits")
    wanted = Configuration(TrainingType.EXPERIMENT, Trigger.FEEDBACK_LOOP, THRESHOLD, dict(_PARAMETERS))
    continuous_training.configure(unit, row, project, wanted)
    continuous_training.attach(unit, row, production, "train")
    continuous_training.attach(unit, row, _version(unit, catalogue.DIGITS, "holdout"), "test")
    continuous_deployment.configure(row, Policy.DEPLOY_SHADOW)
    continuous_deployment.toggle(row, active=True)
    alerts.create(unit, row, Rule(AlertMetric.MEAN_LATENCY, AlertOperator.MORE, 250.0), active=True)
    management = {"catalog": "factory", "revision": "4f2c9d1a7be0", "file": "manifests/digits.yaml", "line": 3}
    deployments.manage(row, {**management, "fields": list(_MANAGED)})
    for name in ("production", "line-3"):
        scope = tags.Scope.organization(row.organization_id, TagTarget.DEPLOYMENT)
        tags.attach(unit, tags.find_by_name(unit, scope, name), [row.id])


def _watch(unit: Unit, row: Deployment) -> None:
    feedback_loop.set_up(row)
    feedback_loop.toggle(row, active=True)
    feedback_loop.attach(unit, row, _version(unit, catalogue.DIGIT_SCENES, "production"))


def _observe(platform: Platform, deployment_id: UUID, story: Story, amounts: Amounts) -> list[UUID]:
    """Let the models answer images that they have never seen, spread over the last week, and people review some."""
    images = story.collect().stream[: amounts.predictions]
    seen = [
        _one(platform, deployment_id, image, (place + 0.5) / amounts.predictions) for place, image in enumerate(images)
    ]
    with platform.store.write(platform.owner) as unit:
        row = unit.find(Deployment, deployment_id)
        for asset_id, image in list(zip(seen, images, strict=True))[: amounts.reviewed]:
            _review(unit, row, unit.find(PredictedAsset, asset_id), image)
        if amounts.submitted:
            submissions.submit(unit, row, seen[: amounts.submitted], None)
    return seen


def _one(platform: Platform, deployment_id: UUID, image: Sample, share: float) -> UUID:
    photograph = Photograph(image.png, image.width, image.height)
    load = loader(platform.store.blobs)
    with platform.store.read(platform.owner) as unit:
        served = serving.served(unit, deployment_id)
        both = [serving.servable(unit, each) for each in (served.champion, served.shadow) if each is not None]
    answers = [infer(load(each), each, served, photograph).answer(served.threshold) for each in both]
    seen = Seen(
        width=image.width,
        height=image.height,
        champion=answers[0],
        shadow=answers[1] if len(answers) > 1 else None,
        timestamp=now() - _WEEK * (1 - share),
        source="camera-1" if share < 0.6 else "camera-2",
        tags=("night",) if int(share * 14) % 2 else ("day",),
    )
    sent = Sent(image.png, image.filename, "image/png")
    return accept(platform.store, platform.owner, deployment_id, Observation(sent, seen)).predicted_asset_id


def _review(unit: Unit, row: Deployment, asset: PredictedAsset, image: Sample) -> None:
    labels = {label.name: label.id for label in row.labels}
    reviews.add(unit, asset, [_shape(row, each, labels[each.label]) for each in image.shapes])


def _shape(row: Deployment, shape: Shape, label_id: UUID) -> NewShape:
    if row.type is InferenceType.CLASSIFICATION or shape.box is None:
        return NewShape(ShapeKind.CLASSIFICATION, label_id, {})
    box = shape.box
    geometry = {"x": box.left, "y": box.top, "w": box.right - box.left, "h": box.bottom - box.top}
    return NewShape(ShapeKind.RECTANGLE, label_id, dict(geometry))
