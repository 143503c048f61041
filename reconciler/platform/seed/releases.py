"""How a model version comes to be: trained on one dataset version, measured on another, described truthfully."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reconciler.platform.inference.contract import Contract, Json
    from reconciler.platform.seed.samples import Collection, InferenceType, Sample

HOLDOUT: Final = "holdout"
Metrics = dict[str, float]


@dataclass(frozen=True, slots=True)
class Recipe:
    """One model version before it is trained.

    `train` gets the images of the dataset version `trained_on` and the `settings`, and returns an ONNX file.
    """

    version: str
    summary: str
    trained_on: str
    settings: Mapping[str, int | float]
    train: Callable[[Sequence[Sample], Mapping[str, int | float]], bytes]


@dataclass(frozen=True, slots=True)
class Line:
    """A model with the recipes of its versions, weakest first, and how any of them is measured.

    `measure` runs an ONNX file on images and returns metrics between 0 and 1, the most telling one first.
    """

    model: str
    description: str
    contract: Contract
    measure: Callable[[bytes, Sequence[Sample]], Metrics]
    recipes: tuple[Recipe, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """One trained and measured model version."""

    model: str
    version: str
    kind: InferenceType
    description: str
    onnx: bytes
    labels: Mapping[str, str]
    parameters: Mapping[str, Json]
    settings: Mapping[str, Json]
    trained_on: str
    metrics: Metrics


def make(line: Line, recipe: Recipe, *, images: Collection) -> Release:
    """Train one version and measure it on the holdout, which training never sees."""
    from threadpoolctl import threadpool_limits

    seen, unseen = images.versions[recipe.trained_on], images.versions[HOLDOUT]
    # The order of a sum depends on the number of threads, and a model file must not; matrices this small gain nothing.
    with threadpool_limits(limits=1):
        onnx = recipe.train(seen, recipe.settings)
    metrics = line.measure(onnx, unseen)
    return Release(
        model=line.model,
        version=recipe.version,
        kind=images.kind,
        description=_describe(recipe, images, metrics),
        onnx=onnx,
        labels=line.contract.label_map(),
        parameters={
            **line.contract.parameters(),
            "training": {
                "algorithm": recipe.summary,
                "settings": dict(recipe.settings),
                "dataset": images.name,
                "version": recipe.trained_on,
                "images": len(seen),
            },
            "measured": {"dataset": images.name, "version": HOLDOUT, "images": len(unseen), "metrics": dict(metrics)},
        },
        settings=dict(recipe.settings),
        trained_on=recipe.trained_on,
        metrics=metrics,
    )


def _describe(recipe: Recipe, images: Collection, metrics: Metrics) -> str:
    seen, unseen = len(images.versions[recipe.trained_on]), len(images.versions[HOLDOUT])
    told = ", ".join(f"{name} {value:.3f}" for name, value in metrics.items())
    return (
        f"{recipe.summary}, trained on {images.name}/{recipe.trained_on} ({seen} images). "
        f"Measured on {images.name}/{HOLDOUT} ({unseen} images): {told}."
    )
