"""What galleries filter by: best scores by class, sent tags, outlier scores; and indexes that lists are read from.

What was predicted before is indexed here, in batches; outlier scores of it are asked for as jobs.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from reconciler.platform.store.identifiers import new_id

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NAME = sa.String(255)
_WORD = sa.String(32)
_MOMENT = sa.DateTime(timezone=True)
_JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ANY_LABEL = -(2**40)
_BATCH = 5000


def _columns(**types: sa.types.TypeEngine[Any]) -> list[sa.ColumnClause[Any]]:
    return [sa.column(name, kind) for name, kind in types.items()]


_ASSETS = sa.table(
    "predicted_assets",
    *_columns(id=sa.Uuid(), deployment_id=sa.Uuid(), data_id=sa.Uuid(), timestamp=_MOMENT, data_tags=_JSON),
)
_PREDICTIONS = sa.table(
    "predictions", *_columns(id=sa.Uuid(), predicted_asset_id=sa.Uuid(), role=sa.String(), shapes=_JSON)
)
_DEPLOYMENTS = sa.table("deployments", *_columns(id=sa.Uuid(), organization_id=sa.Uuid(), type=sa.String()))
_TRAINING_DATA = sa.table("training_data", *_columns(deployment_id=sa.Uuid(), status=sa.String()))
_JOBS = sa.table(
    "jobs",
    *_columns(id=sa.Uuid(), created_at=_MOMENT, organization_id=sa.Uuid(), generation=sa.Integer()),
    *_columns(kind=sa.String(), status=sa.String(), payload=_JSON),
)


def upgrade() -> None:
    """Create the tables and indexes, and fill them from what is there."""
    labels, tags = _predicted_labels(), _sent_tags()
    _outlier_scores()
    _fill_labels(labels)
    _fill_tags(tags)
    # Made once they are full, indexes are made in one go.
    newest = ["moment", "predicted_asset_id"]
    op.create_index(
        "ix_predicted_labels_newest", "predicted_labels", ["deployment_id", "role", "label", *newest, "score"]
    )
    op.create_index("ix_sent_tags_newest", "sent_tags", ["deployment_id", "name", *newest])
    _lists()
    _ask_for_scores()


def _key(column: str, parent: str) -> sa.Column[Any]:
    return sa.Column(column, sa.Uuid(), sa.ForeignKey(parent, ondelete="CASCADE"), nullable=False, primary_key=True)


def _place() -> list[sa.Column[Any]]:
    owner = sa.ForeignKey("deployments.id", ondelete="CASCADE")
    return [
        sa.Column("deployment_id", sa.Uuid(), owner, nullable=False),
        sa.Column("moment", sa.BigInteger(), nullable=False),
    ]


def _predicted_labels() -> sa.Table:
    return op.create_table(
        "predicted_labels",
        _key("predicted_asset_id", "predicted_assets.id"),
        sa.Column("role", _WORD, primary_key=True),
        sa.Column("label", sa.BigInteger(), primary_key=True, autoincrement=False),
        *_place(),
        sa.Column("score", sa.Double()),
        sqlite_with_rowid=False,
    )


def _sent_tags() -> sa.Table:
    return op.create_table(
        "sent_tags",
        _key("predicted_asset_id", "predicted_assets.id"),
        sa.Column("name", _NAME, primary_key=True),
        *_place(),
        sqlite_with_rowid=False,
    )


def _outlier_scores() -> None:
    op.create_table(
        "outlier_scores",
        _key("predicted_asset_id", "predicted_assets.id"),
        *_place(),
        sa.Column("era", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("is_outlier", sa.Boolean(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_outlier_scores_deployment_id", "outlier_scores", ["deployment_id"])
    op.create_index(
        "ix_outlier_scores_outliers",
        "outlier_scores",
        ["deployment_id", "era", "moment", "predicted_asset_id"],
        sqlite_where=sa.text("is_outlier"),
        postgresql_where=sa.text("is_outlier"),
    )


def _lists() -> None:
    for column in ("timestamp", "state"):
        op.drop_index(f"ix_predicted_assets_deployment_id_{column}", "predicted_assets")
    for name, narrowed in (("", []), ("_of_state", ["state"]), ("_of_source", ["source"])):
        columns = ["deployment_id", *narrowed, "timestamp", "id"]
        op.create_index(f"ix_predicted_assets_newest{name}", "predicted_assets", columns)
    figures = ["predictions", "objects", "latency_sum", "latency_least", "latency_most"]
    key = ["deployment_id", "role", "hour", "model_version_id"]
    op.create_index("ix_hourly_rollups_figures", "hourly_rollups", [*key, *figures])


def _fill_labels(table: sa.Table) -> None:
    rows = (
        sa.select(_PREDICTIONS, _ASSETS.c.deployment_id, _ASSETS.c.timestamp, _DEPLOYMENTS.c.type)
        .join_from(_PREDICTIONS, _ASSETS, _ASSETS.c.id == _PREDICTIONS.c.predicted_asset_id)
        .join(_DEPLOYMENTS, _DEPLOYMENTS.c.id == _ASSETS.c.deployment_id)
        .where(_ASSETS.c.data_id.is_not(None))
    )
    for batch in _batches(rows, _PREDICTIONS.c.id):
        found = [
            {**_placed(row, row.predicted_asset_id), "role": row.role, "label": label, "score": score}
            for row in batch
            for label, score in _best_scores(row.type, row.shapes).items()
        ]
        op.bulk_insert(table, found)


def _fill_tags(table: sa.Table) -> None:
    for batch in _batches(sa.select(_ASSETS), _ASSETS.c.id):
        found = [{**_placed(row, row.id), "name": name} for row in batch for name in dict.fromkeys(row.data_tags)]
        op.bulk_insert(table, found)


def _batches(rows: sa.Select[Any], key: sa.ColumnClause[Any]) -> Iterator[Any]:
    wanted = rows.order_by(key).limit(_BATCH)
    while batch := op.get_bind().execute(wanted).all():
        yield batch
        wanted = rows.where(key > batch[-1].id).order_by(key).limit(_BATCH)


def _placed(row: sa.Row[Any], asset_id: object) -> dict[str, object]:
    moment = row.timestamp if row.timestamp.tzinfo is not None else row.timestamp.replace(tzinfo=UTC)
    return {
        "predicted_asset_id": asset_id,
        "deployment_id": row.deployment_id,
        "moment": (moment - _EPOCH) // timedelta(microseconds=1),
    }


def _best_scores(kind: str, shapes: dict[str, Any]) -> dict[int, float | None]:
    labels, scores = shapes.get("detection_classes") or [], shapes.get("detection_scores") or []
    scored = list(zip(labels, [*scores, *[None] * len(labels)], strict=False))
    if kind == "CLASSIFICATION" and scored:
        scored = [max(scored, key=lambda each: each[1] or 0.0)]
    found: dict[int, float | None] = {_ANY_LABEL: None}
    for label, score in scored:
        for key in (label, _ANY_LABEL):
            found[key] = max((each for each in (found.get(key), score) if each is not None), default=None)
    return found


def _ask_for_scores() -> None:
    computed = sa.select(_TRAINING_DATA.c.deployment_id).where(_TRAINING_DATA.c.status == "SUCCESS")
    rows = sa.select(_DEPLOYMENTS).where(_DEPLOYMENTS.c.id.in_(computed))
    for deployment in op.get_bind().execute(rows).all():
        job = {
            "id": new_id(),
            "created_at": datetime.now(UTC),
            "organization_id": deployment.organization_id,
            "generation": 2,
            "kind": "outlier-scores",
            "status": "PENDING",
            "payload": {"deployment_id": str(deployment.id)},
        }
        op.get_bind().execute(_JOBS.insert().values(job))
