"""A team's CI, played: a bare repository, a fresh clone for each job, the ledger on a branch, a reticent platform."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from reconciler.platform.app import PlatformSettings, open_platform
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.models import ModelVersion
from tests.adapters.picsellia.world import world
from tests.platform.harness import running_server
from tests.situations.stage import Served, Stage

if TYPE_CHECKING:
    from pathlib import Path

    from tests.nursery.client import Nursery
    from tests.situations.stage import Ended

SETTINGS = 'catalog: lyon\nledger: "git:"\n'
MANIFEST = """\
apiVersion: reconciler.dev/v1
kind: Deployment
metadata:
  name: surface
spec:
  threshold: 0.4
  models:
    champion: {model: surface, version: v7}
  trainingData: {dataset: surface, version: "2026-06"}
  feedbackLoop:
    datasets: [{dataset: surface, version: production}]
  continuousTraining:
    project: surface
    trigger: {event: FeedbackLoop, threshold: 150}
    datasets:
      train: {dataset: surface, version: production}
    experimentParameters: {epochs: 5}
  continuousDeployment: {policy: DeployManual}
"""


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=dev", "-c", "user.email=dev@example.com")
    done = subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@dataclass
class Team:
    """A repository with a developer's clone, and jobs that start from nothing."""

    folder: Path
    stage: Stage
    jobs: int = 0

    @property
    def desk(self) -> Path:
        """The developer's clone."""
        return self.folder / "desk"

    def push(self, message: str, text: str) -> None:
        """Commit a manifest, and push it."""
        file = self.desk / "manifests" / "surface.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        git(self.desk, "add", ".")
        git(self.desk, "commit", "--quiet", "-m", message)
        git(self.desk, "push", "--quiet", "origin", "main")

    def revert(self) -> None:
        """Take the last commit back, and push that."""
        git(self.desk, "revert", "--no-edit", "HEAD")
        git(self.desk, "push", "--quiet", "origin", "main")

    def job(self, *arguments: str, artifact: Path | None = None) -> tuple[Ended, Path]:
        """Run one job in a fresh, shallow clone; return how it ended and where it ran."""
        self.jobs += 1
        clone = self.folder / f"job-{self.jobs}"
        git(self.folder, "clone", "--quiet", "--depth", "1", f"file://{self.folder / 'team.git'}", str(clone))
        if artifact is not None:
            shutil.copy(artifact, clone)
        ended = replace(self.stage, folder=clone).run(*arguments, CI="true")
        return ended, clone


def repository(folder: Path) -> None:
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main", "team.git")
    git(folder, "clone", "--quiet", "team.git", "desk")
    git(folder / "desk", "checkout", "--quiet", "-b", "main")
    (folder / "desk" / "reconciler.yaml").write_text(SETTINGS, encoding="utf-8")


def merged(team: Team) -> Ended:
    """The two jobs of a merge: one plans and keeps the plan, the next applies that plan or nothing."""
    planned, clone = team.job("plan", "--out", "plan.json", "--detailed-exitcode")
    assert planned.code == 2, planned
    applied, _ = team.job("apply", "plan.json", artifact=clone / "plan.json")
    return applied


def champion_by_hand(team: Team, version: str) -> None:
    model = team.stage.api(
        "GET", f"/api/organization/{team.stage.served.organization_id}/models/find", params={"name": "surface"}
    )
    found = team.stage.api("GET", f"/api/model/{model['id']}/versions/find", params={"name": version})
    place = f"/api/deployment/{team.stage.deployment()['id']}"
    team.stage.api("POST", f"{place}/model", json={"model_version_id": found["id"]})


def truth(folder: Path) -> tuple[str, float, bool]:
    """What the platform itself has: the champion, the threshold, whether retraining is armed."""
    with_platform = open_platform(PlatformSettings(folder, report="full"))
    try:
        with with_platform.store.read(with_platform.owner) as unit:
            (row,) = unit.session.query(Deployment).all()
            champion = unit.session.get_one(ModelVersion, row.model_version_id)
            assert row.continuous_training is not None
            return str(champion.name), row.min_threshold, row.continuous_training.active
    finally:
        with_platform.close()


@pytest.mark.slow
def test_plan_apply_drift_and_revert_from_fresh_clones(tmp_path: Path, nursery: Nursery) -> None:
    with world(tmp_path / "platform"):
        pass
    repository(tmp_path)
    with running_server(tmp_path / "platform", "sdk-only") as ready:
        served = Served(ready["url"], ready["token"], "", ready["organization_id"], "", "")
        play(Team(tmp_path, Stage("surface", tmp_path, served, nursery)))
    assert truth(tmp_path / "platform") == ("v7", 0.4, True)


def play(team: Team) -> None:
    team.push("Declare the deployment", MANIFEST)
    applied = merged(team)
    assert applied.code == 0, applied

    again, _ = team.job("plan", "--detailed-exitcode")
    assert again.code == 0, again
    assert "No changes." in again.out
    assert team.job("drift")[0].code == 0

    champion_by_hand(team, "v6")
    drifted, _ = team.job("drift")
    assert drifted.code == 2
    assert all(word in drifted.out for word in ("models.champion", "surface@v7", "surface@v6", "drifted"))
    repaired, _ = team.job("apply", "--yes")
    assert repaired.code == 0, repaired
    assert team.job("drift")[0].code == 0

    team.push("Let more through", MANIFEST.replace("0.4", "0.2").replace("v7", "v8"))
    assert merged(team).code == 0
    team.revert()
    assert merged(team).code == 0
    last, clone = team.job("plan", "--detailed-exitcode")
    assert (last.code, "assumed as applied" in last.out) == (0, True)
    assert not (clone / ".reconciler").exists()
