"""Drift of production against training data: the two-sample Kolmogorov-Smirnov test, one feature at a time.

The statistic is the largest gap between the two empirical distribution functions; the p-value is the one that
`scipy.stats.ks_2samp` answers with its defaults (two-sided; exact up to 10,000 values a side, else asymptotic). With m
features tested at a risk of false alarm of 5 % altogether, each is held to 5 % / m (Bonferroni): that bounds the
chance of any false alarm whatever the features have to do with each other. A feature drifts when its p-value is below
that threshold; a deployment drifts when any of its features does.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

# The chance of an alarm where nothing has changed, over all features of one look.
RISK: Final = 0.05
# The most values a side: enough to see small shifts, few enough that harmless ones are not called drift.
SAMPLE: Final = 2000


@dataclass(frozen=True)
class FeatureDrift:
    """The verdict on one feature.

    Attributes:
        feature: its name.
        statistic: 0 (same distribution) to 1 (no overlap).
        p_value: the chance of such a statistic, or a larger one, if nothing had changed.
        threshold: what the p-value is held to.
        drifting: whether it is below.
        reference_mean: the mean over the training data, in the feature's unit.
        production_mean: the mean over production, likewise.
    """

    feature: str
    statistic: float
    p_value: float
    threshold: float
    drifting: bool
    reference_mean: float
    production_mean: float


def compare(
    reference: Mapping[str, NDArray[np.float64]], production: Mapping[str, NDArray[np.float64]]
) -> list[FeatureDrift]:
    """Test each feature that both sides have values of, in the reference's order."""
    tested = [name for name, values in reference.items() if len(values) and len(production.get(name, ()))]
    threshold = RISK / max(len(tested), 1)
    return [_compare(name, reference[name], production[name], threshold=threshold) for name in tested]


def _compare(
    name: str, reference: NDArray[np.float64], production: NDArray[np.float64], *, threshold: float
) -> FeatureDrift:
    # The module takes a second to import, and nothing else of this service needs it.
    from scipy.stats import ks_2samp

    # It warns where its exact method gives up, and has then taken the asymptotic one.
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):
        found = ks_2samp(reference, production)
    p_value = float(found.pvalue)
    return FeatureDrift(
        feature=name,
        statistic=float(found.statistic),
        p_value=p_value,
        threshold=threshold,
        drifting=p_value < threshold,
        reference_mean=float(reference.mean()),
        production_mean=float(production.mean()),
    )
