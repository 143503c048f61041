"""Which classes were predicted, by champion and shadow, and which ones people found."""

from dataclasses import dataclass
from datetime import datetime

from reconciler.platform.dashboard.charts.bar_lists import BarList, bar_list
from reconciler.platform.dashboard.charts.values import Cell, Key
from reconciler.platform.dashboard.pages.dashboard.activity import SERIES
from reconciler.platform.dashboard.pages.dashboard.view import View
from reconciler.platform.dashboard.words import share
from reconciler.platform.shapes.statistics import LabelCount, LabelDistribution, ReviewedLabels
from reconciler.platform.shapes.statistics_queries import AggregateService, PredictionService
from reconciler.platform.store.words import ModelRole


@dataclass(frozen=True)
class Labels:
    """The classes; None before anything was predicted. `reviews` is how many images people reviewed."""

    bars: BarList | None
    reviews: int
    computed: datetime | None = None
    is_pending: bool = False


def labels(view: View) -> Labels:
    """Compare the classes of predictions and reviews, as shares of all shapes of each."""
    known = view.together(AggregateService.LABELS, LabelDistribution)
    reviewed = view.single(PredictionService.LABELS, ReviewedLabels)
    if known.data is None or not any(each.predictions for each in known.data.models):
        return Labels(None, reviewed.reviews, known.computed, known.is_pending)
    columns: list[tuple[Key, dict[str, int]]] = []
    for role in ModelRole:
        counted = _of_role(known.data, role)
        if counted is not None:
            columns.append((Key(SERIES[role], role.capitalize()), counted))
    if reviewed.objects:
        columns.append((Key("reviewed", "Reviewed"), _counts(reviewed.labels)))
    return Labels(_bars(columns), reviewed.reviews, known.computed, known.is_pending)


def _of_role(data: LabelDistribution, role: ModelRole) -> dict[str, int] | None:
    """Return the counts of all versions of a role together; None where none of them predicted."""
    found = [each for each in data.models if each.role is role]
    if not found:
        return None
    total: dict[str, int] = {}
    for each in found:
        for label, number in _counts(each.labels).items():
            total[label] = total.get(label, 0) + number
    return total


def _counts(labels: list[LabelCount]) -> dict[str, int]:
    return {each.label: each.count for each in labels}


def _bars(columns: list[tuple[Key, dict[str, int]]]) -> BarList:
    names = list(dict.fromkeys(name for _, counted in columns for name in counted))
    totals = [sum(counted.values()) or 1 for _, counted in columns]
    rows = [
        (name, [_cell(counted.get(name, 0), total) for (_, counted), total in zip(columns, totals, strict=True)])
        for name in names
    ]
    told = ("labels", "Label distribution", "Class")
    return bar_list(told, [key for key, _ in columns], rows, totals=[float(total) for total in totals])


def _cell(number: int, total: int) -> Cell:
    return Cell(f"{number:,}", number, note=share(number / total))
