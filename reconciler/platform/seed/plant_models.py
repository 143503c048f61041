"""Plant a model: train the versions that are missing, then store file, parameters and context in one transaction."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from reconciler.platform.seed.ground import Ground, ensure
from reconciler.platform.seed.releases import Recipe, Release, make
from reconciler.platform.seed.report import ModelReport, ReleaseReport
from reconciler.platform.store import datalakes, datasets, models, objects
from reconciler.platform.store.faults import NotFound
from reconciler.platform.store.words import Framework, InferenceType

if TYPE_CHECKING:
    from reconciler.platform.seed.catalogue import Story
    from reconciler.platform.seed.samples import Collection
    from reconciler.platform.store.tables.models import Model, ModelVersion
    from reconciler.platform.store.unit import Unit

# The name under which the official SDK's users look for a model's weights.
WEIGHTS: Final = "model-latest"
FILENAME: Final = "model.onnx"
BINARY: Final = "application/octet-stream"


def plant_model(ground: Ground, story: Story, *, images: Collection) -> tuple[ModelReport, int]:
    """Make sure that a story's model and all its versions exist; return what there is and how much was created."""
    added = _ensure_model(ground, story)
    releases = tuple(_ensure_release(ground, story, recipe, images) for recipe in story.line.recipes)
    return ModelReport(story.line.model, releases), added + sum(release.added for release in releases)


def _ensure_model(ground: Ground, story: Story) -> int:
    home, name = ground.organization_id, story.line.model
    with ground.store.write(ground.owner) as unit:
        _, made = ensure(
            lambda: models.find_by_name(unit, home, name),
            lambda: models.create(unit, home, name, description=story.line.description),
        )
    return int(made)


def _ensure_release(ground: Ground, story: Story, recipe: Recipe, images: Collection) -> ReleaseReport:
    """Report a version that exists; train one that does not, outside any transaction, and store it whole."""
    try:
        with ground.store.read(ground.owner) as unit:
            version = models.find_version(unit, _model(unit, story), name=recipe.version)
            return _report(version, added=False)
    except NotFound:
        pass
    ground.say(f"Training {story.line.model} {recipe.version} on {images.name}/{recipe.trained_on} …")
    release = make(story.line, recipe, images=images)
    with ground.store.write(ground.owner) as unit:
        report = _report(_store_release(unit, _model(unit, story), release, images), added=True)
    ground.say(f"{story.line.model} {recipe.version}: {_told(release)} on {images.name}/holdout.")
    return report


def _store_release(unit: Unit, model: Model, release: Release, images: Collection) -> ModelVersion:
    version = models.create_version(
        unit,
        model,
        models.Release(
            name=release.version,
            type=InferenceType(release.kind),
            framework=Framework.ONNX,
            description=release.description,
            labels=dict(release.labels),
            parameters=dict(release.parameters),
        ),
    )
    _store_file(unit, version, release)
    _record_origin(unit, version, release, images)
    return version


def _store_file(unit: Unit, version: ModelVersion, release: Release) -> None:
    """Keep the weights where clients look for model files: in the organisation's default connector."""
    home = version.organization_id
    connector = unit.organization(home).default_connector_id or datalakes.default(unit, home).connector_id
    place = f"seed/{release.model}/{version.id}/{FILENAME}"
    objects.put(unit, connector, place, release.onnx, content_type=BINARY)
    models.add_file(unit, version, models.NewFile(WEIGHTS, FILENAME, place, large=False))


def _record_origin(unit: Unit, version: ModelVersion, release: Release, images: Collection) -> None:
    """Record what the model was trained on, with its label counts, and the settings to train another one like it."""
    dataset = datasets.find_by_name(unit, version.organization_id, images.name)
    counts = Counter(shape.label for sample in images.versions[release.trained_on] for shape in sample.shapes)
    models.record_context(
        unit,
        version,
        versions={"train": datasets.find_version(unit, dataset, release.trained_on)},
        parameters=dict(release.settings),
        repartitions={"train": dict(sorted(counts.items()))},
    )


def _model(unit: Unit, story: Story) -> Model:
    return models.find_by_name(unit, unit.actor.organization_id, story.line.model)


def _report(version: ModelVersion, *, added: bool) -> ReleaseReport:
    """Tell the numbers that were stored with the version; none where somebody else made a version of that name."""
    match version.parameters:
        case {"measured": {"metrics": dict(metrics)}}:
            return ReleaseReport(version.name, version.version, metrics, added)
        case _:
            return ReleaseReport(version.name, version.version, {}, added)


def _told(release: Release) -> str:
    return ", ".join(f"{name} {value:.3f}" for name, value in release.metrics.items())
