"""Fifty deployments made by hand with the official SDK, exported, planned to zero, then moved by one line in git."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, cast

import pytest

from reconciler.adapters.files.loading import load_catalog
from tests.adapters.picsellia.sdk import Stage, stage
from tests.cli.play import Result, run_captured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from reconciler.platform.settings import Report

pytestmark = pytest.mark.slow

NUMBER = 50
ODD = (
    "7",
    "007",
    "1.10",
    "null",
    "Yes",
    "2026-06-01",
    "it's: #odd",
    "../../x",
    "😀",
    "Line 3 / Lyon",
    "line-3-lyon",
    "con",
)
TAGS = ("production", "7", "on", "line 3")
PARAMETERS = {"epochs": 50, "rate": 1e-05, "name": "é: #", "augment": {"flip": True, "sizes": [1, 2.5, None]}}
POLICIES = ("DEPLOY_MANUAL", "DEPLOY_SHADOW", "DEPLOY_CHAMPION")


@pytest.fixture(scope="module", params=["full", "sdk-only"])
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    report = cast("Report", request.param)
    with stage(tmp_path_factory.mktemp("served") / "data", report) as here:
        here.tags.update({name: here.client.create_deployment_tag(name) for name in TAGS})
        for number in range(NUMBER):
            make(here, number)
        yield here


def make(here: Stage, number: int) -> None:
    """Make one deployment; its number decides what is set on it, so that all kinds of settings meet."""
    name = ODD[number] if number < len(ODD) else f"deployment-{number}"
    version, dataset = here.model_version, here.dataset_version
    lake = here.client.get_datalake(name="cold") if number % 4 == 1 else None
    shadow = version("surface@v8") if number % 3 == 0 else None
    threshold = [None, 0.0, 0.35, 1.0][number % 4]
    them = here.client.create_deployment(
        version("surface@v7"), shadow, name, threshold, lake, disable_serving=True if number % 10 == 9 else None
    )
    if number % 5 == 0:
        them.update(sample_rate=0.25)
    for tag in TAGS[: number % len(TAGS)]:
        them.add_tags(here.tags[tag])
    if number % 3 == 1:
        them.set_training_data(dataset("surface@2026-06"))
    if number % 2 == 0:
        loop(them, number, dataset)
    if number % 4 in (0, 3):
        training(here, them, number)
    if number % 4 == 0:
        them.setup_continuous_deployment(POLICIES[number % 3])
        them.toggle_continuous_deployment(number % 8 == 0)


def loop(them: Any, number: int, dataset: Callable[[str], Any]) -> None:
    them.setup_feedback_loop()
    for label in ("surface@production", "surface@holdout")[: number % 3]:
        them.attach_dataset_version_to_feedback_loop(dataset(label))
    them.toggle_feedback_loop(number % 6 != 2)


def training(here: Stage, them: Any, number: int) -> None:
    trigger = {"threshold": 150, "trigger": "FEEDBACK_LOOP"} if number % 8 < 4 else {}
    them.setup_continuous_training(here.client.get_project("surface"), experiment_parameters=PARAMETERS, **trigger)
    if number % 3:
        them.attach_dataset_version_to_continuous_training("train", here.dataset_version("surface@production"))
        them.attach_dataset_version_to_continuous_training("on", here.dataset_version("surface@holdout"))
    them.toggle_continuous_training(number % 16 < 8)


class Desk:
    """A folder to work in, and the command line in it."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capture = capture

    def run(self, *arguments: str) -> Result:
        return run_captured(self._capture, *arguments)


@pytest.fixture
def desk(
    scene: Stage,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    clean_environment: None,
) -> Desk:
    monkeypatch.setenv("PICSELLIA_HOST", scene.ready["url"])
    monkeypatch.setenv("PICSELLIA_TOKEN", scene.ready["token"])
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path, capsys)


def requests(result: Result) -> int:
    """How many requests a command says it took."""
    found = re.search(r"^(\d+) requests?:", result.err, re.MULTILINE)
    assert found is not None, result.err
    return int(found.group(1))


def test_what_was_made_by_hand_is_exported_planned_to_zero_and_then_owned(
    scene: Stage, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.perf_counter()
    exported = desk.run("export", "--out", "manifests")
    took = time.perf_counter() - began
    assert exported.code == 0, exported.err
    assert exported.out.splitlines()[-1] == f"Exported {NUMBER} deployments to manifests/: {NUMBER} created."
    with capsys.disabled():
        print(f" [{scene.report}: {NUMBER} exported in {took:.2f} s by {requests(exported)} requests]", end="")  # noqa: T201
    # Two lists and what is told of each; every name once, whatever number of deployments hold it.
    assert requests(exported) < (40 if scene.report == "full" else 40 + 2 * NUMBER)
    assert {each.platform_name for each in load_catalog(["manifests"], name="demo").catalog} >= set(ODD)

    plan = desk.run("plan", "--detailed-exitcode")
    assert (plan.code, plan.last) == (0, f"No changes. {NUMBER} deployments match manifests/.")
    again = desk.run("export", "--out", "manifests")
    assert again.out.splitlines()[-1] == f"Exported {NUMBER} deployments to manifests/: {NUMBER} unchanged."

    file = desk.folder / "manifests" / "deployment-20.yaml"
    change_one_line(file, scene.report)
    applied = desk.run("apply", "--yes")
    assert applied.code == 0
    # Whoever takes settings takes word of who manages them, too.
    done, told = (2, "2 writes") if scene.report == "full" else (1, "1 write")
    assert f"Apply: {done} done, 0 already satisfied, 0 skipped, 0 failed, 0 unverified;" in applied.out
    assert f"requests: {told}, " in applied.err
    assert desk.run("plan", "--detailed-exitcode").code == 0
    final = desk.run("export", "--out", "manifests")
    assert final.out.splitlines()[-1] == f"Exported {NUMBER} deployments to manifests/: {NUMBER} unchanged."


def change_one_line(file: Path, report: Report) -> None:
    text = file.read_text(encoding="utf-8")
    line = ("threshold: 0.0", "threshold: 0.5") if report == "full" else ("version: v7", "version: v6")
    assert text.count(line[0]) == 1, text
    file.write_text(text.replace(*line), encoding="utf-8")
