"""Turning wished shapes into rows: labels of the same dataset version, kinds that it holds, sane geometry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from sqlalchemy import select

from reconciler.platform.store import datasets
from reconciler.platform.store.faults import NotFound
from reconciler.platform.store.geometry import NewShape, Size, completed
from reconciler.platform.store.kinds import HELD, require_held
from reconciler.platform.store.tables.annotations import AnnotatedShape, Skeleton
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.data import Data
from reconciler.platform.store.tables.datasets import Asset, DatasetVersion, Label
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ShapeKind


@dataclass(frozen=True)
class Easel:
    """What shapes of one dataset version are drawn with: its labels by id, and the joints of those with a skeleton."""

    version: DatasetVersion
    labels: Mapping[UUID, Label]
    joints: Mapping[UUID, int]

    @classmethod
    def of(cls, unit: Unit, version: DatasetVersion) -> Self:
        """Return a version's easel, good for any number of shapes."""
        labels = {label.id: label for label in datasets.labels(unit, version)}
        joints: dict[UUID, int] = {}
        if ShapeKind.KEYPOINT in HELD[version.type]:
            rows = select(Skeleton).join(Label, Label.id == Skeleton.label_id)
            held = unit.session.scalars(rows.where(Label.dataset_version_id == version.id))
            joints = {skeleton.label_id: len(skeleton.vertices) for skeleton in held}
        return cls(version, labels, joints)

    def draw(self, asset: Asset, shapes: Sequence[NewShape]) -> list[AnnotatedShape]:
        """Return the rows of shapes on an asset, in their order.

        Raises:
            Invalid: for a shape that is not sane, or of a kind that the version does not hold.
            NotFound: for labels of another version.
        """
        self.require_labels(shapes)
        return [self._row(asset, shape) for shape in shapes]

    def geometry(self, asset: Asset, shape: NewShape) -> Json:
        """Return one shape's complete geometry on an asset; raises as `draw`."""
        self.require_labels([shape])
        require_held(self.version, shape.kind)
        joints = self.joints.get(shape.label_id)
        return completed(shape.kind, shape.geometry, size=size_of(asset.data), joints=joints)

    def require_labels(self, shapes: Sequence[NewShape]) -> None:
        """Raise NotFound unless every label is one of the version's."""
        if unknown := sorted({str(shape.label_id) for shape in shapes if shape.label_id not in self.labels}):
            raise NotFound(f"Some labels are not of the version '{self.version.version}'.", unknown)

    def _row(self, asset: Asset, shape: NewShape) -> AnnotatedShape:
        return AnnotatedShape(
            organization_id=self.version.organization_id,
            label_id=shape.label_id,
            label=self.labels[shape.label_id],
            kind=shape.kind,
            geometry=self.geometry(asset, shape),
            text=shape.text,
            attributes=shape.attributes,
        )


def size_of(data: Data) -> Size | None:
    """Return an image's width and height in pixels, once known."""
    return None if data.width is None or data.height is None else (data.width, data.height)
