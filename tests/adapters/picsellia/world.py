"""A small organisation on the embedded platform, and ways to connect to it."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from reconciler.adapters.picsellia.connect import DEFAULTS, Address, Connection, Tuning, connect
from reconciler.core.references import Ref
from reconciler.core.secret import Secret
from reconciler.platform.app import Platform, open_platform
from reconciler.platform.settings import PlatformSettings
from reconciler.platform.store import datalakes, datasets, models, projects
from reconciler.platform.store.words import Framework, InferenceType
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from reconciler.platform.settings import Report
    from reconciler.platform.store.unit import Unit

HOST = "http://platform.test"
LABELS = {"0": "scratch", "1": "dent", "2": "none"}


@dataclass(frozen=True)
class World:
    """What the organisation holds besides deployments: names and ids.

    Attributes:
        platform: The embedded platform.
        versions: Model versions, by label; three of one type, one of another.
        datasets: Dataset versions, by label.
        lakes: Datalakes, by name; `default` is the organisation's default one.
        projects: Projects, by name.
    """

    platform: Platform
    versions: dict[str, Ref] = field(default_factory=dict)
    datasets: dict[str, Ref] = field(default_factory=dict)
    lakes: dict[str, Ref] = field(default_factory=dict)
    projects: dict[str, Ref] = field(default_factory=dict)

    @property
    def token(self) -> str:
        """The platform's token."""
        return self.platform.token

    @asynccontextmanager
    async def connected(
        self,
        tuning: Tuning = DEFAULTS,
        *,
        organization: str | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> AsyncIterator[Connection]:
        """Connect in process."""
        address = Address(HOST, Secret(self.token), organization)
        carrier = transport or httpx.ASGITransport(self.platform.control)
        async with connect(address, FakeClock(), tuning=tuning, transport=carrier) as connection:
            yield connection


@contextmanager
def world(folder: Path, report: Report = "full") -> Iterator[World]:
    """Open a platform and fill it."""
    platform = open_platform(PlatformSettings(data_dir=folder, report=report))
    try:
        here = World(platform)
        with platform.store.write(platform.owner) as unit:
            fill(here, unit)
        yield here
    finally:
        platform.close()


def fill(here: World, unit: Unit) -> None:
    """Create models, datasets, datalakes and a project."""
    organization = here.platform.owner.organization_id
    surface, boxes = models.create(unit, organization, "surface"), models.create(unit, organization, "boxes")
    dataset = datasets.create(unit, organization, "surface")
    for name in ("2026-06", "production", "holdout"):
        version = datasets.create_version(unit, dataset, name, type=InferenceType.CLASSIFICATION)
        here.datasets[f"surface@{name}"] = Ref(str(version.id), f"surface@{name}")
    training = datasets.find_version(unit, dataset, "2026-06")
    for model, name, kind in (
        (surface, "v6", InferenceType.CLASSIFICATION),
        (surface, "v7", InferenceType.CLASSIFICATION),
        (surface, "v8", InferenceType.CLASSIFICATION),
        (boxes, "v1", InferenceType.OBJECT_DETECTION),
    ):
        release = models.Release(name=name, type=kind, framework=Framework.ONNX, labels=LABELS)
        made = models.create_version(unit, model, release)
        models.record_context(unit, made, versions={"train": training}, parameters={"epochs": 5, "rate": 1.0})
        here.versions[f"{model.name}@{name}"] = Ref(str(made.id), f"{model.name}@{name}")
    lake = datalakes.default(unit, organization)
    other = datalakes.create(unit.session, organization, "cold", connector_id=lake.connector_id)
    here.lakes.update(default=Ref(str(lake.id), lake.name), cold=Ref(str(other.id), other.name))
    for name in ("surface", "second"):
        project = projects.create(unit, organization, name)
        here.projects[name] = Ref(str(project.id), name)
