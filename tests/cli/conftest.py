"""A project folder with a small platform beside it, and the command line run in this process."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from reconciler.cli.options import Talk
from reconciler.cli.runs.logs import configure_logs
from tests.adapters.picsellia.world import world
from tests.cli.play import Project, Result, run_captured

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.play import Invoke


@pytest.fixture(autouse=True)
def quiet_logs() -> None:
    """Logs as a quiet command leaves them: what one test configures must not speak in another."""
    configure_logs(Talk(quiet=True))


@pytest.fixture(scope="session")
def filled_platform(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with models, datasets and no deployment; not to be changed."""
    folder = tmp_path_factory.mktemp("filled") / "platform"
    with world(folder):
        pass
    return folder


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*os.environ]:
        if name.startswith(("PICSELLIA_", "RECONCILER_")) or name in ("CI", "NO_COLOR", "FORCE_COLOR"):
            monkeypatch.delenv(name)


@pytest.fixture
def project(
    tmp_path: Path,
    filled_platform: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    clean_environment: None,
) -> Project:
    """A project with one manifest that is not applied yet."""
    shutil.copytree(filled_platform, tmp_path / "platform")
    (tmp_path / "manifests").mkdir()
    monkeypatch.chdir(tmp_path)
    made = Project(tmp_path, capsys)
    made.write("surface")
    return made


@pytest.fixture
def applied(project: Project) -> Project:
    """The same, applied."""
    assert project.here("apply", "--yes").code == 0
    return project


@pytest.fixture
def invoke(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clean_environment: None
) -> Invoke:
    """Run the command line in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def invoked(*arguments: str) -> Result:
        return run_captured(capsys, *arguments)

    return invoked
