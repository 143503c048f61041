"""Which predicted assets match filters, newest first, found with bounded work however many there are.

A *road* is an index that holds some of the images newest first: those of a class, of a source, all of them. One road is
walked from the cursor on, at most `REACH` rows far, and each row walked is asked whether it matches the other filters;
the road with the fewest images is taken, as far as a bounded count can tell. So a page costs the same with a thousand
predictions and with millions. Where filters are so narrow that a walk ends without a full page, it is told how far it
came, and goes on from there when asked.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, Subquery, func, literal_column, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from reconciler.platform.store import scores, timelines
from reconciler.platform.store.facets import ANY_LABEL, moment_of
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.scopes import Scope, is_common, listed
from reconciler.platform.store.tables.base import EPOCH
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.facets import OutlierScore, PredictedLabel, SentTag
from reconciler.platform.store.tables.predictions import PredictedAsset
from reconciler.platform.store.tables.tags import Tag, TagLink
from reconciler.platform.store.timelines import Figures
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ModelRole, ReviewState, TagTarget

# How many rows of a road one page walks at most; more images than that are not counted one by one either.
REACH: Final = 10_000
# A road is short with fewer images than this.
_SHORT: Final = 2_000
_LARGEST_ID: Final = (1 << 128) - 1

_Column = SQLColumnExpression[Any]
_Conditions = Collection[SQLColumnExpression[bool]]


@dataclass(frozen=True)
class Filters:
    """Which images are wanted; they hold all together, and None or nothing does not narrow.

    Attributes:
        role: whose prediction `label`, `least` and `most` are about; SHADOW selects images that a shadow answered.
        label: a class that was predicted, by its number.
        least: the least best score of the prediction, or of its shapes of that class; itself included.
        most: the greatest, itself included.
        states: how far reviews have come, any of these.
        tag: the name of a tag that the image, its data or its prediction carries.
        source: where the image came from.
        from_timestamp: the earliest moment of inference, in Unix seconds, itself included.
        to_timestamp: the latest, itself included.
        outliers: whether outliers alone are wanted, as the training data that are set now judge them.
    """

    role: ModelRole = ModelRole.CHAMPION
    label: int | None = None
    least: float | None = None
    most: float | None = None
    states: frozenset[ReviewState] = frozenset()
    tag: str | None = None
    source: str | None = None
    from_timestamp: float | None = None
    to_timestamp: float | None = None
    outliers: bool = False

    @property
    def is_about_labels(self) -> bool:
        """Whether they are about what a model predicted."""
        return self.role is ModelRole.SHADOW or (self.label, self.least, self.most) != (None, None, None)

    @property
    def is_plain(self) -> bool:
        """Whether nothing but a role and a span of time narrows them, so that roll-ups can count."""
        asked = (self.label, self.least, self.most, self.tag, self.source)
        return all(each is None for each in asked) and not self.states and not self.outliers


@dataclass(frozen=True, order=True)
class Cursor:
    """Where an image stands among all: its moment in microseconds since 1970, then its id."""

    moment: int
    id: UUID

    def __str__(self) -> str:
        return f"{self.moment}-{self.id.hex}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the cursor that a text names, or raise Invalid."""
        moment, _, identifier = text.rpartition("-")
        try:
            cursor = cls(int(moment), UUID(hex=identifier))
            cursor.timestamp  # noqa: B018  (a moment that no calendar has is no cursor either)
        except (ValueError, OverflowError) as error:
            raise Invalid(f"'{text[:100]}' is not a cursor this platform gave out.") from error
        return cursor

    @property
    def timestamp(self) -> datetime:
        """The moment as a point in time."""
        return EPOCH + timedelta(microseconds=self.moment)

    def moved(self, step: int) -> "Cursor":
        """Return the place just after (1) or just before (-1) this one."""
        return Cursor(self.moment, UUID(int=min(max(self.id.int + step, 0), _LARGEST_ID)))


@dataclass(frozen=True)
class Walk:
    """A way along a road: from a place, exclusive, or the newest image on; towards older ones unless `is_forward`."""

    begin: Cursor | None
    limit: int
    is_forward: bool = False


@dataclass(frozen=True)
class Sifted:
    """What a walk found, in its direction.

    Attributes:
        cursors: the places of matching images.
        beyond: where to go on, None at the end of the road.
        searched_to: how far the walk came, where it ended for its length.
    """

    cursors: Sequence[Cursor]
    beyond: Cursor | None
    searched_to: datetime | None


@dataclass(frozen=True)
class Count:
    """How many images match; there may be more where it is not exact."""

    number: int
    is_exact: bool


@dataclass(frozen=True)
class _Road:
    """An index that holds some images newest first; `covers` names the filters that all of them match."""

    place: InstrumentedAttribute[Any]
    id: InstrumentedAttribute[UUID]
    where: Sequence[ColumnElement[bool]]
    covers: frozenset[str]


def sift(unit: Unit, deployment: Deployment, filters: Filters, walk: Walk) -> Sifted:
    """Return the next images that match filters."""
    road = _chosen(unit, deployment, filters)
    walked = _walked(road, filters, walk)
    rows = walked.subquery("walked")
    # Room for one more tells whether there are more.
    wanted = select(rows.c.place, rows.c.id).where(*_matching(unit, deployment, filters, road, rows))
    if not _is_sqlite(unit):
        # The rows come in this order; SQLite, unlike PostgreSQL, would sort them all over again.
        wanted = wanted.order_by(*_directed(rows.c.place, rows.c.id, walk))
    found = [_cursor(*row) for row in unit.session.execute(wanted.limit(walk.limit + 1))]
    if len(found) > walk.limit:
        shown = found[: walk.limit]
        return Sifted(shown, shown[-1], None)
    last = unit.session.execute(walked.offset(REACH - 1).limit(1)).first()
    end = _cursor(*last) if last is not None else None
    return Sifted(found, end, end.timestamp if end is not None else None)


def count(unit: Unit, deployment: Deployment, filters: Filters) -> Count:
    """Return how many images match: exactly where roll-ups tell it or they are few, else up to a bound."""
    if filters.is_plain and (number := _rolled_up(unit, deployment, filters)) is not None:
        return Count(number, is_exact=True)
    road = _chosen(unit, deployment, filters)
    rows = _walked(road, filters, Walk(None, 0)).limit(REACH + 1).subquery("walked")
    matching = select(rows.c.id).where(*_matching(unit, deployment, filters, road, rows)).subquery()
    number = unit.session.scalar(select(func.count()).select_from(matching)) or 0
    whole = unit.session.scalar(select(func.count()).select_from(rows)) or 0
    return Count(min(number, REACH), is_exact=whole <= REACH)


def _rolled_up(unit: Unit, deployment: Deployment, filters: Filters) -> int | None:
    """Return the count that roll-ups tell, None where they count what is not shown: images that were not kept."""
    lost = select(PredictedAsset.id).where(
        PredictedAsset.deployment_id == deployment.id, PredictedAsset.data_id.is_(None)
    )
    if unit.session.scalar(select(lost.exists())):
        return None
    scope = Scope(from_timestamp=filters.from_timestamp, to_timestamp=filters.to_timestamp)
    figures = timelines.figures(unit, deployment.id, scope)
    return None if figures is None else figures.get(filters.role, Figures()).predictions


def _chosen(unit: Unit, deployment: Deployment, filters: Filters) -> _Road:
    """Return the road to walk: the shortest that leads to all images wanted."""
    tagged = _tagged(unit, deployment, filters)
    roads = [*tagged, *_roads(unit, deployment, filters)]
    if len(roads) < 2 or tagged:
        return roads[0]
    lengths = [_length(unit, road, filters) for road in roads[:-1]]
    return roads[lengths.index(min(lengths))]


def _roads(unit: Unit, deployment: Deployment, filters: Filters) -> list[_Road]:
    """Return every road that leads to all images wanted; the last, which holds all images, is the longest."""
    table, own = PredictedAsset, PredictedAsset.deployment_id == deployment.id
    found: list[_Road] = []
    if filters.outliers:
        era = _era(unit, deployment)
        outlying: Sequence[ColumnElement[bool]] = (
            OutlierScore.deployment_id == deployment.id,
            OutlierScore.era == era,
            # Word for word as the partial index says it, or SQLite would not use that.
            literal_column("outlier_scores.is_outlier"),
        )
        found.append(_Road(OutlierScore.moment, OutlierScore.predicted_asset_id, outlying, frozenset({"outliers"})))
    if filters.is_about_labels:
        labelled = (PredictedLabel.deployment_id == deployment.id, *_labelled(filters))
        covers = frozenset({"labels"} if (filters.least, filters.most) == (None, None) else ())
        found.append(_Road(PredictedLabel.moment, PredictedLabel.predicted_asset_id, labelled, covers))
    if filters.source is not None:
        found.append(_Road(table.timestamp, table.id, (own, table.source == filters.source), frozenset({"source"})))
    if len(filters.states) == 1:
        [state] = filters.states
        found.append(_Road(table.timestamp, table.id, (own, table.state == state), frozenset({"states"})))
    return [*found, _Road(table.timestamp, table.id, (own,), frozenset())]


def _labelled(filters: Filters) -> Sequence[ColumnElement[bool]]:
    label = ANY_LABEL if filters.label is None else filters.label
    return (PredictedLabel.role == filters.role, PredictedLabel.label == label)


def _tagged(unit: Unit, deployment: Deployment, filters: Filters) -> list[_Road]:
    """Return the road to the images that carry a rare tag, if it is one: they are named one by one."""
    if filters.tag is None:
        return []
    if is_common(unit, deployment.id, [filters.tag]):
        return []
    found = listed(unit, deployment.id, [filters.tag])
    table = PredictedAsset
    return [_Road(table.timestamp, table.id, (table.id.in_(found),), frozenset({"tag"}))]


def _tag_ids(name: str) -> Select[UUID]:
    kinds = (TagTarget.DATA, TagTarget.PREDICTED_ASSET)
    return select(Tag.id).where(Tag.name == name, Tag.target_type.in_(kinds))


def _length(unit: Unit, road: _Road, filters: Filters) -> int:
    rows = select(road.id).where(*road.where, *_within(road, filters)).limit(_SHORT).subquery()
    return unit.session.scalar(select(func.count()).select_from(rows)) or 0


def _walked(road: _Road, filters: Filters, walk: Walk) -> Select[Any, UUID]:
    """Return the part of a road that a walk may use, in its direction."""
    rows = select(road.place.label("place"), road.id.label("id")).where(*road.where, *_within(road, filters))
    if walk.begin is not None:
        place, begin = tuple_(road.place, road.id), tuple_(_as(road, walk.begin), walk.begin.id)
        rows = rows.where(place > begin if walk.is_forward else place < begin)
    return rows.order_by(*_directed(road.place, road.id, walk)).limit(REACH)


def _directed(place: _Column, identifier: _Column, walk: Walk) -> list[ColumnElement[Any]]:
    columns = (place, identifier)
    return [column.asc() if walk.is_forward else column.desc() for column in columns]


def _within(road: _Road, filters: Filters) -> list[ColumnElement[bool]]:
    begin, end = filters.from_timestamp, filters.to_timestamp
    return [
        *([road.place >= _as(road, _at(begin))] if begin is not None else []),
        *([road.place <= _as(road, _at(end))] if end is not None else []),
    ]


def _at(seconds: float) -> Cursor:
    moment = datetime.fromtimestamp(seconds, UTC)
    return Cursor(moment_of(moment), UUID(int=0))


def _as(road: _Road, cursor: Cursor) -> datetime | int:
    """Return a place in the road's own measure of time."""
    return cursor.timestamp if road.place is PredictedAsset.timestamp else cursor.moment


def _cursor(place: datetime | int, identifier: UUID) -> Cursor:
    return Cursor(place if isinstance(place, int) else moment_of(place), identifier)


def _matching(
    unit: Unit, deployment: Deployment, filters: Filters, road: _Road, rows: Subquery
) -> list[ColumnElement[bool]]:
    """Return what each row walked is asked: all that the road leaves open.

    Each is a count of its own: databases turn other forms into joins, which read whole tables first.
    """
    asset, found = PredictedAsset, [_asked(_asset(filters, road), PredictedAsset.id == rows.c.id)]
    if filters.is_about_labels and "labels" not in road.covers:
        label = PredictedLabel
        scored = [label.score >= filters.least] if filters.least is not None else []
        scored += [label.score <= filters.most] if filters.most is not None else []
        found.append(_asked([*_labelled(filters), *scored], label.predicted_asset_id == rows.c.id))
    if filters.outliers and "outliers" not in road.covers:
        strange = [OutlierScore.era == _era(unit, deployment), OutlierScore.is_outlier.expression]
        found.append(_asked(strange, OutlierScore.predicted_asset_id == rows.c.id))
    if filters.tag is not None and "tag" not in road.covers:
        datum = select(asset.data_id).where(asset.id == rows.c.id).correlate(rows).scalar_subquery()
        link = TagLink.tag_id.in_(_tag_ids(filters.tag))
        sent = _asked([SentTag.name == filters.tag], SentTag.predicted_asset_id == rows.c.id)
        found.append(
            or_(sent, _asked([link], TagLink.target_id == rows.c.id), _asked([link], TagLink.target_id == datum))
        )
    return found


def _asset(filters: Filters, road: _Road) -> list[ColumnElement[bool]]:
    table = PredictedAsset
    states = [table.state.in_(filters.states)] if filters.states and "states" not in road.covers else []
    source = [table.source == filters.source] if filters.source is not None and "source" not in road.covers else []
    return [table.data_id.is_not(None), *states, *source]


def _asked(conditions: _Conditions, link: SQLColumnExpression[bool]) -> ColumnElement[bool]:
    return select(func.count()).where(link, *conditions).scalar_subquery() > 0


def _era(unit: Unit, deployment: Deployment) -> int:
    """Return which outlier scores count; without a reference, none does."""
    judge = scores.judge_of(unit, deployment.id)
    return -1 if judge is None else judge.era


def _is_sqlite(unit: Unit) -> bool:
    return unit.session.get_bind().dialect.name == "sqlite"
