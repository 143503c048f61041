"""The outlier score tells spoiled images from clean ones it never saw, and nothing about it is left to chance."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from reconciler.platform.intake import outliers
from reconciler.platform.intake.measuring import VIEW_LENGTH
from reconciler.platform.monitoring.arrays import views_of
from tests.platform.monitoring_stats.conftest import Pictures, measured
from tests.platform.monitoring_stats.corruptions import CORRUPTIONS, corrupt

IMAGES = 100


def separation(clean: np.ndarray, spoiled: np.ndarray) -> float:
    truth = np.concatenate([np.zeros(len(clean)), np.ones(len(spoiled))])
    return float(roc_auc_score(truth, np.concatenate([clean, spoiled])))


def spoiled_scores(pictures: Pictures, model: outliers.OutlierModel) -> dict[str, np.ndarray]:
    return {
        name: model.scores(
            views_of([measured(corrupt(png, name, n)).view for n, png in enumerate(pictures.stream[:IMAGES])])
        )
        for name in CORRUPTIONS
    }


def test_each_corruption_of_digits_is_told_from_clean_digits(digit_pictures: Pictures) -> None:
    model = outliers.fit(digit_pictures.trained_views)
    clean = model.scores(digit_pictures.fresh_views)
    found = {name: separation(clean, scores) for name, scores in spoiled_scores(digit_pictures, model).items()}
    assert min(found.values()) > 0.9, found


def test_corrupted_scenes_are_told_from_clean_scenes_with_backgrounds_never_seen(scene_pictures: Pictures) -> None:
    model = outliers.fit(scene_pictures.trained_views)
    clean = model.scores(scene_pictures.fresh_views)
    spoiled = spoiled_scores(scene_pictures, model)
    assert separation(clean, np.concatenate(list(spoiled.values()))) > 0.9


def test_few_clean_images_are_above_the_cut_off(digit_pictures: Pictures) -> None:
    model = outliers.fit(digit_pictures.trained_views)
    assert (model.scores(digit_pictures.fresh_views) > model.cutoff).mean() <= 0.05
    assert (model.scores(digit_pictures.trained_views) > model.cutoff).mean() <= 0.05


def test_fitting_twice_gives_the_same_model_and_packing_keeps_it(digit_pictures: Pictures) -> None:
    views = digit_pictures.trained_views
    one, other = outliers.fit(views), outliers.fit(views)
    kept = outliers.from_npz(outliers.unpack(outliers.pack(one.to_npz())))
    fresh = digit_pictures.fresh_views
    assert one.cutoff == other.cutoff == kept.cutoff
    assert (one.scores(fresh) == other.scores(fresh)).all()
    assert (one.scores(fresh) == kept.scores(fresh)).all()


@pytest.mark.parametrize("images", [1, 2, 5])
def test_very_few_training_images_still_give_a_finite_model(images: int) -> None:
    views = np.linspace(0.0, 1.0, images * VIEW_LENGTH).reshape(images, VIEW_LENGTH)
    model = outliers.fit(views)
    assert np.isfinite(model.scores(views)).all()
    assert np.isfinite(model.cutoff)
    assert model.scores(1 - views**2).min() >= 0.0


def test_identical_training_images_are_reproduced_and_anything_else_is_stranger() -> None:
    views = np.full((6, VIEW_LENGTH), 0.5)
    model = outliers.fit(views)
    assert model.scores(views).max() == pytest.approx(0.0)
    assert model.scores(np.full((1, VIEW_LENGTH), 0.9))[0] > model.cutoff
