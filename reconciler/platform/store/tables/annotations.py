"""What people say is on assets: annotations and their shapes, and what labels are made of.

DatasetVersion 1 ── n LabelGroup
Label          1 ── 0..1 Skeleton
Asset          1 ── n Annotation (the newest counts) 1 ── n AnnotatedShape ── 1 Label
"""

from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reconciler.platform.store.tables.base import Json, Named, Owned, Prose, Row
from reconciler.platform.store.tables.datasets import Asset, DatasetVersion, Label
from reconciler.platform.store.words import AnnotationStatus, ShapeKind


class LabelGroup(Named, Row):
    """A heading over labels of one dataset version, possibly below another."""

    __tablename__ = "label_groups"
    __table_args__ = (UniqueConstraint("dataset_version_id", "name"),)
    noun = "label group"

    dataset_version_id: Mapped[UUID] = mapped_column(ForeignKey("dataset_versions.id", ondelete="CASCADE"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("label_groups.id", ondelete="SET NULL"), index=True)


class Skeleton(Row):
    """The named joints of a label's keypoints; `edges` holds, under its one key, pairs of joint numbers from 1."""

    __tablename__ = "skeletons"

    label_id: Mapped[UUID] = mapped_column(ForeignKey("labels.id", ondelete="CASCADE"), primary_key=True)
    vertices: Mapped[list[str]]
    edges: Mapped[Json]


class Annotation(Owned, Row):
    """The shapes one person, or one import, put on one asset."""

    __tablename__ = "annotations"
    noun = "annotation"

    dataset_version_id: Mapped[UUID] = mapped_column(ForeignKey("dataset_versions.id"), index=True)
    asset_id: Mapped[UUID] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), index=True)
    # Seconds it took.
    duration: Mapped[float] = mapped_column(default=0.0)
    status: Mapped[AnnotationStatus] = mapped_column(default=AnnotationStatus.PENDING)
    attributes: Mapped[Json | None]
    asset: Mapped[Asset] = relationship()
    version: Mapped[DatasetVersion] = relationship()
    shapes: Mapped[list["AnnotatedShape"]] = relationship(
        order_by="AnnotatedShape.id", cascade="all, delete-orphan", passive_deletes=True, back_populates="annotation"
    )


class AnnotatedShape(Owned, Row):
    """One labelled shape.

    `geometry` holds what its kind adds on the wire, in pixels: `x`, `y`, `w`, `h`; `polygon`, `line` or `point`;
    `mask` (COCO's compressed run lengths) with `area` and `bbox`; `keypoints`; nothing for a classification.
    """

    __tablename__ = "annotated_shapes"
    noun = "shape"

    annotation_id: Mapped[UUID] = mapped_column(ForeignKey("annotations.id", ondelete="CASCADE"), index=True)
    label_id: Mapped[UUID] = mapped_column(ForeignKey("labels.id"), index=True)
    kind: Mapped[ShapeKind]
    geometry: Mapped[Json]
    text: Mapped[Prose | None]
    attributes: Mapped[Json | None]
    annotation: Mapped[Annotation] = relationship(back_populates="shapes")
    label: Mapped[Label] = relationship()
