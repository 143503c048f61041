"""One image of the gallery: what was said of it, ready to be drawn small."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from reconciler.platform.dashboard import drawing
from reconciler.platform.dashboard.drawing import Labels, Mark
from reconciler.platform.dashboard.pages.predictions.filters import BOTH, STATES, Asked
from reconciler.platform.dashboard.words import plural
from reconciler.platform.store.gallery import Answer, Tile
from reconciler.platform.store.words import ReviewState, ShapeKind

# More shapes on a picture of a hand's width nobody tells apart.
MOST_DRAWN = 50
_TOLD = 3
# Width over height.
_WIDE = 1.15


@dataclass(frozen=True)
class Said:
    """What one model said of an image.

    Attributes:
        role: `champion` or `shadow`.
        lines, dots: SVG path data of the surest of its shapes, all in one: pages of many images stay small.
        is_open: whether the lines are no outlines of areas.
        best: the shape of the highest score; of the label that is filtered by, where one is.
        count: how many shapes it answered.
        names: its surest shapes, in words.
    """

    role: str
    lines: str
    dots: str
    is_open: bool
    best: Mark | None
    count: int
    names: Sequence[str]

    @property
    def text(self) -> str:
        """What it comes to, in a few words."""
        if self.best is None:
            return "nothing found"
        name = named(self.best)
        return name if self.count == 1 else f"{name} and {self.count - 1} more"


@dataclass(frozen=True)
class Shown:
    """One image of the gallery."""

    id: UUID
    name: str
    address: str
    thumbnail: str
    size: tuple[int, int]
    said: Sequence[Said]
    state: ReviewState
    state_name: str
    is_outlier: bool
    timestamp: datetime
    alt: str
    is_selected: bool


@dataclass(frozen=True)
class Hand:
    """What all images of one page share: where they lead, what is asked for, which are selected."""

    home: str
    asked: Asked
    labels: Labels
    selected: frozenset[UUID]
    selects_all: bool = False


def shown(tile: Tile, hand: Hand) -> Shown:
    """Return an image as the gallery shows it."""
    said = [_said(role, answer, tile, hand) for role, answer in _answers(tile, hand.asked.role)]
    return Shown(
        id=tile.id,
        name=tile.filename,
        address=f"{hand.home}/predictions/{tile.id}{hand.asked.query}",
        thumbnail=f"{hand.home}/thumbnails/{tile.id}",
        size=(tile.width, tile.height),
        said=said,
        state=tile.state,
        state_name=STATES[tile.state],
        is_outlier=bool(tile.is_outlier),
        timestamp=tile.timestamp,
        alt=f"{tile.filename}: " + ("; ".join(_told(each) for each in said) or "no prediction"),
        is_selected=hand.selects_all or tile.id in hand.selected,
    )


def named(mark: Mark) -> str:
    """Return a mark's label, with its score where a model gave one."""
    return mark.label.name if mark.score is None else f"{mark.label.name} {mark.score:.2f}"


def is_square(tiles: Sequence[Shown]) -> bool:
    """Tell whether most images are about as high as wide, or higher: then so are their frames."""
    ratios = sorted(tile.size[0] / tile.size[1] for tile in tiles)
    return bool(ratios) and ratios[len(ratios) // 2] < _WIDE


def _answers(tile: Tile, wanted: str) -> list[tuple[str, Answer]]:
    held = [("champion", tile.champion), ("shadow", tile.shadow)]
    return [(role, answer) for role, answer in held if answer is not None and wanted in (role, BOTH)]


def _said(role: str, answer: Answer, tile: Tile, hand: Hand) -> Said:
    marks = drawing.of_prediction(answer.shapes, (tile.width, tile.height), hand.labels)
    drawn = drawing.surest(marks, MOST_DRAWN)
    ranked = sorted(drawn, key=lambda mark: mark.score or 0.0, reverse=True)
    return Said(
        role=role,
        lines="".join(mark.outline.lines for mark in drawn),
        dots="".join(mark.outline.dots for mark in drawn),
        is_open=any(mark.kind is ShapeKind.LINE for mark in drawn),
        best=drawing.best(marks, hand.asked.filters.label) or drawing.best(marks),
        count=len(marks),
        names=[named(mark) for mark in ranked[:_TOLD]],
    )


def _told(said: Said) -> str:
    rest = [plural(said.count - _TOLD, "more shape")] if said.count > _TOLD else []
    names = [*said.names, *rest]
    return f"{said.role}: {', '.join(names) or 'nothing found'}"
