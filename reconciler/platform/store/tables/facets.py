"""What galleries filter predicted assets by, one narrow row for each value, so that a rare one is found at once."""

from uuid import UUID

from sqlalchemy import BigInteger, Double, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from reconciler.platform.store.tables.base import Row
from reconciler.platform.store.words import ModelRole

# Rows are found by their key alone, so SQLite needs no second tree for them.
_KEYED = {"sqlite_with_rowid": False}
_OUTLIERS = text("is_outlier")


class PredictedLabel(Row):
    """The best score that a prediction gave to a class, or, under `facets.ANY_LABEL`, to whichever class.

    There are rows for kept images alone; `moment` is the asset's timestamp in microseconds since 1970.
    """

    __tablename__ = "predicted_labels"
    __table_args__ = (
        # Holds whole rows: a gallery reads nothing else until it knows which images it shows.
        Index(
            "ix_predicted_labels_newest",
            *("deployment_id", "role", "label", "moment", "predicted_asset_id", "score"),
        ),
        _KEYED,
    )

    predicted_asset_id: Mapped[UUID] = mapped_column(
        ForeignKey("predicted_assets.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[ModelRole] = mapped_column(primary_key=True)
    label: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployments.id", ondelete="CASCADE"))
    moment: Mapped[int] = mapped_column(BigInteger)
    score: Mapped[float | None] = mapped_column(Double())


class SentTag(Row):
    """A tag that an image was sent with, kept or not."""

    __tablename__ = "sent_tags"
    __table_args__ = (
        Index("ix_sent_tags_newest", "deployment_id", "name", "moment", "predicted_asset_id"),
        _KEYED,
    )

    predicted_asset_id: Mapped[UUID] = mapped_column(
        ForeignKey("predicted_assets.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(primary_key=True)
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployments.id", ondelete="CASCADE"))
    moment: Mapped[int] = mapped_column(BigInteger)


class OutlierScore(Row):
    """How strange a kept image is to one training-data reference, which `era` names; others' scores do not count."""

    __tablename__ = "outlier_scores"
    __table_args__ = (
        # Few of many are outliers, and galleries ask for just those.
        Index(
            "ix_outlier_scores_outliers",
            *("deployment_id", "era", "moment", "predicted_asset_id"),
            sqlite_where=_OUTLIERS,
            postgresql_where=_OUTLIERS,
        ),
        _KEYED,
    )

    predicted_asset_id: Mapped[UUID] = mapped_column(
        ForeignKey("predicted_assets.id", ondelete="CASCADE"), primary_key=True
    )
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployments.id", ondelete="CASCADE"), index=True)
    era: Mapped[int] = mapped_column(BigInteger)
    moment: Mapped[int] = mapped_column(BigInteger)
    score: Mapped[float] = mapped_column(Double())
    is_outlier: Mapped[bool]
