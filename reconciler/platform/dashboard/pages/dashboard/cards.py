"""The cards on top: what is deployed and why, how much it did, how fast it is, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from reconciler.platform.dashboard.pages.dashboard.view import View
from reconciler.platform.shapes.statistics import ModelMetrics, PredictionsAggregate
from reconciler.platform.shapes.statistics_queries import AggregateService
from reconciler.platform.store import alerts, overviews
from reconciler.platform.store.overviews import Slot
from reconciler.platform.store.tables.pipelines import Alert
from reconciler.platform.store.timelines import Figures
from reconciler.platform.store.words import AlertMetric, AlertOperator, AlertState, ModelCause, ModelRole

_CAUSES: Final = {
    ModelCause.USER: "set",
    ModelCause.PROMOTION: "promoted from shadow",
    ModelCause.CONTINUOUS_DEPLOYMENT: "put there by continuous deployment",
}
_METRICS: Final = {
    AlertMetric.LATENCY: ("Newest latency", " ms"),
    AlertMetric.MEAN_LATENCY: ("Mean latency", " ms"),
    AlertMetric.OUTLIER: ("Newest image is an outlier", ""),
    AlertMetric.DRIFT: ("Drift", ""),
    AlertMetric.AVERAGE_PRECISION: ("mAP 0.50:0.95", ""),
    AlertMetric.DISTRIBUTION: ("Share of the most frequent class", ""),
}


@dataclass(frozen=True)
class Place:
    """A slot: the version in it, since when, and how it got there."""

    model: str
    version: str
    since: datetime | None
    cause: str


@dataclass(frozen=True)
class Warned:
    """An alert that is on."""

    told: str
    is_firing: bool
    since: datetime | None


@dataclass(frozen=True)
class Alerts:
    """All alerts: those that fire first; `off` is how many are switched off."""

    firing: Sequence[Warned]
    quiet: Sequence[Warned]
    off: int


@dataclass(frozen=True)
class CardValues:
    """What the cards say; figures are None while they are being computed."""

    champion: Place
    shadow: Place | None
    champion_figures: Figures | None
    shadow_figures: Figures | None
    last_prediction: datetime | None
    alerts: Alerts


def card_values(view: View) -> CardValues:
    """Return what the cards say within the filters."""
    found = overviews.cards(view.unit, view.deployment)
    champion, shadow = _figures(view)
    return CardValues(
        champion=_place(found.champion),
        shadow=None if found.shadow is None else _place(found.shadow),
        champion_figures=champion,
        shadow_figures=shadow,
        last_prediction=found.last_prediction,
        alerts=alerts_of(alerts.of_deployment(view.unit, view.deployment)),
    )


def alerts_of(rows: Sequence[Alert]) -> Alerts:
    """Return what alerts came to when they were last looked at."""
    on = [(row.state is AlertState.TRIGGERED, row) for row in rows if row.active]
    return Alerts(
        firing=[_warned(row) for is_firing, row in on if is_firing],
        quiet=[_warned(row) for is_firing, row in on if not is_firing],
        off=len(rows) - len(on),
    )


def _figures(view: View) -> tuple[Figures | None, Figures | None]:
    if view.timeline is not None:
        told = view.timeline.figures
        return told.get(ModelRole.CHAMPION, Figures()), told.get(ModelRole.SHADOW, Figures())
    known = view.together(AggregateService.METRICS, PredictionsAggregate)
    if known.data is None:
        return None, None
    return _summed(known.data.champion), _summed(known.data.shadow)


def _summed(metrics: ModelMetrics | None) -> Figures:
    if metrics is None:
        return Figures()
    told = metrics.latency
    return Figures(metrics.predictions, metrics.objects, told.mean, told.least, told.most)


def _place(slot: Slot) -> Place:
    cause = _CAUSES[slot.cause] if slot.cause is not None else ""
    by = f" by {slot.actor}" if slot.actor and slot.cause is not ModelCause.CONTINUOUS_DEPLOYMENT else ""
    return Place(slot.version.model, slot.version.name, slot.since, f"{cause}{by}" if cause else "")


def _warned(row: Alert) -> Warned:
    is_firing = row.state is AlertState.TRIGGERED
    return Warned(_rule(row), is_firing, row.since)


def _rule(row: Alert) -> str:
    name, unit = _METRICS[row.metric]
    if row.metric in alerts.VERDICTS:
        return name if row.value else f"No: {name.lower()}"
    return f"{name} {_SIGNS[row.operator]} {row.value:g}{unit}"


_SIGNS: Final[Mapping[AlertOperator, str]] = {
    AlertOperator.LESS: "<",
    AlertOperator.AT_MOST: "≤",
    AlertOperator.EQUAL: "=",
    AlertOperator.AT_LEAST: "≥",
    AlertOperator.MORE: ">",
}
