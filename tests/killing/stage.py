"""The platform that is applied to: filled once, put back before every position, and asked what it really holds."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from reconciler.platform.store import datasets, deployments, feedback_loop, models, tags
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.tags import Tag
from reconciler.platform.store.words import TagTarget
from tests.adapters.picsellia.world import World, world
from tests.killing.front import Front, opened
from tests.killing.twins import Twins, bare

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from reconciler.platform.settings import Report
    from reconciler.platform.store.unit import Unit

Truth = list[dict[str, Any]]
"""What an organisation holds, deployment by deployment, then tag by tag: as the rows say, whatever is reported."""


@dataclass
class Stage:
    """A platform behind its front door.

    Attributes:
        folder: Its data folder.
        world: What it holds.
        front: Its door.
        url: The door's address.
        ids: Ids of the deployments that were kept, to tell them from what took their place.
    """

    folder: Path
    world: World
    front: Front
    url: str
    ids: set[str] = field(default_factory=set)
    _kept: sqlite3.Connection = field(default_factory=lambda: sqlite3.connect(":memory:", check_same_thread=False))

    @property
    def token(self) -> str:
        """The platform's token."""
        return self.world.token

    async def keep(self) -> None:
        """Remember everything as it is now."""
        await self._settle()
        with closing(sqlite3.connect(self.folder / "platform.db")) as live:
            live.backup(self._kept)
        self.ids = {str(told["id"]) for told in self._told()}

    async def put_back(self) -> None:
        """Make everything as it was when it was kept."""
        await self._settle()
        with closing(sqlite3.connect(self.folder / "platform.db", timeout=30)) as live:
            self._kept.backup(live)

    async def truth(self) -> Truth:
        """Return what the organisation holds now; new deployments are told by name, and have no id."""
        await self._settle()
        return [told | {"id": told["id"] if told["id"] in self.ids else "new"} for told in self._told()]

    def names(self) -> list[str]:
        """Return the name of every deployment, oldest first, as the rows say."""
        with closing(sqlite3.connect(self.folder / "platform.db", timeout=30)) as live:
            return [name for (name,) in live.execute("SELECT name FROM deployments ORDER BY id")]

    async def _settle(self) -> None:
        await self.front.quiet()
        await asyncio.to_thread(self.world.platform.settle)

    def _told(self) -> Truth:
        platform = self.world.platform
        with platform.store.read(platform.owner) as unit:
            rows = unit.session.scalars(select(Deployment).order_by(Deployment.id))
            labels = unit.session.scalars(select(Tag).where(Tag.target_type == TagTarget.DEPLOYMENT).order_by(Tag.name))
            told = sorted(map(_deployment, rows), key=lambda row: str(row["name"]))
            return told + [{"id": "tag", "name": tag.name} for tag in labels]


def _deployment(row: Deployment) -> dict[str, Any]:
    training, policy, loop = row.continuous_training, row.continuous_deployment, row.feedback_loop
    return {
        "id": str(row.id),
        "name": bare(row.name),
        "serving": row.serving.value,
        "settings": (row.min_threshold, row.sample_rate, str(row.target_datalake_id)),
        "models": (str(row.model_version_id), str(row.shadow_model_version_id)),
        "tags": [tag.name for tag in row.tags],
        "training data": row.training_data and str(row.training_data.dataset_version_id),
        "feedback loop": loop and (loop.active, sorted(str(held.dataset_version_id) for held in loop.datasets)),
        "continuous training": training
        and {
            "active": training.active,
            "trigger": (training.trigger.value, training.threshold),
            "project": str(training.project_id),
            "parameters": training.experiment_parameters,
            "datasets": sorted((held.name, str(held.dataset_version_id)) for held in training.datasets),
        },
        "continuous deployment": policy and (policy.active, policy.policy.value),
    }


@asynccontextmanager
async def stage(folder: Path, report: Report) -> AsyncIterator[Stage]:
    """Open a platform with what the catalog refers to, and with what is nobody's business but its own."""
    with world(folder, report) as here:
        async with opened(here.platform.control) as (front, url):
            made = Stage(folder, here, front, url)
            if report == "sdk-only":
                # Of a service that tells so little, nobody knows whether it keeps names apart.
                front.twins = Twins(made.names)
            yield made


def touch_by_hand(here: World) -> None:
    """Change what no manifest declares: another's deployment and tag, and fields of ours that are left to others."""
    platform = here.platform
    with platform.store.write(platform.owner) as unit:
        champion = models.find_version(
            unit, models.find_by_name(unit, unit.actor.organization_id, "surface"), name="v8"
        )
        deployments.create(unit, unit.actor.organization_id, deployments.NewDeployment(champion.id, "stranger"))
        ours = next(row for row in unit.session.scalars(select(Deployment)) if bare(row.name) == "shadowed")
        deployments.update(unit, ours, deployments.Settings(min_threshold=0.9, sample_rate=0.25))
        _loop(unit, ours)
        mark = tags.create(unit, tags.Scope.organization(unit.actor.organization_id, TagTarget.DEPLOYMENT), "foreign")
        tags.attach(unit, mark, [ours.id])


def _loop(unit: Unit, deployment: Deployment) -> None:
    feedback_loop.set_up(deployment)
    dataset = datasets.find_by_name(unit, unit.actor.organization_id, "surface")
    feedback_loop.attach(unit, deployment, datasets.find_version(unit, dataset, "production"))
    feedback_loop.toggle(deployment, active=True)
