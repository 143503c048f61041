"""The demo's images: digits that no dataset holds, and the holdout that a model is measured on."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

_SEED: Final = 2026


@dataclass(frozen=True, slots=True)
class Picture:
    """One image with the truth about it.

    Attributes:
        filename: What the file is called.
        png: The file.
        truth: Name of the class it shows.
    """

    filename: str
    png: bytes
    truth: str


def unseen() -> list[Picture]:
    """Return the digits that are in no dataset version, always in the same order: as if all writers took turns."""
    from reconciler.platform.seed.stream import of_digits

    pictures = [Picture(*each) for each in of_digits()]
    Random(_SEED).shuffle(pictures)  # noqa: S311  (a fair mix, no secret)
    return pictures


@dataclass(frozen=True, slots=True)
class Measured:
    """How a model did: how many answers were right, of how many."""

    right: int
    images: int

    @property
    def accuracy(self) -> float:
        """The share of right answers, 0..1."""
        return self.right / self.images


def on_holdout(onnx: bytes) -> Measured:
    """Run a classifier of digits on the holdout, here and now; its likeliest class counts, however unlikely."""
    from reconciler.platform.seed import classifiers, digits

    images = digits.collect().versions["holdout"]
    return Measured(round(classifiers.measure(onnx, images)["accuracy"] * len(images)), len(images))
