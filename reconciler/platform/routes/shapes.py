"""Shapes one at a time, each kind under its own name (wire protocol 2.3)."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from fastapi import status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.late import LateRouter
from reconciler.platform.shapes.annotations import ShapeUpdate
from reconciler.platform.shapes.drawn import AnyShape, drawn
from reconciler.platform.store import shapes
from reconciler.platform.store.words import ShapeKind

router = LateRouter(tags=["annotations"])

_NAMES: Final = {
    ShapeKind.CLASSIFICATION: "classification",
    ShapeKind.RECTANGLE: "rectangle",
    ShapeKind.POLYGON: "polygon",
    ShapeKind.LINE: "line",
    ShapeKind.POINT: "point",
    ShapeKind.MASK: "mask",
    ShapeKind.KEYPOINT: "keypoint",
}


def _reader(kind: ShapeKind) -> Callable[..., AnyShape]:
    def read_shape(call: Reading, shape_id: UUID) -> AnyShape:
        with call.read() as unit:
            return drawn(shapes.find(unit, shape_id, kind))

    return read_shape


def _updater(kind: ShapeKind) -> Callable[..., AnyShape]:
    def update_shape(call: Writing, shape_id: UUID, body: ShapeUpdate) -> AnyShape:
        with call.write() as unit:
            shape = shapes.find(unit, shape_id, kind)
            shapes.update(unit, shape, shapes.Change(body.label_id, body.text, body.geometry()))
            return drawn(shape)

    return update_shape


def _deleter(kind: ShapeKind) -> Callable[..., None]:
    def delete_shape(call: Writing, shape_id: UUID) -> None:
        with call.write() as unit:
            shapes.delete(unit, shapes.find(unit, shape_id, kind))

    return delete_shape


for _kind, _name in _NAMES.items():
    _path = f"/{_name}/{{shape_id}}"
    router.add_api_route(_path, _reader(_kind), methods=["GET"], name=f"read_{_name}", summary=f"Read a {_name}.")
    router.add_api_route(
        _path, _updater(_kind), methods=["PATCH"], name=f"update_{_name}", summary=f"Change a {_name}."
    )
    router.add_api_route(
        _path,
        _deleter(_kind),
        methods=["DELETE"],
        name=f"delete_{_name}",
        summary=f"Delete a {_name}.",
        status_code=status.HTTP_204_NO_CONTENT,
    )
