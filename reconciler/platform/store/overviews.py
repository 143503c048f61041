"""Deployments as people look over them: a page of a list, and the cards of one."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, UnaryExpression, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from reconciler.platform.store import tally
from reconciler.platform.store.names import in_organization
from reconciler.platform.store.paging import Page
from reconciler.platform.store.rollups import HOUR, hour_of
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.deployments import (
    ContinuousDeployment,
    ContinuousTraining,
    Deployment,
    FeedbackLoop,
    ModelChange,
)
from reconciler.platform.store.tables.models import Model, ModelVersion
from reconciler.platform.store.tables.monitoring import HourlyRollup
from reconciler.platform.store.tables.organizations import User
from reconciler.platform.store.tables.predictions import PredictedAsset
from reconciler.platform.store.tables.tags import Tag, TagLink
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import InferenceType, ModelCause, ModelRole, Serving, TagTarget

# A week, in points of six hours each.
TREND_POINTS: Final = 28
TREND_HOURS: Final = 6


class Sort(StrEnum):
    """What a list of deployments is sorted by."""

    NAME = "name"
    CREATED = "created"
    PREDICTIONS = "predictions"
    LAST_PREDICTION = "last"


@dataclass(frozen=True)
class Search:
    """Which deployments are wanted, and in what order.

    Attributes:
        text: part of their name, or of the name of their models, versions or tags, in any case.
        sort: what they are sorted by; those that never predicted come last.
        descending: whether the greatest comes first.
        offset: how many to skip.
        limit: how many to return.
    """

    text: str = ""
    sort: Sort = Sort.LAST_PREDICTION
    descending: bool = True
    offset: int = 0
    limit: int = 25


@dataclass(frozen=True)
class VersionName:
    """What a model version is called."""

    id: UUID
    model_id: UUID
    model: str
    name: str
    number: int

    def __str__(self) -> str:
        return f"{self.model} / {self.name}"


@dataclass(frozen=True)
class TrendPoint:
    """The champion's predictions of six hours from `timestamp` (Unix seconds) on; mean latency in seconds."""

    timestamp: float
    predictions: int
    latency: float | None


@dataclass(frozen=True)
class Overview:
    """One deployment in a list.

    Attributes:
        predictions: how many images it saw.
        latency: the champion's mean latency over all time, in seconds.
        trend: a week up to now, oldest first; a point without predictions has no latency.
        last_prediction: the moment of the newest one.
        creator: the name of who made it.
        management: which manifest manages which fields, as it was told last.
        feedback_loop: whether it is on; likewise the other two.
    """

    id: UUID
    name: str
    type: InferenceType
    serving: Serving
    champion: VersionName
    shadow: VersionName | None
    predictions: int
    latency: float | None
    trend: Sequence[TrendPoint]
    last_prediction: datetime | None
    created_at: datetime
    creator: str
    management: Json | None
    tags: Sequence[str]
    feedback_loop: bool
    continuous_training: bool
    continuous_deployment: bool


@dataclass(frozen=True)
class Slot:
    """What is in a slot of a deployment, since when, and who or what put it there."""

    version: VersionName
    since: datetime | None
    cause: ModelCause | None
    actor: str | None


@dataclass(frozen=True)
class Cards:
    """What a deployment's slots hold, and when it predicted last."""

    champion: Slot
    shadow: Slot | None
    last_prediction: datetime | None


def list_page(unit: Unit, organization_id: UUID, search: Search, *, moment: float) -> Page[Overview]:
    """Return a page of an organisation's deployments; the trend ends at `moment`, in Unix seconds."""
    unit.admit(organization_id)
    wanted = [in_organization(Deployment, organization_id), *_matching(search.text)]
    count = unit.session.scalar(select(func.count()).select_from(Deployment).where(*wanted)) or 0
    rows = _rows().where(*wanted).order_by(*_order(search)).offset(search.offset).limit(search.limit)
    found = unit.session.execute(rows).all()
    ids = [row.id for row in found]
    told = _Told(
        version_names(unit, {row.champion_id for row in found} | {row.shadow_id for row in found if row.shadow_id}),
        _sums(unit, ids),
        _trends(unit, ids, hour_of(moment)),
        _tags(unit, ids),
    )
    return Page([_overview(row, told) for row in found], count)


def cards(unit: Unit, deployment: Deployment) -> Cards:
    """Return what a deployment's cards say, whatever predictions are looked at."""
    held = [each for each in (deployment.model_version_id, deployment.shadow_model_version_id) if each is not None]
    names = version_names(unit, held)
    shadow_id = deployment.shadow_model_version_id
    last = select(_last(deployment.id))
    return Cards(
        champion=_slot(unit, deployment, ModelRole.CHAMPION, names[deployment.model_version_id]),
        shadow=_slot(unit, deployment, ModelRole.SHADOW, names[shadow_id]) if shadow_id is not None else None,
        last_prediction=unit.session.scalar(last),
    )


def version_names(unit: Unit, ids: Collection[UUID]) -> Mapping[UUID, VersionName]:
    """Return what model versions are called; those that are gone are missing."""
    rows = (
        select(ModelVersion.id, ModelVersion.model_id, Model.name, ModelVersion.name, ModelVersion.version)
        .join(Model, Model.id == ModelVersion.model_id)
        .where(ModelVersion.id.in_(ids))
    )
    return {row[0]: VersionName(*row) for row in unit.session.execute(rows)}


def versions_of(unit: Unit, deployment: Deployment) -> Sequence[VersionName]:
    """Return the model versions that ever predicted in a deployment and still exist, newest of each model first."""
    predicted = select(HourlyRollup.model_version_id).where(HourlyRollup.deployment_id == deployment.id).distinct()
    names = version_names(unit, set(unit.session.scalars(predicted)))
    return sorted(names.values(), key=lambda each: (each.model, -each.number))


@dataclass(frozen=True)
class _Told:
    """What is told of all deployments of a page, by version or deployment."""

    versions: Mapping[UUID, VersionName]
    # Predictions, and the sum of their latencies in nanoseconds.
    sums: Mapping[UUID, tuple[int, int]]
    trends: Mapping[UUID, Sequence[TrendPoint]]
    tags: Mapping[UUID, Sequence[str]]


def _rows() -> Select[*tuple[Any, ...]]:
    """Return one row for each deployment; its pipelines' switches alone, not the pipelines."""
    return (
        select(
            Deployment.id,
            Deployment.name,
            Deployment.type,
            Deployment.serving,
            Deployment.model_version_id.label("champion_id"),
            Deployment.shadow_model_version_id.label("shadow_id"),
            Deployment.management,
            Deployment.created_at,
            User.username.label("creator"),
            FeedbackLoop.active.label("feedback_loop"),
            ContinuousTraining.active.label("continuous_training"),
            ContinuousDeployment.active.label("continuous_deployment"),
            _last(Deployment.id).label("last_prediction"),
        )
        .join(User, User.id == Deployment.created_by)
        .outerjoin(FeedbackLoop, FeedbackLoop.deployment_id == Deployment.id)
        .outerjoin(ContinuousTraining, ContinuousTraining.deployment_id == Deployment.id)
        .outerjoin(ContinuousDeployment, ContinuousDeployment.deployment_id == Deployment.id)
    )


def _overview(row: Row[*tuple[Any, ...]], told: _Told) -> Overview:
    predictions, nanoseconds = told.sums.get(row.id, (0, 0))
    return Overview(
        id=row.id,
        name=row.name,
        type=row.type,
        serving=row.serving,
        champion=told.versions[row.champion_id],
        shadow=told.versions[row.shadow_id] if row.shadow_id is not None else None,
        predictions=predictions,
        latency=_mean(nanoseconds, predictions),
        trend=told.trends[row.id],
        last_prediction=row.last_prediction,
        created_at=row.created_at,
        creator=row.creator,
        management=row.management,
        tags=told.tags.get(row.id, ()),
        feedback_loop=bool(row.feedback_loop),
        continuous_training=bool(row.continuous_training),
        continuous_deployment=bool(row.continuous_deployment),
    )


def _matching(text: str) -> list[ColumnElement[bool]]:
    words = text.strip()
    if not words:
        return []
    version, model = aliased(ModelVersion), aliased(Model)
    versions = select(version.id).join(model, model.id == version.model_id)
    called = versions.where(
        or_(version.name.icontains(words, autoescape=True), model.name.icontains(words, autoescape=True))
    )
    tagged = select(TagLink.target_id).join(Tag, Tag.id == TagLink.tag_id)
    # Other tags of such a name may be on a million images.
    tagged = tagged.where(Tag.target_type == TagTarget.DEPLOYMENT, Tag.name.icontains(words, autoescape=True))
    return [
        or_(
            Deployment.name.icontains(words, autoescape=True),
            Deployment.model_version_id.in_(called),
            Deployment.shadow_model_version_id.in_(called),
            Deployment.id.in_(tagged),
        )
    ]


def _order(search: Search) -> list[UnaryExpression[Any]]:
    columns: Mapping[Sort, ColumnElement[Any]] = {
        Sort.NAME: func.lower(Deployment.name),
        Sort.CREATED: Deployment.created_at.expression,
        Sort.PREDICTIONS: _counted(),
        Sort.LAST_PREDICTION: _last(Deployment.id),
    }
    column = columns[search.sort]
    first = column.desc() if search.descending else column.asc()
    return [first.nulls_last(), Deployment.id.desc() if search.descending else Deployment.id.asc()]


def _last(deployment_id: UUID | InstrumentedAttribute[UUID]) -> ScalarSelect[datetime]:
    return (
        select(func.max(PredictedAsset.timestamp))
        .where(PredictedAsset.deployment_id == deployment_id)
        .correlate(Deployment)
        .scalar_subquery()
    )


def _counted() -> ScalarSelect[int]:
    champions = (HourlyRollup.deployment_id == Deployment.id, HourlyRollup.role == ModelRole.CHAMPION)
    return select(func.sum(HourlyRollup.predictions)).where(*champions).correlate(Deployment).scalar_subquery()


def _champions(ids: Sequence[UUID]) -> list[ColumnElement[bool]]:
    return [HourlyRollup.deployment_id.in_(ids), HourlyRollup.role == ModelRole.CHAMPION]


def _sums(unit: Unit, ids: Sequence[UUID]) -> Mapping[UUID, tuple[int, int]]:
    table = HourlyRollup
    rows = (
        select(table.deployment_id, func.sum(table.predictions), func.sum(table.latency_sum))
        .where(*_champions(ids))
        .group_by(table.deployment_id)
    )
    # Sums of big integers are decimals on PostgreSQL.
    return {row[0]: (int(row[1]), int(row[2])) for row in unit.session.execute(rows)}


def _trends(unit: Unit, ids: Sequence[UUID], hour: int) -> Mapping[UUID, Sequence[TrendPoint]]:
    table, begin = HourlyRollup, hour + 1 - TREND_POINTS * TREND_HOURS
    place = (table.hour - begin) // TREND_HOURS
    rows = (
        select(table.deployment_id, place, func.sum(table.predictions), func.sum(table.latency_sum))
        .where(*_champions(ids), table.hour >= begin, table.hour <= hour)
        .group_by(table.deployment_id, place)
    )
    found = {(row[0], row[1]): (int(row[2]), int(row[3])) for row in unit.session.execute(rows)}
    return {
        deployment_id: [
            _point(begin + index * TREND_HOURS, *found.get((deployment_id, index), (0, 0)))
            for index in range(TREND_POINTS)
        ]
        for deployment_id in ids
    }


def _point(hour: int, predictions: int, nanoseconds: int) -> TrendPoint:
    return TrendPoint(float(hour * HOUR), predictions, _mean(nanoseconds, predictions))


def _mean(nanoseconds: int, predictions: int) -> float | None:
    return nanoseconds / tally.NANOSECONDS / predictions if predictions else None


def _tags(unit: Unit, ids: Sequence[UUID]) -> Mapping[UUID, Sequence[str]]:
    rows = select(TagLink.target_id, Tag.name).join(Tag, Tag.id == TagLink.tag_id).where(TagLink.target_id.in_(ids))
    found: dict[UUID, list[str]] = defaultdict(list)
    for target_id, name in unit.session.execute(rows.order_by(Tag.name)):
        found[target_id].append(name)
    return found


def _slot(unit: Unit, deployment: Deployment, role: ModelRole, version: VersionName) -> Slot:
    changes = select(ModelChange).where(ModelChange.deployment_id == deployment.id, ModelChange.role == role)
    newest = unit.session.scalar(changes.order_by(ModelChange.id.desc()).limit(1))
    if newest is None:
        return Slot(version, None, None, None)
    return Slot(version, newest.created_at, newest.cause, newest.actor)
