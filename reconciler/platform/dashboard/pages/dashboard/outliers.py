"""Outliers: how strange each image is to the training data, over time, and which ones are too strange."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from reconciler.platform.dashboard.charts import over_time
from reconciler.platform.dashboard.charts.over_time import Point, Span
from reconciler.platform.dashboard.charts.values import Cell, Chart, Key, Table
from reconciler.platform.dashboard.pages.dashboard.reference import Reference, reference_of
from reconciler.platform.dashboard.pages.dashboard.view import View
from reconciler.platform.dashboard.words import plural, score, share
from reconciler.platform.shapes.statistics import OutlierScore

if TYPE_CHECKING:
    from reconciler.platform.monitoring.single import Newest

# The newest of those that `get_stats` tells; a page of a thousand links helps nobody.
MOST_DRAWN: Final = 300


@dataclass(frozen=True)
class Outliers:
    """The scores; `told` is what they come to, `chart` is None where there is nothing to draw."""

    reference: Reference
    chart: Chart | None
    told: str

    @property
    def is_pending(self) -> bool:
        """Whether looking again is worth it."""
        return self.reference.is_pending


def outliers(view: View) -> Outliers:
    """Draw the newest scores against the cut-off."""
    reference = reference_of(view)
    if not reference.is_ready:
        return Outliers(reference, None, "")
    newest = view.newest_outliers(MOST_DRAWN)
    known = [each for each in newest.items if each.score is not None]
    if not known or newest.cutoff is None:
        return Outliers(reference, None, "")
    told = _told(newest, known)
    return Outliers(reference, _chart(view, newest, known, told), told)


def _told(newest: "Newest", known: Sequence[OutlierScore]) -> str:
    strange = sum(1 for each in known if each.is_outlier)
    what = plural(strange, "outlier") if strange else "No outlier"
    assumed = f"{share(newest.outlier_share)} of unseen images like the training images"
    images = plural(len(known), "image")
    return f"{what} among the newest {images}; {assumed} are above the cut-off of {score(newest.cutoff)}."


def _chart(view: View, newest: "Newest", known: Sequence[OutlierScore], told: str) -> Chart:
    points = [_point(view, each) for each in known]
    span = Span(min(each.at for each in points), max(each.at for each in points), 60.0)
    cutoff = newest.cutoff or 0.0
    placed = over_time.frame(span, [cutoff, *(each.value for each in points)], title="Score")
    return Chart(
        name="outliers",
        title="Outlier scores",
        summary=told,
        height=over_time.HEIGHT,
        across=placed.x_axis,
        up=placed.y_axis,
        table=_table(view, newest.items),
        legend=[Key("plain", "Image"), Key("bad", "Outlier")],
        dots=over_time.dots(placed, points),
        rules=[over_time.rule(placed, cutoff, f"cut-off {score(cutoff)}")],
    )


def _point(view: View, each: OutlierScore) -> Point:
    verdict = ", an outlier" if each.is_outlier else ""
    told = f"{_when(each.timestamp)}: score {score(each.score)}{verdict}"
    link = view.here(f"predictions/{each.predicted_asset_id}")
    return Point(each.timestamp, each.score or 0.0, "bad" if each.is_outlier else "plain", told, link)


def _table(view: View, drawn: Sequence[OutlierScore]) -> Table:
    rows = [
        [
            Cell(_when(each.timestamp), link=view.here(f"predictions/{each.predicted_asset_id}")),
            Cell(score(each.score), each.score),
            Cell("" if each.is_outlier is None else "yes" if each.is_outlier else "no"),
        ]
        for each in drawn
    ]
    return Table(["Image of (UTC)", "Score", "Outlier"], rows)


def _when(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S")
