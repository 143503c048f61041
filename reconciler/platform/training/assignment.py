"""What a trainer is asked for and what it hands back: plain values, so that trainers know neither store nor jobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from pathlib import Path

Kind = Literal["CLASSIFICATION", "OBJECT_DETECTION"]

# Left, top, width and height in pixels.
Box = tuple[float, float, float, float]

# The names under which people attach what a model is trained and measured on.
_TRAIN: Final = ("train", "training")
_TEST: Final = ("test", "holdout", "val", "validation", "eval", "evaluation")
# One image of so many is kept back for measuring where nobody gave images for it.
_KEPT_BACK: Final = 5


class Refused(Exception):
    """A training that cannot be done, for a reason its owner can act on."""


@dataclass(frozen=True)
class Example:
    """One image file, its size in pixels, and the truth: labels, each with a box unless it is of the whole image."""

    path: Path
    filename: str
    width: int
    height: int
    truth: tuple[tuple[str, Box | None], ...]

    @property
    def label(self) -> str | None:
        """The class of a whole image, or None where it is not annotated with one."""
        whole = [label for label, box in self.truth if box is None]
        return whole[0] if len(whole) == 1 else None


Progress = Callable[[int, Mapping[str, float]], None]


def _silent(epoch: int, metrics: Mapping[str, float]) -> None:
    del epoch, metrics


@dataclass(frozen=True)
class Assignment:
    """One training to be done.

    Attributes:
        kind: what the model infers.
        labels: its classes, in the order of its answers.
        parameters: what the experiment was told; a trainer takes what it knows and leaves the rest.
        datasets: images by alias.
        height: of the images as the model takes them, in pixels.
        width: likewise.
        progress: told after each epoch (from 1) what was measured; may raise to end the training.
    """

    kind: Kind
    labels: tuple[str, ...]
    parameters: Mapping[str, object]
    datasets: Mapping[str, Sequence[Example]]
    height: int = 64
    width: int = 64
    progress: Progress = field(default=_silent)

    def parts(self) -> tuple[Sequence[Example], Sequence[Example]]:
        """Return the images to learn from and those to measure on, which never meet.

        One dataset is split; of several, the one called `train` (or else the first by name) teaches, and the one called
        `test` (or `holdout`, `val`, `eval`, or else the next by name) measures.
        """
        train = _chosen(self.datasets, _TRAIN) or min(self.datasets)
        others = {alias: held for alias, held in self.datasets.items() if alias != train and held}
        if not others:
            return _split(self.datasets[train])
        test = _chosen(others, _TEST) or min(others)
        return self.datasets[train], others[test]


@dataclass(frozen=True)
class Found:
    """One box a detector found: its class, score 0..1, and top, left, bottom and right in pixels of its input."""

    label: str
    score: float
    edges: tuple[float, float, float, float]


@dataclass(frozen=True)
class Seen:
    """One image a detector was measured on: what is there, and what it found."""

    truth: Sequence[tuple[str, tuple[float, float, float, float]]]
    found: Sequence[Found]


@dataclass(frozen=True)
class Trained:
    """A trained model.

    Attributes:
        model: its ONNX file.
        declared: what the file says about input and output; empty where the trainer does not know.
        metrics: what was measured, by name.
        algorithm: how it was trained, for people.
        answers: of a detector, what it found on the images it was measured on; somebody else judges them.
    """

    model: bytes
    declared: Mapping[str, object]
    metrics: Mapping[str, float]
    algorithm: str
    answers: Sequence[Seen] = ()


def _chosen(datasets: Mapping[str, Sequence[Example]], names: Sequence[str]) -> str | None:
    folded = {alias.lower(): alias for alias in sorted(datasets, reverse=True)}
    return next((folded[name] for name in names if name in folded), None)


def _split(examples: Sequence[Example]) -> tuple[Sequence[Example], Sequence[Example]]:
    kept = examples[_KEPT_BACK - 1 :: _KEPT_BACK]
    seen = [example for place, example in enumerate(examples) if place % _KEPT_BACK != _KEPT_BACK - 1]
    return seen, kept or examples
