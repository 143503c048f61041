"""References are measured in another way: those that were computed before are asked for again, as jobs."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from reconciler.platform.store.identifiers import new_id

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def _columns(**types: sa.types.TypeEngine[Any]) -> list[sa.ColumnClause[Any]]:
    return [sa.column(name, kind) for name, kind in types.items()]


_TRAINING_DATA = sa.table(
    "training_data",
    *_columns(deployment_id=sa.Uuid(), status=sa.String(), summary=_JSON, error=sa.Text(), attempt=sa.Integer()),
)
_DEPLOYMENTS = sa.table("deployments", *_columns(id=sa.Uuid(), organization_id=sa.Uuid()))
_JOBS = sa.table(
    "jobs",
    *_columns(
        id=sa.Uuid(),
        created_at=_MOMENT,
        organization_id=sa.Uuid(),
        generation=sa.Integer(),
        kind=sa.String(),
        status=sa.String(),
        payload=_JSON,
    ),
)


def upgrade() -> None:
    """Let what was computed wait for its computation."""
    rows = (
        sa.select(_TRAINING_DATA.c.deployment_id, _TRAINING_DATA.c.attempt, _DEPLOYMENTS.c.organization_id)
        .join(_DEPLOYMENTS, _DEPLOYMENTS.c.id == _TRAINING_DATA.c.deployment_id)
        .where(_TRAINING_DATA.c.status == "SUCCESS")
    )
    for row in op.get_bind().execute(rows).all():
        mine = _TRAINING_DATA.c.deployment_id == row.deployment_id
        waiting = {"status": "PENDING", "summary": None, "error": None, "attempt": row.attempt + 1}
        op.get_bind().execute(_TRAINING_DATA.update().where(mine).values(waiting))
        job = {
            "id": new_id(),
            "created_at": datetime.now(UTC),
            "organization_id": row.organization_id,
            "generation": 2,
            "kind": "training-data",
            "status": "PENDING",
            "payload": {"deployment_id": str(row.deployment_id), "attempt": row.attempt + 1},
        }
        op.get_bind().execute(_JOBS.insert().values(job))
