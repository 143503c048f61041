"""Which predictions a statistic is about: the filters of `get_stats`, as values and as SQL."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.facets import SentTag
from reconciler.platform.store.tables.monitoring import MeasuredImage, MeasuredPrediction
from reconciler.platform.store.tables.predictions import PredictedAsset
from reconciler.platform.store.tables.tags import Tag, TagLink
from reconciler.platform.store.unit import Unit

Where = list[ColumnElement[bool]]

# As many images as are listed by their ids at most.
_COMMON = 5_000


@dataclass(frozen=True)
class Scope:
    """Filters, which hold all together; None and empty ones do not narrow.

    Attributes:
        model_id: the model version that predicted, in either role.
        from_timestamp: the earliest moment of inference, in Unix seconds, itself included.
        to_timestamp: the latest, itself included.
        since: how many seconds back the earliest moment is; of this and `from_timestamp` the later counts.
        includes: nothing but these predictions, by prediction id or predicted asset id.
        excludes: not these.
        tags: images or predicted assets that carry one of these, by name.
    """

    model_id: UUID | None = None
    from_timestamp: float | None = None
    to_timestamp: float | None = None
    since: int | None = None
    includes: tuple[UUID, ...] = ()
    excludes: tuple[UUID, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether hours as a whole are in or out: nothing but a model and a span of time narrows it."""
        return not (self.includes or self.excludes or self.tags)

    def at(self, moment: float) -> "Scope":
        """Return this scope with `since` counted back from a moment, in Unix seconds."""
        if self.since is None:
            return self
        begin = moment - self.since
        earliest = begin if self.from_timestamp is None else max(begin, self.from_timestamp)
        return replace(self, from_timestamp=earliest, since=None)

    def to_json(self) -> Json:
        """Return the filters that narrow, in a form that equals itself whatever the order they were given in."""
        lists = {name: sorted(str(each) for each in getattr(self, name)) for name in ("includes", "excludes", "tags")}
        plain = {**asdict(self), "model_id": self.model_id and str(self.model_id), **lists}
        return {name: value for name, value in plain.items() if value not in (None, [])}

    @property
    def key(self) -> str:
        """A digest of the filters."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()


def predictions_within(unit: Unit, deployment_id: UUID, scope: Scope) -> Where:
    """Return the conditions on measured predictions."""
    # Images listed by a rare tag are the deployment's; said again, SQLite would read all of its rows to find them.
    own = [] if _is_listed(unit, deployment_id, scope) else [MeasuredPrediction.deployment_id == deployment_id]
    return [*own, *predictions_narrowed(unit, deployment_id, scope)]


def predictions_narrowed(unit: Unit, deployment_id: UUID, scope: Scope) -> Where:
    """Return the conditions on measured predictions that are known to be of the deployment."""
    table = MeasuredPrediction
    of_model = [table.model_version_id == scope.model_id] if scope.model_id else []
    return [*of_model, *_span(table.timestamp, scope), *_named(unit, deployment_id, scope, _ASSET)]


def images_within(unit: Unit, deployment_id: UUID, scope: Scope) -> Where:
    """Return the conditions on measured images."""
    # Images listed by a rare tag are the deployment's; said again, SQLite would read all of its rows to find them.
    own = [] if _is_listed(unit, deployment_id, scope) else [MeasuredImage.deployment_id == deployment_id]
    return [*own, *images_narrowed(unit, deployment_id, scope)]


def images_narrowed(unit: Unit, deployment_id: UUID, scope: Scope) -> Where:
    """Return the conditions on measured images that are known to be of the deployment."""
    table = MeasuredImage
    answered = exists().where(
        MeasuredPrediction.predicted_asset_id == table.predicted_asset_id,
        MeasuredPrediction.model_version_id == scope.model_id,
    )
    of_model = [answered] if scope.model_id else []
    named = _named(unit, deployment_id, scope, table.predicted_asset_id)
    return [*of_model, *_span(table.timestamp, scope), *named]


_ASSET = MeasuredPrediction.predicted_asset_id


def _span(column: InstrumentedAttribute[float], scope: Scope) -> Where:
    begin = [column >= scope.from_timestamp] if scope.from_timestamp is not None else []
    end = [column <= scope.to_timestamp] if scope.to_timestamp is not None else []
    return [*begin, *end]


def _named(unit: Unit, deployment_id: UUID, scope: Scope, column: InstrumentedAttribute[UUID]) -> Where:
    assets = select(PredictedAsset.id).where(PredictedAsset.deployment_id == deployment_id)
    within = [column.in_(assets.where(_any_of(scope.includes)))] if scope.includes else []
    without = [column.not_in(assets.where(_any_of(scope.excludes)))] if scope.excludes else []
    return [*within, *without, *_tagged(unit, deployment_id, scope.tags, column)]


def _any_of(identifiers: Sequence[UUID]) -> ColumnElement[bool]:
    return or_(PredictedAsset.oracle_prediction_id.in_(identifiers), PredictedAsset.id.in_(identifiers))


def is_common(unit: Unit, deployment_id: UUID, names: Sequence[str]) -> bool:
    """Whether so many images carry one of these tags that they are better asked one by one than listed."""
    sent = select(SentTag.predicted_asset_id).where(*_sent(deployment_id, names))
    held = select(TagLink.target_id).where(TagLink.tag_id.in_(_named_tags(names)))
    counts = [
        select(func.count()).select_from(rows.limit(_COMMON).subquery()).scalar_subquery() for rows in (sent, held)
    ]
    return any(count >= _COMMON for count in unit.session.execute(select(*counts)).one())


def _is_listed(unit: Unit, deployment_id: UUID, scope: Scope) -> bool:
    return bool(scope.tags) and not is_common(unit, deployment_id, scope.tags)


def _tagged(unit: Unit, deployment_id: UUID, names: Sequence[str], column: InstrumentedAttribute[UUID]) -> Where:
    """Return whether an asset, its data, or the image as it was sent carries one of these tags."""
    if not names:
        return []
    if not is_common(unit, deployment_id, names):
        return [column.in_(listed(unit, deployment_id, names))]
    held = TagLink.tag_id.in_(_named_tags(names))
    own = select(PredictedAsset.id).where(PredictedAsset.id == column)
    linked = [
        own.join(TagLink, TagLink.target_id == target).where(held)
        for target in (PredictedAsset.id, PredictedAsset.data_id)
    ]
    sent = select(SentTag.predicted_asset_id).where(*_sent(deployment_id, names), SentTag.predicted_asset_id == column)
    return [or_(*(rows.exists() for rows in (sent, *linked)))]


def listed(unit: Unit, deployment_id: UUID, names: Sequence[str]) -> set[UUID]:
    """Return the predicted assets of a deployment that carry one of some rare tags."""
    targets = unit.session.scalars(select(TagLink.target_id).where(TagLink.tag_id.in_(_named_tags(names)))).all()
    found = set(unit.session.scalars(select(SentTag.predicted_asset_id).where(*_sent(deployment_id, names))))
    for column in (PredictedAsset.id, PredictedAsset.data_id):
        # Asked for the deployment, too, SQLite would read all of its rows to find these few.
        rows = select(PredictedAsset.id, PredictedAsset.deployment_id).where(column.in_(targets))
        found.update(asset_id for asset_id, owner_id in unit.session.execute(rows) if owner_id == deployment_id)
    return found


def _sent(deployment_id: UUID, names: Sequence[str]) -> Where:
    return [SentTag.deployment_id == deployment_id, SentTag.name.in_(names)]


def _named_tags(names: Sequence[str]) -> Select[UUID]:
    return select(Tag.id).where(Tag.name.in_(names))
