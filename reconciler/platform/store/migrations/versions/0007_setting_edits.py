"""Who changed a setting on a page, and when a manifest's owner last said that it manages a deployment."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add what the settings pages tell."""
    op.add_column("deployments", sa.Column("managed_at", _MOMENT))
    deployment = sa.ForeignKey("deployments.id", ondelete="CASCADE")
    op.create_table(
        "setting_edits",
        sa.Column("deployment_id", sa.Uuid(), deployment, primary_key=True),
        sa.Column("field", sa.String(64), primary_key=True),
        sa.Column("actor", sa.String(255), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
    )
