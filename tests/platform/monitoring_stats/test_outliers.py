"""The outlier score tells spoiled images from clean ones it never saw, and nothing about it is left to chance."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from reconciler.platform.intake import outliers
from reconciler.platform.intake.viewing import VIEW_LENGTH
from reconciler.platform.monitoring.arrays import views_of
from tests.platform.monitoring_stats import corruptions, held_out
from tests.platform.monitoring_stats.conftest import Pictures, measured

if TYPE_CHECKING:
    from types import ModuleType

IMAGES = 100


def separation(clean: np.ndarray, spoiled: np.ndarray) -> float:
    truth = np.concatenate([np.zeros(len(clean)), np.ones(len(spoiled))])
    return float(roc_auc_score(truth, np.concatenate([clean, spoiled])))


def spoiled_scores(
    pictures: Pictures, model: outliers.OutlierModel, kinds: ModuleType = corruptions
) -> dict[str, np.ndarray]:
    return {
        name: model.scores(
            views_of([measured(kinds.corrupt(png, name, n)).view for n, png in enumerate(pictures.stream[:IMAGES])])
        )
        for name in kinds.CORRUPTIONS
    }


def test_each_corruption_of_digits_is_told_from_clean_digits(digit_pictures: Pictures) -> None:
    model = outliers.fit(digit_pictures.trained_views)
    clean = model.scores(digit_pictures.fresh_views)
    found = {name: separation(clean, scores) for name, scores in spoiled_scores(digit_pictures, model).items()}
    assert min(found.values()) > 0.9, found


def test_digits_with_corruptions_that_were_held_out_are_told_from_clean_digits(digit_pictures: Pictures) -> None:
    # Of scenes this does not hold; decision 0081 has the numbers.
    model = outliers.fit(digit_pictures.trained_views)
    spoiled = spoiled_scores(digit_pictures, model, held_out)
    assert separation(model.scores(digit_pictures.fresh_views), np.concatenate(list(spoiled.values()))) > 0.9


def test_corrupted_scenes_are_told_from_clean_scenes_with_backgrounds_never_seen(scene_pictures: Pictures) -> None:
    model = outliers.fit(scene_pictures.trained_views)
    clean = model.scores(scene_pictures.fresh_views)
    spoiled = spoiled_scores(scene_pictures, model)
    assert separation(clean, np.concatenate(list(spoiled.values()))) > 0.9


def flagged(model: outliers.OutlierModel, views: np.ndarray) -> float:
    return float((model.scores(views) > model.cutoff).mean())


def halved(views: np.ndarray, seed: int) -> float:
    """Return the share of a random half that is above the cut-off of a model of the other."""
    order = np.random.default_rng(seed).permutation(len(views))
    half = len(order) // 2
    return flagged(outliers.fit(views[order[:half]]), views[order[half:]])


def test_about_as_many_unseen_digits_as_assumed_are_above_the_cut_off(digit_pictures: Pictures) -> None:
    model = outliers.fit(digit_pictures.trained_views)
    assert 0.0 < flagged(model, digit_pictures.fresh_views) <= 2 * outliers.OUTLIER_SHARE


def test_about_as_many_unseen_scenes_of_the_same_places_as_assumed_are_above_the_cut_off(
    scene_pictures: Pictures,
) -> None:
    # One half of so few scenes says little: 6 of 120 are expected.
    shares = [halved(scene_pictures.trained_views, seed) for seed in range(6)]
    assert 0.0 < float(np.mean(shares)) <= 2 * outliers.OUTLIER_SHARE


def test_the_cut_off_is_not_taken_from_images_that_the_auto_encoder_knows() -> None:
    # Pure chance: known images are reproduced, unseen ones are not, and both are alike.
    rng = np.random.default_rng(11)
    views, unseen = (np.clip(rng.normal(0.5, 0.1, (200, VIEW_LENGTH)), 0, 1) for _ in range(2))
    model = outliers.fit(views)
    assert flagged(model, unseen) <= 2 * outliers.OUTLIER_SHARE
    from_known = float(np.quantile(model.scores(views), 1 - outliers.OUTLIER_SHARE))
    assert flagged(replace(model, cutoff=from_known), unseen) > 0.5


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
    assert (model.scores(views) <= model.cutoff).all()
    assert model.scores(np.full((1, VIEW_LENGTH), 0.9))[0] > model.cutoff
