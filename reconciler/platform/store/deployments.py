"""Deployments: creation, settings, the two model slots and their history, deletion."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete as sql_delete
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import LoaderOption

from reconciler.platform.store import datalakes, predictions, references, tags, training_runs
from reconciler.platform.store.faults import Conflict, Invalid, NotFound
from reconciler.platform.store.names import claim, find_named, in_organization, named
from reconciler.platform.store.paging import Page, PageRequest, paged
from reconciler.platform.store.tables.base import Json, now
from reconciler.platform.store.tables.data import Datalake
from reconciler.platform.store.tables.deployments import (
    ContinuousTraining,
    Deployment,
    DeploymentLabel,
    FeedbackLoop,
    ModelChange,
)
from reconciler.platform.store.tables.models import ModelVersion
from reconciler.platform.store.tables.organizations import Access
from reconciler.platform.store.touching import touch
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ModelCause, ModelRole, Serving

# What the platform names a deployment whose creator did not.
_MOODS = ("active", "brave", "calm", "eager", "gentle", "keen", "lucid", "patient", "quick", "steady", "vivid", "wise")
_THINGS = ("adapter", "beacon", "camera", "falcon", "harbor", "lantern", "lens", "magnet", "meadow", "prism", "sensor")


@dataclass(frozen=True)
class NewDeployment:
    """How a deployment begins; None takes the default.

    Defaults: a random two-word name, threshold 0, sample rate 1, the organisation's default datalake, no shadow.
    """

    model_version_id: UUID
    name: str | None = None
    min_threshold: float | None = None
    target_datalake_id: UUID | None = None
    shadow_model_version_id: UUID | None = None
    serving: Serving = Serving.MANAGED


@dataclass(frozen=True)
class Settings:
    """The plain settings of a deployment; None leaves one as it is."""

    name: str | None = None
    min_threshold: float | None = None
    sample_rate: float | None = None
    target_datalake_id: UUID | None = None


def create(unit: Unit, organization_id: UUID, new: NewDeployment) -> Deployment:
    """Create a deployment; its type and labels are those of its model version, for good.

    Raises:
        NotFound: for an unknown model version or datalake.
        Conflict: when the name is taken.
        Invalid: when the shadow is of another type than the champion.
    """
    unit.admit(organization_id)
    champion = unit.find(ModelVersion, new.model_version_id, within=organization_id)
    deployment = Deployment(
        organization_id=organization_id,
        name=_name(unit, organization_id, new.name),
        type=champion.type,
        serving=new.serving,
        min_threshold=new.min_threshold or 0.0,
        sample_rate=1.0,
        target_datalake_id=_lake(unit, organization_id, new.target_datalake_id).id,
        model_version_id=champion.id,
        created_by=unit.actor.user_id,
        labels=_labels(organization_id, champion),
        # Said, so that nothing asks the database for what a new deployment cannot have.
        training_data=None,
        feedback_loop=None,
        continuous_training=None,
        continuous_deployment=None,
    )
    unit.add(deployment)
    _remember(unit, deployment, ModelRole.CHAMPION, ModelCause.USER)
    if new.shadow_model_version_id is not None:
        shadow = unit.find(ModelVersion, new.shadow_model_version_id, within=organization_id)
        set_shadow(unit, deployment, shadow, cause=ModelCause.USER)
    return deployment


def find_by_name(unit: Unit, organization_id: UUID, name: str) -> Deployment:
    """Return the deployment of that name, or raise NotFound."""
    unit.admit(organization_id)
    return find_named(unit, Deployment, name, in_organization(Deployment, organization_id))


def list_page(unit: Unit, organization_id: UUID, request: PageRequest, *, whole: bool) -> Page[Deployment]:
    """Return a page of deployments; `whole` loads everything their settings need, in a fixed number of queries."""
    unit.admit(organization_id)
    rows = select(Deployment).where(in_organization(Deployment, organization_id))
    return paged(unit, rows.options(*_whole()) if whole else rows, Deployment, request)


def update(unit: Unit, deployment: Deployment, settings: Settings) -> None:
    """Change the given settings; giving what is already so changes nothing.

    Raises:
        NotFound: for an unknown datalake.
        Conflict: when the name is taken.
    """
    if settings.name is not None:
        owned = in_organization(Deployment, deployment.organization_id)
        claim(unit, Deployment, settings.name, owned, holder=deployment)
    if settings.target_datalake_id is not None:
        _lake(unit, deployment.organization_id, settings.target_datalake_id)
    given = {key: value for key, value in vars(settings).items() if value is not None}
    changes = {key: value for key, value in given.items() if getattr(deployment, key) != value}
    for key, value in changes.items():
        setattr(deployment, key, value)
    if changes:
        touch(deployment)


def set_champion(unit: Unit, deployment: Deployment, version: ModelVersion, *, cause: ModelCause) -> None:
    """Let a version answer from now on; one of another type raises Invalid."""
    _require_type(deployment, version)
    if version.id != deployment.model_version_id:
        deployment.champion = version
        deployment.model_version_id = version.id
        _remember(unit, deployment, ModelRole.CHAMPION, cause)


def set_shadow(unit: Unit, deployment: Deployment, version: ModelVersion, *, cause: ModelCause) -> None:
    """Let a version predict beside the champion; one of another type raises Invalid."""
    _require_type(deployment, version)
    if version.id != deployment.shadow_model_version_id:
        deployment.shadow_model_version_id = version.id
        _remember(unit, deployment, ModelRole.SHADOW, cause)


def clear_shadow(unit: Unit, deployment: Deployment, *, cause: ModelCause = ModelCause.USER) -> None:
    """Empty the shadow slot; an empty one raises NotFound."""
    if deployment.shadow_model_version_id is None:
        raise NotFound(f"The deployment '{deployment.name}' has no shadow model.")
    deployment.shadow_model_version_id = None
    _remember(unit, deployment, ModelRole.SHADOW, cause)


def promote(unit: Unit, deployment: Deployment) -> None:
    """Make the shadow the champion and empty its slot; no shadow raises Conflict."""
    if deployment.shadow_model_version_id is None:
        raise Conflict(f"The deployment '{deployment.name}' has no shadow model to promote.")
    version = unit.find(ModelVersion, deployment.shadow_model_version_id)
    set_champion(unit, deployment, version, cause=ModelCause.PROMOTION)
    clear_shadow(unit, deployment, cause=ModelCause.PROMOTION)


def history(unit: Unit, deployment: Deployment, request: PageRequest) -> Page[ModelChange]:
    """Return a page of a deployment's model changes, newest first."""
    rows = select(ModelChange).where(ModelChange.deployment_id == deployment.id)
    newest = PageRequest(limit=request.limit, offset=request.offset, order_by=("-id",))
    return paged(unit, rows, ModelChange, newest)


def newest_changes(unit: Unit, deployment: Deployment, roles: Sequence[ModelRole]) -> Mapping[ModelRole, ModelChange]:
    """Return the newest change of each slot that was ever changed."""
    found = {}
    for role in roles:
        rows = select(ModelChange).where(ModelChange.deployment_id == deployment.id, ModelChange.role == role)
        newest = unit.session.scalar(rows.order_by(ModelChange.id.desc()).limit(1))
        if newest is not None:
            found[role] = newest
    return found


def manage(deployment: Deployment, management: Json) -> None:
    """Record which manifest manages which fields, and that this was said now."""
    deployment.managed_at = now()
    if deployment.management != management:
        deployment.management = management
        touch(deployment)


def delete(unit: Unit, deployment: Deployment, *, force: bool) -> None:
    """Remove a deployment with its settings, pipelines, history and predictions; never its data, datasets or models.

    Raises:
        Conflict: while a pipeline is active, a training is under way, or predictions are there, unless forced.
    """
    if (reasons := _in_use(unit, deployment)) and not force:
        raise Conflict(f"The deployment '{deployment.name}' is in use.", reasons)
    training_runs.forsake(unit, deployment)
    predictions.clear(unit, deployment.id)
    references.forget(unit, deployment.id)
    tags.strip(unit, [deployment.id])
    unit.session.execute(sql_delete(ModelChange).where(ModelChange.deployment_id == deployment.id))
    unit.session.execute(sql_delete(Access).where(Access.object_id == deployment.id))
    unit.session.delete(deployment)


def _in_use(unit: Unit, deployment: Deployment) -> Sequence[str]:
    parts = {
        "The feedback loop is active.": deployment.feedback_loop,
        "Continuous training is active.": deployment.continuous_training,
        "Continuous deployment is active.": deployment.continuous_deployment,
    }
    seen = predictions.count(unit, deployment.id)
    told = [f"It has {seen} predictions."] if seen else []
    if training_runs.running(unit, deployment.id) is not None:
        told.append("A training is under way.")
    return [*(reason for reason, part in parts.items() if part is not None and part.active), *told]


def _whole() -> Sequence[LoaderOption]:
    return (
        selectinload(Deployment.tags),
        joinedload(Deployment.feedback_loop).selectinload(FeedbackLoop.datasets),
        joinedload(Deployment.continuous_training).selectinload(ContinuousTraining.datasets),
    )


def _remember(unit: Unit, deployment: Deployment, role: ModelRole, cause: ModelCause) -> None:
    champion = role is ModelRole.CHAMPION
    version_id = deployment.model_version_id if champion else deployment.shadow_model_version_id
    unit.add(
        ModelChange(
            organization_id=deployment.organization_id,
            deployment_id=deployment.id,
            role=role,
            model_version_id=version_id,
            cause=cause,
            actor=unit.actor.username,
        )
    )
    touch(deployment)


def _require_type(deployment: Deployment, version: ModelVersion) -> None:
    if version.type is not deployment.type:
        raise Invalid(
            f"The deployment '{deployment.name}' is of type {deployment.type}; "
            f"the version '{version.name}' of '{version.model.name}' is of type {version.type}."
        )


def _lake(unit: Unit, organization_id: UUID, lake_id: UUID | None) -> Datalake:
    if lake_id is None:
        return datalakes.default(unit, organization_id)
    return unit.find(Datalake, lake_id, within=organization_id)


def _labels(organization_id: UUID, version: ModelVersion) -> list[DeploymentLabel]:
    classes = version.labels or {}
    positions = [int(key) if key.isdecimal() else None for key in classes]
    # A label map that is not indexed by distinct numbers is taken in its own order.
    indexed = None not in positions and len(set(positions)) == len(positions)
    return [
        DeploymentLabel(
            organization_id=organization_id,
            position=position if indexed else place,
            name=str(name),
        )
        for place, (position, name) in enumerate(zip(positions, classes.values(), strict=True))
    ]


def _name(unit: Unit, organization_id: UUID, wanted: str | None) -> str:
    owned = in_organization(Deployment, organization_id)
    if wanted is not None:
        return claim(unit, Deployment, wanted, owned)
    free = (
        f"{random.choice(_MOODS)}-{random.choice(_THINGS)}{suffix}"  # noqa: S311  (a name, not a secret)
        for suffix in ("", *(f"-{number}" for number in range(2, 10_000)))
    )
    return next(name for name in free if named(unit, Deployment, name, owned) is None)
