"""A store of before galleries is indexed by its upgrade exactly as recording would have done, and asks for scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import select, text

from reconciler.platform.app import open_platform
from reconciler.platform.store import jobs, migrating, scores
from reconciler.platform.store.schema import METADATA
from reconciler.platform.store.tables.deployments import Deployment, TrainingData
from reconciler.platform.store.words import ReferenceStatus
from tests.platform.reads.world import build, plan
from tests.platform.stores import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reconciler.platform.app import Platform

FACETS = ("predicted_labels", "sent_tags", "outlier_scores")
NEWER = (
    *("predicted_assets_newest", "predicted_assets_newest_of_state", "predicted_assets_newest_of_source"),
    "hourly_rollups_figures",
)
OLDER = ("timestamp", "state")


@pytest.fixture
def older(tmp_path: Path) -> Iterator[Platform]:
    """A platform with what was recorded of it, whose store can be taken back to the migration before galleries."""
    platform = open_platform(settings_of(tmp_path))
    build(platform, "watched").record_all(plan(30))
    yield platform
    platform.close()


def rows(platform: Platform) -> dict[str, list[Any]]:
    with platform.store.read(platform.owner) as unit:
        return {
            name: sorted(map(str, unit.session.execute(select(METADATA.tables[name])).mappings())) for name in FACETS
        }


def upgrade_again(platform: Platform) -> None:
    """Undo what the migration does, and let it do that anew; what later ones did stays."""
    config = Config()
    config.set_main_option("script_location", str(migrating._SCRIPTS))
    with platform.store.exclusive() as connection:
        for name in FACETS:
            connection.exec_driver_sql(f"DROP TABLE {name}")
        for name in NEWER:
            connection.exec_driver_sql(f"DROP INDEX ix_{name}")
        for column in OLDER:
            index = f"ix_predicted_assets_deployment_id_{column}"
            connection.exec_driver_sql(f"CREATE INDEX {index} ON predicted_assets (deployment_id, {column})")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0005'")
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        assert migrating.revision(connection) == "0006"
        connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": migrating.HEAD})


def test_an_upgrade_indexes_what_was_recorded_before(older: Platform) -> None:
    recorded = rows(older)
    assert len(recorded["predicted_labels"]) > 30
    assert len(recorded["sent_tags"]) > 30
    upgrade_again(older)
    assert rows(older) == recorded


def test_an_upgrade_asks_for_the_scores_of_references_that_are_ready(older: Platform) -> None:
    with older.store.write(older.owner) as unit:
        deployment = unit.session.scalars(select(Deployment)).one()
        version_id = _version(unit, deployment)
        unit.session.add(
            TrainingData(deployment_id=deployment.id, dataset_version_id=version_id, status=ReferenceStatus.SUCCESS)
        )
        wanted = str(deployment.id)
    upgrade_again(older)
    with older.store.read(older.owner) as unit:
        found = [unit.session.get_one(jobs.Job, each) for each in jobs.unfinished(unit)]
    assert [(job.kind, job.payload) for job in found] == [(scores.KIND, {"deployment_id": wanted})]


def _version(unit: Any, deployment: Deployment) -> Any:
    from reconciler.platform.store import datasets
    from reconciler.platform.store.words import InferenceType

    dataset = datasets.create(unit, deployment.organization_id, "digits")
    return datasets.create_version(unit, dataset, "v1", type=InferenceType.OBJECT_DETECTION).id
