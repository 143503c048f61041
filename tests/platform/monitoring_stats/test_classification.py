"""The figures of a classifier are scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from reconciler.platform.monitoring.classification import score

PAIRS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), min_size=1, max_size=40)


@settings(max_examples=60, deadline=None)
@given(PAIRS)
def test_confusion_precision_and_recall_are_those_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    found = score(pairs)
    truth, said = zip(*pairs, strict=True)
    # Asked with one class more, as it warns of a single one.
    whole = confusion_matrix(truth, said, labels=[*found.labels, "e"])
    assert found.confusion == whole[:-1, :-1].tolist()
    expected = precision_recall_fscore_support(truth, said, labels=found.labels, zero_division=np.nan)
    for index, each in enumerate(found.classes):
        for value, wanted in ((each.precision, expected[0][index]), (each.recall, expected[1][index])):
            assert (np.nan if value is None else value) == pytest.approx(wanted, nan_ok=True)
    assert found.accuracy == pytest.approx(np.mean([one == other for one, other in pairs]))


def test_an_image_without_a_prediction_is_wrong_and_of_no_predicted_class() -> None:
    found = score([("a", None), ("a", "a"), ("b", "a")])
    assert (found.count, found.right, found.accuracy) == (3, 1, 1 / 3)
    assert (found.labels, found.confusion, found.unpredicted) == (["a", "b"], [[1, 0], [1, 0]], [1, 0])
    assert found.classes[0].precision == found.classes[0].recall == 0.5
    assert found.classes[1].precision is None


def test_nothing_reviewed_has_no_accuracy() -> None:
    assert score([]).accuracy is None
