"""The annotations of a whole dataset version: listed, loaded, imported, deleted, counted (wire protocol 2.3)."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Body, Query, Request, status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.envelope import Items
from reconciler.platform.late import LateRouter
from reconciler.platform.links import Link, sign
from reconciler.platform.routes.objects import origin
from reconciler.platform.routes.queries import Paging, shaped
from reconciler.platform.shapes.annotations import (
    MOST_SHAPES,
    AnnotationChoice,
    AnnotationExport,
    AnnotationImport,
    ExportedFile,
    ExtendedAsset,
    PlacedAnnotation,
    VersionStats,
    extended,
    whole,
)
from reconciler.platform.shapes.data import DataShape
from reconciler.platform.store import annotation_imports, annotations, exports, finding
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.tables.annotations import Annotation
from reconciler.platform.store.tables.datasets import Asset, DatasetVersion
from reconciler.platform.store.words import AnnotationStatus

router = LateRouter(tags=["annotations"])

Assets = Annotated[Sequence[UUID] | None, Query(max_length=MOST_SHAPES)]


@router.get("/dataset/version/{version_id}/annotations")
def list_version_annotations(
    call: Reading,
    version_id: UUID,
    page: Paging,
    status: AnnotationStatus | None = None,
) -> Items[PlacedAnnotation]:
    """List a version's annotations."""
    with call.read() as unit:
        version = unit.find(DatasetVersion, version_id)
        return shaped(annotations.list_page(unit, version, page, status=status), PlacedAnnotation)


@router.get("/dataset/version/{version_id}/annotations/ids")
def list_annotation_ids(
    call: Reading,
    version_id: UUID,
    status: AnnotationStatus | None = None,
    asset_ids: Assets = None,
) -> list[UUID]:
    """List the ids of all of a version's annotations, newest first."""
    with call.read() as unit:
        version = unit.find(DatasetVersion, version_id)
        return annotations.ids(unit, version, status=status, asset_ids=asset_ids)


# OpenAPI has no word for the client's own verb XGET; the description of the document tells of it.
@router.api_route("/dataset/version/{version_id}/annotations", methods=["XGET"], include_in_schema=False)
def load_annotations(
    call: Reading, version_id: UUID, annotation_ids: Annotated[list[UUID], Body(max_length=MOST_SHAPES)]
) -> list[dict[str, object]]:
    """Return annotations with their shapes, newest first."""
    with call.read() as unit:
        version = unit.find(DatasetVersion, version_id)
        return [whole(row) for row in annotations.load(unit, version, annotation_ids)]


@router.delete("/dataset/version/{version_id}/annotations", status_code=status.HTTP_204_NO_CONTENT)
def delete_version_annotations(call: Writing, version_id: UUID, body: AnnotationChoice) -> None:
    """Delete annotations; those that are not there are left alone."""
    with call.write() as unit:
        version = unit.find(DatasetVersion, version_id)
        annotations.delete_many(unit, version, asset_ids=body.assets(), annotation_ids=body.annotation_ids)


@router.post("/dataset/version/{version_id}/bulk-annotations")
def import_annotations(call: Writing, version_id: UUID, body: AnnotationImport) -> dict[UUID, int]:
    """Annotate many assets; the answer tells how many shapes each annotation was given."""
    with call.write() as unit:
        version = unit.find(DatasetVersion, version_id)
        sheets = [item.sheet(body.status) for item in body.annotations]
        return annotation_imports.run(unit, version, sheets, body.import_type)


@router.post("/dataset/version/{version_id}/annotations/export", status_code=status.HTTP_201_CREATED)
def export_annotations(call: Writing, request: Request, version_id: UUID, body: AnnotationExport) -> ExportedFile:
    """Write the newest annotation of each asset into a file: COCO as JSON, Pascal VOC and YOLO as ZIP archives."""
    if body.export_video:
        raise Invalid("Annotations of videos cannot be exported: this platform annotates images.")
    wish = exports.Wish(body.type, body.export_key, body.asset_ids, body.status)
    with call.read() as unit:
        file = exports.content(unit, unit.find(DatasetVersion, version_id), wish)
    with call.write() as unit:
        stored = exports.keep(unit, unit.find(DatasetVersion, version_id), wish, file)
        link = Link("get", stored.connector_id, stored.object_name)
    return ExportedFile(object_name=link.object_name, presigned_url=sign(call.context, origin(call, request), link))


@router.get("/dataset/version/{version_id}/assets/extended")
def list_extended_assets(call: Reading, version_id: UUID, page: Paging) -> Items[ExtendedAsset]:
    """List a version's assets with their annotations."""
    with call.read() as unit:
        version = unit.find(DatasetVersion, version_id)
        found = finding.list_assets(unit, version, finding.Wanted(), page)
        held = annotations.on_assets(unit, version, [asset.id for asset in found.items])
        items = [_extended(asset, held[asset.id]) for asset in found.items]
        return Items(items=items, count=found.count)


@router.get("/dataset/version/{version_id}/stats")
def count_annotations(call: Reading, version_id: UUID) -> VersionStats:
    """Count a version's annotations, and their shapes by label."""
    with call.read() as unit:
        return VersionStats.model_validate(annotations.stats(unit, unit.find(DatasetVersion, version_id)))


def _extended(asset: Asset, held: Sequence[Annotation]) -> ExtendedAsset:
    data = DataShape.model_validate(asset.data)
    return ExtendedAsset.model_construct(id=asset.id, data=data, annotations=extended(held))
