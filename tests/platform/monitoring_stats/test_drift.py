"""Drift is scipy's two-sample test on the stated features: it sees shifts, and seldom what is not there."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from reconciler.platform.intake.measuring import FEATURES
from reconciler.platform.monitoring import drift
from reconciler.platform.monitoring.arrays import features_of
from tests.platform.monitoring_stats.conftest import Pictures, measured
from tests.platform.monitoring_stats.corruptions import CORRUPTIONS, corrupt

REPETITIONS = 200
VALUES = arrays(np.float64, st.integers(1, 30), elements=st.integers(-5, 5).map(float) | st.floats(-5, 5))


def scipys(one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """Return statistic and p-value, also where the exact method gives up and says so."""
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):
        found = stats.ks_2samp(one, other)
    return float(found.statistic), float(found.pvalue)


def table(features: np.ndarray) -> dict[str, np.ndarray]:
    return dict(zip(FEATURES, features.T, strict=True))


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from("abc"), st.tuples(VALUES, VALUES), min_size=1))
def test_each_feature_has_the_statistic_and_p_value_of_scipy(pairs: dict[str, tuple[np.ndarray, np.ndarray]]) -> None:
    reference = {name: one for name, (one, _) in pairs.items()}
    production = {name: other for name, (_, other) in pairs.items()}
    for found in drift.compare(reference, production):
        expected = scipys(reference[found.feature], production[found.feature])
        assert (found.statistic, found.p_value) == expected
        assert found.threshold == drift.RISK / len(pairs)
        assert found.drifting == (expected[1] < found.threshold)


def test_features_of_real_images_have_the_statistics_of_scipy(digit_pictures: Pictures) -> None:
    reference = table(features_of([each.features for each in digit_pictures.trained]))
    production = table(features_of([each.features for each in digit_pictures.fresh]))
    found = drift.compare(reference, production)
    assert [each.feature for each in found] == list(FEATURES)
    for each in found:
        assert (each.statistic, each.p_value) == scipys(reference[each.feature], production[each.feature])


def test_false_alarms_on_unshifted_images_stay_below_eight_per_cent(digit_pictures: Pictures) -> None:
    pool = digit_pictures.features
    rng = np.random.default_rng(2026)
    alarms = 0
    for _ in range(REPETITIONS):
        order = rng.permutation(len(pool))
        verdicts = drift.compare(table(pool[order[:400]]), table(pool[order[400:600]]))
        alarms += any(each.drifting for each in verdicts)
    assert alarms <= 0.08 * REPETITIONS


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_camera_that_goes_bad_is_drift(digit_pictures: Pictures, name: str) -> None:
    spoiled = [measured(corrupt(png, name, n)).features for n, png in enumerate(digit_pictures.stream[:60])]
    reference = features_of([each.features for each in digit_pictures.trained])
    assert any(each.drifting for each in drift.compare(table(reference), table(features_of(spoiled))))


def test_a_feature_that_one_side_knows_nothing_of_is_not_tested_and_costs_no_threshold() -> None:
    ones = np.ones(4)
    (found,) = drift.compare({"a": ones, "b": ones, "c": np.zeros(0)}, {"a": ones})
    assert (found.feature, found.threshold, found.p_value, found.drifting) == ("a", drift.RISK, 1.0, False)
    assert drift.compare({}, {"a": ones}) == []
