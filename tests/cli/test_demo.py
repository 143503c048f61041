"""The demo holds its story, and says so when a command does not do what the story says."""

import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.cli.console import Console
from reconciler.cli.demo.stage import Broken, Stage, build
from reconciler.cli.options import Talk
from reconciler.errors import SettingsError

SECONDS = 300


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    build(tmp_path / "project")
    return Stage(Console(Talk(color=False), None, {}), tmp_path / "project")


@pytest.mark.slow
def test_the_whole_story_holds_and_leaves_a_project_to_go_on_with(tmp_path: Path) -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("reconciler"), "demo", "--keep", "playground"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The story holds: 9 commands" in done.stdout
    assert "threshold        desired 0.4, live 0.9  # drifted" in done.stdout
    assert "moved by owner" in done.stdout
    assert done.stdout.count("No changes. 2 deployments match manifests/") == 1
    assert done.stdout.count("No drift. 2 deployments match manifests/") == 1
    playground = tmp_path / "playground"
    assert (playground / ".reconciler" / "ledger.db").is_file()
    assert not (playground / "ready.json").exists()


def test_a_command_that_ends_otherwise_breaks_the_story(stage: Stage) -> None:
    assert stage.reconciler("validate", says="Valid: 2 deployments").code == 0
    with pytest.raises(Broken, match="should exit 2"):
        stage.reconciler("validate", exits=2)
    with pytest.raises(Broken, match="say 'Valid: 3"):
        stage.reconciler("validate", says="Valid: 3")
    assert stage.commands == 3


def test_the_users_own_platform_is_no_business_of_the_demo(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PICSELLIA_HOST", "http://production.example")
    monkeypatch.setenv("RECONCILER_LEDGER", "postgresql://production")
    monkeypatch.setenv("CI", "true")
    variables = stage._variables()
    assert not [name for name in variables if name.startswith(("PICSELLIA_", "RECONCILER_"))]
    assert variables["CI"] == ""


def test_the_demo_builds_only_in_a_new_or_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(SettingsError, match="not empty"):
        build(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]
