"""Annotations as files that other tools read: COCO, Pascal VOC and YOLO; pure, from pictures to bytes.

Sources: https://cocodataset.org/#format-data, the VOC2012 development kit, https://docs.ultralytics.com/datasets/.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.geometry import area, bounding_box
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.words import AnnotationFile, ShapeKind

# A fixed moment: the same annotations are the same bytes.
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Drawn:
    """One shape, by the name of its label."""

    kind: ShapeKind
    label: str
    geometry: Json
    text: str | None = None
    attributes: Json | None = None


@dataclass(frozen=True)
class Picture:
    """One annotated image: what the file calls it, its size in pixels as far as known, its shapes."""

    name: str
    width: int | None
    height: int | None
    shapes: Sequence[Drawn]
    attributes: Json | None = None


@dataclass(frozen=True)
class Skeleton:
    """The joints of a category: names, and pairs of their numbers from 1."""

    vertices: Sequence[str]
    edges: Sequence[Sequence[int]]


@dataclass(frozen=True)
class Collection:
    """All that a file holds: annotated images, and label names in order, which numbers them from 0."""

    pictures: Sequence[Picture]
    labels: Sequence[str]
    skeletons: Mapping[str, Skeleton]

    @property
    def numbers(self) -> dict[str, int]:
        """The number of each label."""
        return {label: number for number, label in enumerate(self.labels)}


def written(kind: AnnotationFile, collection: Collection) -> bytes:
    """Return a collection as a file of that format: COCO as JSON, the other two as ZIP archives of a file per image.

    Raises:
        Invalid: when the format has no form for the shapes, needs sizes that are not known, or two files of an
            archive would have one name.
    """
    return _WRITERS[kind](collection)


def _coco(collection: Collection) -> bytes:
    numbered = [(number, picture) for number, picture in enumerate(collection.pictures, start=1)]
    shapes = [(number, picture, shape) for number, picture in numbered for shape in picture.shapes]
    numbers = collection.numbers
    document = {
        "info": {},
        "licenses": [],
        "categories": [_category(label, number, collection.skeletons) for label, number in numbers.items()],
        "images": [_image(number, picture) for number, picture in numbered],
        # From 1: COCO's own evaluator takes an id of 0 for no match.
        "annotations": [
            {"id": place, "image_id": number, "category_id": numbers[shape.label], **_coco_shape(picture, shape)}
            for place, (number, picture, shape) in enumerate(shapes, start=1)
        ],
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _category(label: str, number: int, skeletons: Mapping[str, Skeleton]) -> Json:
    found = skeletons.get(label)
    joints: Json = {} if found is None else {"keypoints": list(found.vertices), "skeleton": list(found.edges)}
    return {"id": number, "name": label, **joints}


def _image(number: int, picture: Picture) -> Json:
    size: Json = {"width": picture.width, "height": picture.height}
    return {"id": number, "file_name": picture.name, **size, "attributes": picture.attributes}


def _coco_shape(picture: Picture, shape: Drawn) -> Json:
    box = bounding_box(shape.kind, shape.geometry)
    facts: Json = {"iscrowd": 0, "utf8_string": shape.text, "attributes": shape.attributes}
    facts |= {"bbox": list(box or ()), "area": area(shape.kind, shape.geometry), "segmentation": []}
    if shape.kind is ShapeKind.POLYGON:
        facts["segmentation"] = [_flat(_points(shape, "polygon"))]
    elif shape.kind is ShapeKind.MASK:
        facts["segmentation"] = {"size": [picture.height, picture.width], "counts": shape.geometry["mask"]}
    elif shape.kind is ShapeKind.KEYPOINT:
        joints = _points(shape, "keypoints")
        facts |= {"keypoints": _flat(joints), "num_keypoints": sum(joint[2] != 0 for joint in joints)}
    elif shape.kind in {ShapeKind.LINE, ShapeKind.POINT}:
        raise Invalid(f"COCO files have no form for {shape.kind}.")
    return facts


def _voc(collection: Collection) -> bytes:
    return _archive((_stem(picture.name) + ".xml", _voc_page(picture)) for picture in collection.pictures)


def _voc_page(picture: Picture) -> bytes:
    page = Element("annotation")
    SubElement(page, "filename").text = picture.name
    size = SubElement(page, "size")
    for name, value in (("width", picture.width), ("height", picture.height), ("depth", 3)):
        SubElement(size, name).text = str(value or 0)
    SubElement(page, "segmented").text = str(int(any(shape.kind is ShapeKind.POLYGON for shape in picture.shapes)))
    for shape in picture.shapes:
        _voc_object(SubElement(page, "object"), shape)
    indent(page)
    return b"<?xml version='1.0' encoding='utf-8'?>\n" + tostring(page, encoding="unicode").encode()


def _voc_object(node: Element, shape: Drawn) -> None:
    if shape.kind not in {ShapeKind.CLASSIFICATION, ShapeKind.RECTANGLE, ShapeKind.POLYGON}:
        raise Invalid(f"Pascal VOC files have no form for {shape.kind}.")
    SubElement(node, "name").text = shape.label
    for name in ("truncated", "difficult"):
        SubElement(node, name).text = "0"
    box = bounding_box(shape.kind, shape.geometry)
    if box is not None:
        left, top, width, height = box
        edges = {"xmin": left, "ymin": top, "xmax": left + width, "ymax": top + height}
        _numbered(SubElement(node, "bndbox"), edges)
    if shape.kind is ShapeKind.POLYGON:
        corners = enumerate(_points(shape, "polygon"), start=1)
        named = {f"{axis}{place}": corner["xy".index(axis)] for place, corner in corners for axis in "xy"}
        _numbered(SubElement(node, "polygon"), named)


def _numbered(node: Element, values: Mapping[str, float]) -> None:
    for name, value in values.items():
        SubElement(node, name).text = f"{value:g}" if value % 1 else str(int(value))


def _yolo(collection: Collection) -> bytes:
    numbers = collection.numbers
    pages = [(f"labels/{_stem(picture.name)}.txt", _yolo_page(picture, numbers)) for picture in collection.pictures]
    listed = "".join(f"  {number}: {json.dumps(label)}\n" for label, number in numbers.items())
    return _archive([("data.yaml", f"names:\n{listed}".encode()), *pages])


def _yolo_page(picture: Picture, numbers: Mapping[str, int]) -> bytes:
    if picture.width is None or picture.height is None:
        raise Invalid(f"YOLO files need the size of each image; that of '{picture.name}' is not known.")
    lines = (_yolo_line(shape, picture.width, picture.height) for shape in picture.shapes)
    return "".join(
        f"{numbers[shape.label]}{''.join(f' {value:.6f}' for value in line)}\n"
        for shape, line in zip(picture.shapes, lines, strict=True)
    ).encode()


def _yolo_line(shape: Drawn, width: int, height: int) -> list[float]:
    box = bounding_box(shape.kind, shape.geometry)
    if shape.kind is ShapeKind.POLYGON:
        return [value for x, y in _points(shape, "polygon") for value in (x / width, y / height)]
    if box is None or shape.kind not in {ShapeKind.RECTANGLE, ShapeKind.KEYPOINT}:
        raise Invalid(f"YOLO files have no form for {shape.kind}.")
    left, top, across, down = box
    line = [(left + across / 2) / width, (top + down / 2) / height, across / width, down / height]
    if shape.kind is ShapeKind.KEYPOINT:
        line += [value for x, y, seen in _points(shape, "keypoints") for value in (x / width, y / height, seen)]
    return line


def _points(shape: Drawn, key: str) -> list[list[float]]:
    listed = shape.geometry[key]
    return listed if isinstance(listed, list) else []


def _flat(points: Iterable[Sequence[float]]) -> list[float]:
    return [value for point in points for value in point]


def _stem(name: str) -> str:
    """Return what a file of an archive is called: never a path that leads out of it."""
    leaf = name.replace("\\", "/").rsplit("/", 1)[-1]
    return leaf.rsplit(".", 1)[0] or "image"


def _archive(files: Iterable[tuple[str, bytes]]) -> bytes:
    buffer, names = io.BytesIO(), set[str]()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            if name in names:
                raise Invalid(f"Two images would share the file '{name}': export them by ASSET_ID.")
            names.add(name)
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content)
    return buffer.getvalue()


_WRITERS: Final[Mapping[AnnotationFile, Callable[[Collection], bytes]]] = {
    AnnotationFile.COCO: _coco,
    AnnotationFile.PASCAL_VOC: _voc,
    AnnotationFile.YOLO: _yolo,
}
