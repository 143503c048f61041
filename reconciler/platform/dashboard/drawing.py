"""Shapes over an image, whoever said them: predictions and reviews become one list of marks, as pages draw them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self
from uuid import UUID

from reconciler.platform.dashboard.clipping import Size
from reconciler.platform.dashboard.outlines import Outline, numbers, outline
from reconciler.platform.shapes import formats
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.words import ShapeKind

_SIDES: Final = 4


@dataclass(frozen=True)
class LabelName:
    """A label of a deployment: what predictions call it by (its position), what reviews do (its id), and its name."""

    position: int | None
    id: str
    name: str


@dataclass(frozen=True)
class Labels:
    """The labels of one deployment."""

    listed: Sequence[LabelName]
    by_position: Mapping[int, LabelName]
    by_id: Mapping[str, LabelName]

    @classmethod
    def listing(cls, listed: Iterable[tuple[int, UUID, str]]) -> Self:
        """Return labels given by position, id and name."""
        made = [(position, LabelName(position, str(identifier), name)) for position, identifier, name in listed]
        return cls([label for _, label in made], dict(made), {label.id: label for _, label in made})

    @classmethod
    def of(cls, deployment: Deployment) -> Self:
        """Return a deployment's labels, by position."""
        return cls.listing((label.position, label.id, label.name) for label in deployment.labels)


@dataclass(frozen=True)
class Mark:
    """One shape on an image, in its pixels.

    Attributes:
        number: its place among those told together, from 1.
        geometry: as reviews keep it: x, y, w, h of a rectangle, `polygon`, `line`, `point`, `keypoints` or `mask`.
        label: of a label that the deployment does not have, the name is its number and the id empty.
        score: what the model gave it; None for a person's.
        text: what the model read there, None where it reads nothing.
        size: width and height of the image.
    """

    number: int
    kind: ShapeKind
    geometry: Json
    label: LabelName
    score: float | None
    text: str | None
    size: Size

    @cached_property
    def outline(self) -> Outline:
        """What is drawn of it; nothing where it lies outside the image. Of many marks only a few are ever drawn."""
        return outline(self.kind, self.geometry, self.size)

    @property
    def is_drawn(self) -> bool:
        """Whether anything of it is to be seen on the image."""
        return self.outline.anchor is not None

    @property
    def where(self) -> str:
        """Where it was told to be, in pixels, in a few words; empty for the class of a whole image."""
        return _WHERE[self.kind](self.geometry)


@dataclass(frozen=True)
class _Told:
    """One entry of a prediction."""

    position: object
    score: object
    text: object
    place: object


def of_prediction(shapes: Json, size: Size, labels: Labels) -> list[Mark]:
    """Return the marks of a prediction as it is kept (wire protocol 3.2), in its order, on an image of that size."""
    name = next((name for name in _GEOMETRY if name in shapes), None)
    return [_predicted(number, told, name, (size, labels)) for number, told in enumerate(_entries(shapes, name), 1)]


def of_review(shapes: Json, size: Size, labels: Labels) -> list[Mark]:
    """Return the marks of a review as it is kept, kind by kind, on an image of that size."""
    entries = [
        (ShapeKind(kind), entry)
        for kind, listed in shapes.items()
        if isinstance(listed, list)
        for entry in listed
        if isinstance(entry, dict)
    ]
    return [_reviewed(number, kind, entry, (size, labels)) for number, (kind, entry) in enumerate(entries, 1)]


def best(marks: Sequence[Mark], position: int | None = None) -> Mark | None:
    """Return the mark of the highest score, of one label if its position is given; None where there is none."""
    fitting = [mark for mark in marks if position is None or mark.label.position == position]
    return max(fitting, key=lambda mark: -1.0 if mark.score is None else mark.score, default=None)


def surest(marks: Sequence[Mark], most: int) -> Sequence[Mark]:
    """Return the `most` marks of the highest scores, in the order they were told."""
    if len(marks) <= most:
        return marks
    ranked = sorted(marks, key=lambda mark: -1.0 if mark.score is None else mark.score, reverse=True)
    return sorted(ranked[:most], key=lambda mark: mark.number)


def _entries(shapes: Json, name: str | None) -> list[_Told]:
    classes, scores = formats.entries(shapes, formats.CLASSES), formats.entries(shapes, formats.SCORES)
    nothing: list[object] = [None] * len(classes)
    texts = formats.entries(shapes, formats.TEXTS) or nothing
    places = nothing if name is None else formats.entries(shapes, name)
    return [_Told(*entry) for entry in zip(classes, scores, texts, places, strict=True)]


def _predicted(number: int, told: _Told, name: str | None, canvas: tuple[Size, Labels]) -> Mark:
    size, labels = canvas
    kind, geometry = _geometry(name, told.place)
    position = told.position if isinstance(told.position, int) else None
    known = labels.by_position.get(position) if position is not None else None
    return Mark(
        number,
        kind,
        geometry,
        label=known or LabelName(position, "", str(told.position)),
        score=float(told.score) if isinstance(told.score, int | float) else None,
        text=told.text if isinstance(told.text, str) else None,
        size=size,
    )


def _reviewed(number: int, kind: ShapeKind, entry: Json, canvas: tuple[Size, Labels]) -> Mark:
    size, labels = canvas
    geometry = {key: entry[key] for key in _KEPT[kind] if key in entry}
    known = labels.by_id.get(str(entry.get("label_id")))
    return Mark(
        number,
        kind,
        geometry,
        label=known or LabelName(None, "", str(entry.get("label", "?"))),
        score=None,
        text=None,
        size=size,
    )


def _geometry(name: str | None, place: object) -> tuple[ShapeKind, Json]:
    """Return one entry of a prediction's geometry as reviews tell it."""
    if name is None:
        return ShapeKind.CLASSIFICATION, {}
    if name == formats.BOXES:
        edges = numbers(place)
        return ShapeKind.RECTANGLE, _rectangle(edges) if len(edges) == _SIDES else {}
    kind = ShapeKind.MASK if isinstance(place, str) else _GEOMETRY[name]
    return kind, {_KEPT[kind][0]: place}


def _rectangle(edges: Sequence[float]) -> Json:
    top, left, bottom, right = edges
    return {"x": left, "y": top, "w": right - left, "h": bottom - top}


def _corner(geometry: Json) -> str:
    x, y, w, h = numbers([geometry.get(side) for side in "xywh"]) or [0.0] * _SIDES
    return f"{x:g}, {y:g} \u00b7 {w:g} \u00d7 {h:g}"


def _position(geometry: Json) -> str:
    return ", ".join(f"{number:g}" for number in numbers(geometry.get("point")))


def _counting(key: str, noun: str) -> Callable[[Json], str]:
    def told(geometry: Json) -> str:
        listed = geometry.get(key)
        return f"{len(listed) if isinstance(listed, list) else 0} {noun}"

    return told


_WHERE: Final[Mapping[ShapeKind, Callable[[Json], str]]] = {
    ShapeKind.CLASSIFICATION: lambda _geometry: "",
    ShapeKind.RECTANGLE: _corner,
    ShapeKind.POLYGON: _counting("polygon", "corners"),
    ShapeKind.LINE: _counting("line", "points"),
    ShapeKind.POINT: _position,
    ShapeKind.KEYPOINT: _counting("keypoints", "joints"),
    ShapeKind.MASK: lambda _geometry: "mask",
}
_GEOMETRY: Final[Mapping[str, ShapeKind]] = {
    formats.BOXES: ShapeKind.RECTANGLE,
    formats.MASKS: ShapeKind.POLYGON,
    formats.LINES: ShapeKind.LINE,
    formats.POINTS: ShapeKind.POINT,
    formats.KEYPOINTS: ShapeKind.KEYPOINT,
}
_KEPT: Final[Mapping[ShapeKind, tuple[str, ...]]] = {
    ShapeKind.CLASSIFICATION: (),
    ShapeKind.RECTANGLE: ("x", "y", "w", "h"),
    ShapeKind.POLYGON: ("polygon",),
    ShapeKind.LINE: ("line",),
    ShapeKind.POINT: ("point",),
    ShapeKind.KEYPOINT: ("keypoints",),
    ShapeKind.MASK: ("mask",),
}
