"""What statistics are answered from: features, roll-ups, reference sets and computed aggregates."""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, those that others refer to first."""
