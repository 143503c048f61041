"""The seed's door: plant every story of the catalogue into an opened platform, once.

Each part is looked up before it is made, and each transaction leaves the store whole. So running it again changes
nothing, and running it after an interruption completes what is missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.platform.seed import catalogue
from reconciler.platform.seed.ground import Ground, OpenPlatform, ensure
from reconciler.platform.seed.plant_images import plant_dataset
from reconciler.platform.seed.plant_models import plant_model
from reconciler.platform.seed.report import DatasetReport, ModelReport, SeedReport
from reconciler.platform.store import datasets, projects, tags
from reconciler.platform.store.words import TagTarget

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconciler.platform.seed.catalogue import Story
    from reconciler.platform.seed.samples import Collection
    from reconciler.platform.store.unit import Unit


def seed(
    platform: OpenPlatform,
    *,
    progress: Callable[[str], None] | None = None,
    stories: Sequence[Story] = catalogue.STORIES,
) -> SeedReport:
    """Plant datasets of real images, really trained models, projects and tags for the platform's owner.

    `progress` is told one sentence per part that was made. Nothing that exists is changed.
    """
    ground = Ground(platform.store, platform.owner, progress or _keep_quiet)
    added = _plant_tags(ground)
    planted = [_plant_story(ground, story) for story in stories]
    return SeedReport(
        datasets=tuple(dataset for dataset, _, _ in planted),
        models=tuple(model for _, model, _ in planted),
        projects=tuple(story.name for story in stories),
        tags=catalogue.TAGS,
        added=added + sum(made for _, _, made in planted),
    )


def _keep_quiet(_: str) -> None:
    """Tell nobody."""


def _plant_story(ground: Ground, story: Story) -> tuple[DatasetReport, ModelReport, int]:
    images = story.collect()
    dataset, images_added = plant_dataset(ground, images, roles=catalogue.ROLES)
    project_added = _plant_project(ground, story, images)
    model, models_added = plant_model(ground, story, images=images)
    return dataset, model, images_added + project_added + models_added


def _plant_tags(ground: Ground) -> int:
    with ground.store.write(ground.owner) as unit:
        scope = tags.Scope.organization(ground.organization_id, TagTarget.DEPLOYMENT)
        return sum(_ensure_tag(unit, scope, name) for name in catalogue.TAGS)


def _ensure_tag(unit: Unit, scope: tags.Scope, name: str) -> bool:
    return ensure(lambda: tags.find_by_name(unit, scope, name), lambda: tags.create(unit, scope, name))[1]


def _plant_project(ground: Ground, story: Story, images: Collection) -> int:
    """Make sure that the story's project exists with every version of the dataset attached."""
    with ground.store.write(ground.owner) as unit:
        home = ground.organization_id
        project, made = ensure(
            lambda: projects.find_by_name(unit, home, story.name),
            lambda: projects.create(unit, home, story.name, story.line.description),
        )
        dataset = datasets.find_by_name(unit, home, story.name)
        attached = {version.id for version in projects.attached(unit, project)}
        missing = [
            version
            for version in (datasets.find_version(unit, dataset, name) for name in images.versions)
            if version.id not in attached
        ]
        for version in missing:
            projects.attach(unit, project, version)
    return int(made) + len(missing)
