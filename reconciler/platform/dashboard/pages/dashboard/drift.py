"""Drift: which features of the images differ from the training data, told in words and numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reconciler.platform.dashboard.charts.values import percent
from reconciler.platform.dashboard.pages.dashboard.reference import Reference, reference_of
from reconciler.platform.dashboard.pages.dashboard.view import Known, View
from reconciler.platform.shapes.statistics import DriftingFeature, DriftStats
from reconciler.platform.shapes.statistics_queries import AggregateService


@dataclass(frozen=True)
class Feature:
    """One feature: how far apart both distributions are, and what that means."""

    name: str
    unit: str
    statistic: float
    width: float
    p_value: float
    threshold: float
    is_drifting: bool
    reference_mean: float
    production_mean: float
    told: str


@dataclass(frozen=True)
class Drift:
    """The comparison; `told` is its outcome in one sentence."""

    reference: Reference
    known: Known[DriftStats]
    features: Sequence[Feature]
    told: str

    @property
    def is_pending(self) -> bool:
        """Whether looking again is worth it."""
        return self.reference.is_pending or (self.reference.is_ready and self.known.is_pending)


def drift(view: View) -> Drift:
    """Compare production with the training data; nothing is asked for where there are none."""
    reference = reference_of(view)
    if not reference.is_ready:
        return Drift(reference, Known(None), [], "")
    known = view.together(AggregateService.DRIFT, DriftStats)
    found = [_feature(each) for each in known.data.features] if known.data else []
    return Drift(reference, known, sorted(found, key=lambda each: not each.is_drifting), _outcome(known.data))


_NAMES: Final = {"area": "Image area", "ratio": "Width over height"}


def _feature(found: DriftingFeature) -> Feature:
    name = _NAMES.get(found.feature, found.feature.replace("_", " ").capitalize())
    return Feature(
        name=name,
        unit="" if found.unit == "1" else found.unit,
        statistic=found.statistic,
        width=percent(min(max(found.statistic, 0.0), 1.0)),
        p_value=found.p_value,
        threshold=found.threshold,
        is_drifting=found.drifting,
        reference_mean=found.reference_mean,
        production_mean=found.production_mean,
        told=_direction(found),
    )


def _direction(found: DriftingFeature) -> str:
    if not found.drifting:
        return "as in training"
    if found.production_mean > found.reference_mean:
        return "higher than in training"
    if found.production_mean < found.reference_mean:
        return "lower than in training"
    return "spread differently than in training"


def _outcome(data: DriftStats | None) -> str:
    if data is None or data.drifting is None:
        return ""
    drifting = [each for each in data.features if each.drifting]
    if not drifting:
        return f"No drift: all {len(data.features)} features are distributed as in the training data."
    named = ", ".join(_feature(each).name.lower() for each in drifting)
    return f"Drift: {len(drifting)} of {len(data.features)} features differ from the training data: {named}."
