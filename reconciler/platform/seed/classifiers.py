"""Two ways to learn digits, as the built-in trainer learns: a linear model and a small network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.platform.inference.contract import ClassScores, Contract, ImageInput
from reconciler.platform.seed.digits import LABELS, SIDE
from reconciler.platform.seed.inference import probabilities
from reconciler.platform.training import classifier_graph, estimators
from reconciler.platform.training.knobs import Knobs

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from reconciler.platform.seed.releases import Metrics
    from reconciler.platform.seed.samples import Sample
    from reconciler.platform.training.estimators import Estimator

CLASS_SCORES: Final = ClassScores()
CONTRACT: Final = Contract(ImageInput(SIDE, SIDE), CLASS_SCORES, LABELS)


def features(samples: Sequence[Sample]) -> NDArray[np.float32]:
    """Return what the models see: one row of 64 cell averages (0..1) per image."""
    return classifier_graph.rows_of([sample.png for sample in samples], CONTRACT.input)


def targets(samples: Sequence[Sample]) -> NDArray[np.int64]:
    """Return the class index of each image."""
    import numpy as np

    return np.array([LABELS.index(sample.label) for sample in samples], dtype=np.int64)


def fit_linear(samples: Sequence[Sample], *, inverse_penalty: float) -> Estimator:
    """Fit multinomial logistic regression; a smaller `inverse_penalty` means stronger regularisation."""
    return estimators.fit_linear(features(samples), targets(samples), inverse_penalty=inverse_penalty)


def fit_network(samples: Sequence[Sample], *, hidden: int, epochs: int, seed: int) -> Estimator:
    """Fit a network with one hidden layer for exactly `epochs` passes over the images."""
    knobs = Knobs(epochs=epochs, hidden=hidden, seed=seed)
    rows, classes = features(samples), targets(samples)
    return estimators.fit_network(rows, classes, count=len(LABELS), knobs=knobs, tell=estimators.silently)


def to_onnx(fitted: Estimator) -> bytes:
    """Export a fitted estimator as an ONNX file that explains itself."""
    return classifier_graph.to_onnx(fitted, CONTRACT)


def measure(model: bytes, samples: Sequence[Sample]) -> Metrics:
    """Run an exported model with ONNX Runtime; `accuracy` is the fraction of images whose likeliest class is true."""
    scores = probabilities(model, samples, contract=CONTRACT, output=CLASS_SCORES)
    return {"accuracy": float((scores.argmax(axis=1) == targets(samples)).mean())}
