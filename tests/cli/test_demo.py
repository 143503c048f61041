"""The demo holds its story, and says so when a command does not do what the story says."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from reconciler.bootstrap.bystander import Answered, Verdict
from reconciler.cli.console import Console
from reconciler.cli.demo.loop import play_loop
from reconciler.cli.demo.stage import Broken, Stage, build
from reconciler.cli.options import Talk
from reconciler.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.bootstrap.bystander import Window
    from reconciler.bootstrap.unseen import Picture

SECONDS = 600
THRESHOLD = 150


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
    assert "The story holds: 11 commands" in done.stdout
    before, after = re.findall(r"holdout accuracy ([\d.]+)% → ([\d.]+)%", done.stdout)[0]
    assert float(after) > float(before)
    assert "149 of 150 are waiting: nothing happens." in done.stdout
    assert "A training begins with exactly 150; 10 count towards the next one." in done.stdout
    assert re.search(r"models.shadow +desired none, live digits@version-2 +# .*by continuous deployment", done.stdout)
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


@dataclass
class Careless:
    """A deployment that answers everything right, and goes wrong in one way."""

    begins_at: int = THRESHOLD
    miscounts_by: int = 0
    refuses: int = 0
    deployment_id: str = "d"
    path: str = "/api/deployment/d"
    submitted: list[Answered] = field(default_factory=list)

    def settings(self) -> dict[str, Any]:
        began = len(self.submitted) >= self.begins_at
        waiting = len(self.submitted) - (THRESHOLD if began else 0)
        run = {"status": "PENDING"} if began else None
        training = {"threshold": THRESHOLD, "submitted_since_last_run": waiting, "run": run}
        return {"min_threshold": 0.4, "continuous_training": training}

    def predict(self, pictures: Sequence[Picture]) -> list[Answered]:
        return [Answered(each.filename, each.truth, each.truth) for each in pictures]

    def review(self, answers: Sequence[Answered]) -> None:
        pass

    def verdicts(self, answers: Sequence[Answered]) -> dict[str, Verdict]:
        return {"CHAMPION": Verdict(len(answers) - self.miscounts_by, len(answers))}

    def submit(self, answers: Sequence[Answered]) -> int:
        self.submitted += answers
        return len(answers) - self.refuses


@pytest.mark.parametrize(
    ("deployment", "told"),
    [
        (Careless(miscounts_by=1), "monitoring is to count"),
        (Careless(refuses=1), "every reviewed image is to be taken"),
        (Careless(begins_at=THRESHOLD - 1), "nothing is to begin below the threshold"),
        (Careless(begins_at=10_000), "a training is to begin"),
    ],
)
def test_a_platform_that_does_not_keep_its_word_breaks_the_story(stage: Stage, deployment: Careless, told: str) -> None:
    with pytest.raises(Broken, match=told):
        play_loop(stage, cast("Window", deployment))
