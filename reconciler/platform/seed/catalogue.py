"""What the demo consists of: two datasets with the models trained on them, projects and tags, each by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconciler.platform.seed import classifiers, detectors, digits, scenes
from reconciler.platform.seed.releases import Line, Recipe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reconciler.platform.seed.samples import Collection, Sample

# Tags of deployments.
TAGS: Final = ("line-3", "production")

# What each version of either dataset is for.
ROLES: Final = {
    digits.PILOT: "The pilot: the part of 2026-06 that was labelled first.",
    "2026-06": "Training data of June 2026.",
    "production": "Starts small and disjoint from the training data; the feedback loop adds reviewed predictions.",
    "holdout": "For honest measurement: no model is trained on it.",
}


@dataclass(frozen=True, slots=True)
class Story:
    """One dataset, the project its experiments run in, and the model trained on it; all three share the name."""

    name: str
    collect: Callable[[], Collection]
    line: Line


def _linear(samples: Sequence[Sample], settings: Mapping[str, int | float]) -> bytes:
    return classifiers.to_onnx(classifiers.fit_linear(samples, inverse_penalty=settings["inverse_penalty"]))


def _network(samples: Sequence[Sample], settings: Mapping[str, int | float]) -> bytes:
    hidden, epochs, seed = (int(settings[name]) for name in ("hidden", "epochs", "seed"))
    return classifiers.to_onnx(classifiers.fit_network(samples, hidden=hidden, epochs=epochs, seed=seed))


def _detector(samples: Sequence[Sample], settings: Mapping[str, int | float]) -> bytes:
    hidden, epochs, seed = (int(settings[name]) for name in ("hidden", "epochs", "seed"))
    return detectors.to_onnx(detectors.fit(samples, hidden=hidden, epochs=epochs, seed=seed))


DIGITS: Final = Story(
    name="digits",
    collect=digits.collect,
    line=Line(
        model="digits",
        description="Tells hand-written digits apart, one to an image.",
        contract=classifiers.CONTRACT,
        measure=classifiers.measure,
        recipes=(
            Recipe("v1", "Logistic regression", digits.PILOT, {"inverse_penalty": 1.0}, _linear),
            Recipe(
                "v2",
                "Network with one hidden layer",
                "2026-06",
                {"hidden": 64, "epochs": 80, "seed": digits.SEED},
                _network,
            ),
        ),
    ),
)

DIGIT_SCENES: Final = Story(
    name="digit-scenes",
    collect=scenes.collect,
    line=Line(
        model="digit-scenes",
        description="Finds hand-written digits in a scene and tells them apart.",
        contract=detectors.CONTRACT,
        measure=detectors.measure,
        recipes=(
            Recipe(
                "v1",
                "Sliding window with a small network",
                digits.PILOT,
                {"hidden": 32, "epochs": 15, "seed": digits.SEED},
                _detector,
            ),
            Recipe(
                "v2",
                "Sliding window with a larger network",
                "2026-06",
                {"hidden": 96, "epochs": 15, "seed": digits.SEED},
                _detector,
            ),
        ),
    ),
)

STORIES: Final = (DIGITS, DIGIT_SCENES)
