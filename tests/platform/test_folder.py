"""The data folder: what survives, who owns it, how the schema comes to be, and what a crash leaves."""

from __future__ import annotations

import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from reconciler.platform.app import DataFolderInUse, PlatformSettings, open_platform, token_of
from reconciler.platform.folder import Keys
from reconciler.platform.store import migrating, projects
from reconciler.platform.store.schema import METADATA
from reconciler.platform.store.tables.projects import Project
from tests.platform.api import own
from tests.platform.harness import embedded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reconciler.platform.app import Platform

_HOLD = """
import sys
from pathlib import Path
from reconciler.platform.app import PlatformSettings, open_platform
platform = open_platform(PlatformSettings(data_dir=Path(sys.argv[1])))
with platform.store.write(platform.owner) as unit:
    from reconciler.platform.store import projects
    projects.create(unit, platform.owner.organization_id, "committed")
unit = platform.store.write(platform.owner).__enter__()
projects.create(unit, platform.owner.organization_id, "torn")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    opened = open_platform(PlatformSettings(data_dir=tmp_path / "data"))
    yield opened
    opened.close()


@pytest.mark.anyio
async def test_everything_survives_closing_and_opening(tmp_path: Path) -> None:
    async with embedded(data_dir=tmp_path) as (client, platform):
        first = own(client, platform)
        made = await first.deployment(min_threshold=0.25)
        token, home = platform.token, platform.organization_id
    async with embedded(data_dir=tmp_path) as (client, platform):
        assert (platform.token, platform.organization_id) == (token, home)
        assert (
            await own(client, platform).ask("GET", own(client, platform).home("deployments/find"), id=made["id"])
            == made
        )


def test_secrets_are_for_the_owner_alone(platform: Platform) -> None:
    for name in ("token", "secret", "lock"):
        mode = (platform.settings.data_dir / name).stat().st_mode
        assert stat.S_IMODE(mode) == 0o600, name
    assert token_of(platform.settings.data_dir) == platform.token
    assert stat.S_IMODE(platform.settings.data_dir.stat().st_mode) == 0o700
    assert repr(Keys(b"secret")) == "Keys(***)"


def test_a_folder_has_one_owner_at_a_time(platform: Platform) -> None:
    with pytest.raises(DataFolderInUse) as refusal:
        open_platform(platform.settings)
    assert refusal.value.url is None
    assert refusal.value.pid is not None
    platform.announce("http://127.0.0.1:1")
    with pytest.raises(DataFolderInUse, match="serves it at http") as refusal:
        open_platform(platform.settings)
    assert refusal.value.url == "http://127.0.0.1:1"


def test_a_refused_opening_leaves_the_owner_undisturbed(platform: Platform) -> None:
    for _ in range(2):
        with pytest.raises(DataFolderInUse):
            open_platform(platform.settings)
    with platform.store.write(platform.owner) as unit:
        projects.create(unit, platform.owner.organization_id, "still mine")


def test_an_opening_that_fails_gives_the_folder_back(tmp_path: Path) -> None:
    settings = PlatformSettings(data_dir=tmp_path)
    (tmp_path / "platform.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(Exception, match="not a database"):
        open_platform(settings)
    (tmp_path / "platform.db").unlink()
    open_platform(settings).close()


@pytest.mark.slow
def test_a_killed_owner_leaves_what_it_committed_and_nothing_half_done(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "held\n"
        with pytest.raises(DataFolderInUse) as refusal:
            open_platform(PlatformSettings(data_dir=tmp_path))
        assert refusal.value.pid == owner.pid
        owner.kill()
    (tmp_path / "objects" / "incoming" / "torn").write_bytes(b"half")
    platform = open_platform(PlatformSettings(data_dir=tmp_path))
    with platform.store.read(platform.owner) as unit:
        assert [row.name for row in unit.session.query(Project)] == ["committed"]
    assert list((tmp_path / "objects" / "incoming").iterdir()) == []
    platform.close()


def test_a_request_that_fails_changes_nothing(platform: Platform) -> None:
    home = platform.owner.organization_id

    def half() -> None:
        with platform.store.write(platform.owner) as unit:
            projects.create(unit, home, "half")
            raise KeyError("half-way")

    with pytest.raises(KeyError):
        half()
    with platform.store.write(platform.owner) as unit:
        assert unit.session.query(Project).count() == 0


def test_migrations_make_exactly_the_schema_of_the_tables(platform: Platform) -> None:
    with platform.store.exclusive() as connection:
        assert migrating.revision(connection) == migrating.HEAD
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
        context = MigrationContext.configure(connection)
    named = {index.name for table in METADATA.tables.values() for index in table.indexes}
    with platform.store.exclusive() as connection:
        found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'").scalars()
        assert named <= set(found)


def test_the_newest_migration_is_the_one_that_opening_expects() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory(str(migrating._SCRIPTS)).get_current_head() == migrating.HEAD
