"""What the demo consists of: two datasets with the models trained on them, projects and tags, each by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconciler.platform.seed import classifiers, digits
from reconciler.platform.seed.releases import Line, Metrics, Recipe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reconciler.platform.seed.samples import Collection, Sample

# Tags of deployments.
TAGS: Final = ("line-3", "production")


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


def _accuracy(model: bytes, samples: Sequence[Sample]) -> Metrics:
    return {"accuracy": classifiers.accuracy(model, samples)}


DIGITS: Final = Story(
    name="digits",
    collect=digits.collect,
    line=Line(
        model="digits",
        description="Tells hand-written digits apart, one to an image.",
        contract=classifiers.CONTRACT,
        measure=_accuracy,
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

STORIES: Final = (DIGITS,)
