"""Images with their ground truth, and collections of them: plain values, no arrays, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

InferenceType = Literal["CLASSIFICATION", "OBJECT_DETECTION"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels; `bottom` and `right` are the first row and column outside it."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Shape:
    """One true object: its class name and, unless it stands for the whole image, where it is."""

    label: str
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One PNG image with the truth about it."""

    filename: str
    png: bytes
    width: int
    height: int
    shapes: tuple[Shape, ...]

    @property
    def label(self) -> str:
        """The class of a whole image; ValueError where the image holds anything but one unboxed shape."""
        match self.shapes:
            case (Shape(label=label, box=None),):
                return label
            case _:
                raise ValueError(f"{self.filename} has no single class: it holds {len(self.shapes)} boxed shapes")


@dataclass(frozen=True, slots=True)
class Collection:
    """One dataset's whole supply of images: what each version starts with, and what no version holds.

    `versions` maps a version's name to its images. `stream` are images that occur in no version: what a camera
    would see after the models were trained.
    """

    name: str
    kind: InferenceType
    description: str
    labels: tuple[str, ...]
    versions: Mapping[str, tuple[Sample, ...]]
    stream: tuple[Sample, ...]
