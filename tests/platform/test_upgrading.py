"""A data folder of an earlier version is brought up to date when it is opened."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from reconciler.platform.app import PlatformSettings, open_platform
from reconciler.platform.store import references, training_data
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.words import ReferenceStatus
from tests.platform.pipeline.workshop import furnish

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from reconciler.platform.app import Platform


def test_references_of_before_are_measured_again(tmp_path: Path) -> None:
    platform = open_platform(PlatformSettings(data_dir=tmp_path))
    shop = furnish(platform)
    with platform.store.write(platform.owner) as unit:
        version = unit.find(DatasetVersion, shop.version_id)
        training_data.set_reference(unit, unit.find(Deployment, shop.deployment_id), version)
    platform.settle()
    assert look(platform, shop.deployment_id) == (ReferenceStatus.SUCCESS, 1, True)
    platform.close()
    with sqlite3.connect(tmp_path / "platform.db") as older:
        older.execute("UPDATE alembic_version SET version_num = '0007'")
    older.close()
    platform = open_platform(PlatformSettings(data_dir=tmp_path))
    platform.settle()
    assert look(platform, shop.deployment_id) == (ReferenceStatus.SUCCESS, 2, True)
    platform.close()


def look(platform: Platform, deployment_id: UUID) -> tuple[ReferenceStatus, int, bool]:
    """Return a reference's state, how often it was set, and whether it can be compared with."""
    with platform.store.read(platform.owner) as unit:
        reference = training_data.reference_of(unit.find(Deployment, deployment_id))
        return reference.status, reference.attempt, references.ready(unit, deployment_id) is not None
