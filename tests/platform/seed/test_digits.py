"""The digits are scikit-learn's, to the grey level, and every image has one place."""

import hashlib
from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from sklearn.datasets import load_digits

from reconciler.platform.seed import digits, stream
from reconciler.platform.seed.samples import Box, Collection, Sample, Shape
from reconciler.platform.training.pixels import decode_gray, encode_png

DISJOINT = ("2026-06", "production", "holdout")


def _index(sample: Sample) -> int:
    return int(sample.filename.removeprefix("digit-").removesuffix(".png"))


def _names(samples: tuple[Sample, ...]) -> set[str]:
    return {sample.filename for sample in samples}


def test_an_image_decodes_to_scikit_learns_digit_exactly(digit_images: Collection) -> None:
    originals = load_digits()
    for sample in (*digit_images.versions["2026-06"], *digit_images.stream):
        pixels = decode_gray(sample.png)
        assert pixels.shape == (sample.height, sample.width) == (64, 64)
        cells = pixels[::8, ::8]
        assert (pixels == cells.repeat(8, axis=0).repeat(8, axis=1)).all()
        assert (np.rint(cells * (16 / 255)) == originals.images[_index(sample)]).all()
        assert sample.label == str(originals.target[_index(sample)])


def test_png_encoding_loses_nothing() -> None:
    pixels = np.random.default_rng(7).integers(0, 256, size=(31, 17), dtype=np.uint8)
    assert (decode_gray(encode_png(pixels)) == pixels).all()


def test_versions_and_stream_are_disjoint_and_hold_every_digit(digit_images: Collection) -> None:
    parts = [*(digit_images.versions[name] for name in DISJOINT), digit_images.stream]
    assert sum(len(part) for part in parts) == 1797
    for one, other in combinations(parts, 2):
        assert not _names(one) & _names(other)


def test_every_version_is_stratified(digit_images: Collection) -> None:
    everywhere = Counter(str(each) for each in load_digits().target)
    for name in DISJOINT:
        counts = Counter(sample.label for sample in digit_images.versions[name])
        for label, total in everywhere.items():
            assert abs(counts[label] - digits.SHARES[name] * total) <= 1


def test_the_pilot_is_the_balanced_beginning_of_the_training_data(digit_images: Collection) -> None:
    pilot = digit_images.versions["2026-01"]
    assert _names(pilot) < _names(digit_images.versions["2026-06"])
    assert set(Counter(sample.label for sample in pilot).values()) == {10}


def test_generating_again_gives_the_same_bytes(digit_images: Collection) -> None:
    digits._sample.cache_clear()
    again = digits.collect()
    assert again.versions == digit_images.versions
    assert again.stream == digit_images.stream


def test_another_seed_number_deals_other_images() -> None:
    assert digits.parts(seed=1)["holdout"] != digits.parts()["holdout"]


def test_the_stream_hands_out_what_no_version_holds(digit_images: Collection) -> None:
    handed_out = stream.of_digits()
    held = {hashlib.sha256(s.png).digest() for part in digit_images.versions.values() for s in part}
    assert len(handed_out) >= 500
    assert not {hashlib.sha256(png).digest() for _, png, _ in handed_out} & held
    assert {label for _, _, label in handed_out} == set(digits.LABELS)


def test_an_image_of_boxed_objects_has_no_single_class() -> None:
    sample = Sample("scene.png", b"", 96, 96, (Shape("3", Box(0, 0, 8, 8)),))
    with pytest.raises(ValueError, match=r"scene\.png has no single class"):
        _ = sample.label
