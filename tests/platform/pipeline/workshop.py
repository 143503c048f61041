"""A deployment with a whole pipeline around it, small enough that a training takes a moment."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from reconciler.platform.store import (
    assets,
    continuous_deployment,
    continuous_training,
    data,
    datalakes,
    datasets,
    deployments,
    feedback_loop,
    models,
    objects,
    predictions,
    projects,
    training_runs,
)
from reconciler.platform.store.annotations import create as draw
from reconciler.platform.store.continuous_training import Configuration
from reconciler.platform.store.geometry import NewShape
from reconciler.platform.store.tables.datasets import Asset
from reconciler.platform.store.tables.deployments import Deployment, ModelChange
from reconciler.platform.store.tables.models import ModelVersion
from reconciler.platform.store.tables.pipelines import TrainingRun
from reconciler.platform.store.tables.predictions import Submission
from reconciler.platform.store.words import (
    Framework,
    InferenceType,
    Policy,
    ShapeKind,
    TrainingType,
    Trigger,
)
from tests.platform.api import fresh

if TYPE_CHECKING:
    from uuid import UUID

    from reconciler.platform.app import Platform
    from reconciler.platform.store.tables.data import Data
    from reconciler.platform.store.tables.datasets import DatasetVersion
    from reconciler.platform.store.unit import Unit

LABELS = ("dark", "bright")
QUICK = {"epochs": 2, "batch_size": 4, "hidden": 4, "seed": 7}


def picture(level: int, seed: int, side: int = 16) -> bytes:
    """Return a noisy grey image around a level."""
    noise = np.random.default_rng(seed).integers(-20, 20, (side, side))
    buffer = io.BytesIO()
    Image.fromarray((level + noise).astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


@dataclass(frozen=True)
class Plan:
    """How a workshop is furnished."""

    threshold: int = 3
    policy: Policy | None = Policy.DEPLOY_SHADOW
    trigger: Trigger = Trigger.FEEDBACK_LOOP
    parameters: dict[str, Any] = field(default_factory=lambda: dict(QUICK))
    scan: dict[str, Any] | None = None
    images: int = 8


@dataclass(frozen=True)
class Shop:
    """A furnished workshop."""

    platform: Platform
    deployment_id: UUID
    version_id: UUID

    def submit(self, count: int) -> list[UUID]:
        """Submit images that the deployment saw, all in one transaction; return what was predicted of them."""
        with self.platform.store.write(self.platform.owner) as unit:
            seen = [self._seen(unit, place) for place in range(count)]
            training_runs.note_submissions(unit, self.deployment_id)
        return seen

    def _seen(self, unit: Unit, place: int) -> UUID:
        deployment = unit.find(Deployment, self.deployment_id)
        datum = add_picture(unit, 200 if place % 2 else 60, place)
        answer = predictions.Answer({"detection_classes": [0]}, 0.1, deployment.model_version_id, 1)
        asset = predictions.record(unit, deployment, predictions.Seen(16, 16, answer), datum)
        unit.add(
            Submission(
                organization_id=deployment.organization_id,
                deployment_id=deployment.id,
                predicted_asset_id=asset.id,
                dataset_version_id=self.version_id,
                asset_id=asset.id,
            )
        )
        return asset.id

    def settle(self) -> None:
        """Wait until the pipeline has nothing more to do."""
        self.platform.settle()

    def look(self) -> Look:
        """Return what has become of the deployment."""
        with self.platform.store.read(self.platform.owner) as unit:
            deployment = unit.find(Deployment, self.deployment_id)
            champion = unit.session.get_one(ModelVersion, deployment.model_version_id)
            versions = unit.session.query(ModelVersion).filter_by(model_id=champion.model_id)
            runs = unit.session.query(TrainingRun).filter_by(deployment_id=deployment.id).order_by(TrainingRun.id)
            changes = unit.session.query(ModelChange).filter_by(deployment_id=deployment.id).order_by(ModelChange.id)
            training = deployment.continuous_training
            assert training is not None
            return Look(
                champion=champion.version,
                shadow=deployment.shadow.version if deployment.shadow else None,
                versions=[version.version for version in versions.order_by(ModelVersion.version)],
                statuses=[run.status for run in runs],
                consumed=[run.submissions for run in runs],
                errors=[run.job.error for run in runs],
                causes=[(change.role.value, change.cause.value, change.actor) for change in changes],
                waiting=training.submitted_since_last_run,
            )


@dataclass(frozen=True)
class Look:
    """What has become of a deployment."""

    champion: int
    shadow: int | None
    versions: list[int]
    statuses: list[str]
    consumed: list[int]
    errors: list[str | None]
    causes: list[tuple[str, str, str]]
    waiting: int


def add_picture(unit: Unit, level: int, seed: int) -> Data:
    """Put one image into the default datalake."""
    lake = datalakes.default(unit, unit.actor.organization_id)
    name = fresh("picture")
    objects.put(unit, lake.connector_id, name, picture(level, seed), content_type="image/png")
    return data.register(unit, lake, data.NewData(f"{name}.png", name, "image/png"))


def annotate(unit: Unit, version: DatasetVersion, level: int, seed: int) -> None:
    """Add one image that is annotated with what it is."""
    datum = add_picture(unit, level, seed)
    assets.add(unit, version, [datum.id])
    asset = unit.session.query(Asset).filter_by(data_id=datum.id, dataset_version_id=version.id).one()
    label = datasets.find_label(unit, version, LABELS[level > 128])
    draw(unit, asset, [NewShape(ShapeKind.CLASSIFICATION, label.id, {})])


def dataset(unit: Unit, images: int) -> DatasetVersion:
    """Make a dataset version of dark and bright images."""
    home = unit.actor.organization_id
    made = datasets.create(unit, home, fresh("dataset"))
    version = datasets.create_version(unit, made, "v1", type=InferenceType.CLASSIFICATION)
    datasets.ensure_labels(unit, version, LABELS)
    for place in range(images):
        annotate(unit, version, 200 if place % 2 else 60, place)
    return version


def furnish(platform: Platform, plan: Plan | None = None) -> Shop:
    """Make a dataset, a model and a deployment with its whole pipeline switched on."""
    plan = plan or Plan()
    with platform.store.write(platform.owner) as unit:
        home = unit.actor.organization_id
        version = dataset(unit, plan.images)
        project = projects.create(unit, home, fresh("project"))
        model = models.create(unit, home, fresh("model"))
        release = models.Release(
            type=InferenceType.CLASSIFICATION, framework=Framework.ONNX, labels={"0": LABELS[0], "1": LABELS[1]}
        )
        champion = models.create_version(unit, model, release)
        deployment = deployments.create(unit, home, deployments.NewDeployment(champion.id, name=fresh("deployment")))
        feedback_loop.set_up(deployment)
        feedback_loop.attach(unit, deployment, version)
        feedback_loop.toggle(deployment, active=True)
        continuous_training.configure(unit, deployment, project, _configuration(plan))
        continuous_training.attach(unit, deployment, version, "train")
        if plan.policy is not None:
            continuous_deployment.configure(deployment, plan.policy)
            continuous_deployment.toggle(deployment, active=True)
        return Shop(platform, deployment.id, version.id)


def _configuration(plan: Plan) -> Configuration:
    scanning = plan.scan is not None
    return Configuration(
        training_type=TrainingType.SCAN if scanning else TrainingType.EXPERIMENT,
        trigger=plan.trigger,
        threshold=plan.threshold,
        experiment_parameters=None if scanning else plan.parameters,
        scan_config=plan.scan,
    )
