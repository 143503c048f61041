"""Each folder here tells a story: manifests, a world, and what the tool answers. Nothing in a folder goes unread.

Regenerate the answers with `UPDATE_SCENARIOS=1 pytest tests/scenarios`, then read every line that changed.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

from reconciler.adapters.files.loading import load_catalog
from reconciler.core.live import Snapshot
from reconciler.core.planner import plan
from reconciler.core.references import Ref
from reconciler.render.plan_text import plan_text
from reconciler.render.spans import plain
from tests.scenarios.explaining import explained
from tests.scenarios.playing import play
from tests.scenarios.telling import Tale, tell

if TYPE_CHECKING:
    from reconciler.core.plan import Plan

HERE = Path(__file__).parent
STORIES = sorted(path.parent for path in HERE.glob("*/world.yaml"))
PARTS = {"world.yaml", "manifests", "plan.txt", "report.txt", "explain.txt"}


@pytest.fixture(params=STORIES, ids=[path.name for path in STORIES])
def folder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(request.param)
    path: Path = request.param
    return path


def told(folder: Path) -> Tale:
    data: Any = YAML(typ="safe", pure=True).load((folder / "world.yaml").read_text())
    assert data.get("story"), "a scenario begins with its story"
    return tell(data, load_catalog(["manifests/"], name="demo").catalog)


def planned(tale: Tale) -> Plan:
    world = tale.world
    snapshot = Snapshot(
        deployments=world.snapshot().deployments,
        references=tale.references,
        capabilities=world.capabilities,
        organization=Ref("acme", "acme"),
        endpoint="https://platform.example",
        complete=not tale.policy.selection.targets,
        unreadable=tale.unreadable,
        titles=tale.titles,
        observed_at="2026-11-01T08:00:00Z",
    )
    catalog = replace(world.catalog, source=replace(world.catalog.source, revision="1a2b3c4d5e6f"))
    return plan(catalog, snapshot, world.memory.view(), tale.policy)


def compare(path: Path, text: str) -> None:
    if os.environ.get("UPDATE_SCENARIOS"):
        path.write_text(text)
    assert text == path.read_text()


def test_the_plan_is_the_one_that_was_foretold(folder: Path) -> None:
    compare(folder / "plan.txt", plain(plan_text(planned(told(folder)))))


def test_the_report_is_the_one_that_was_foretold(folder: Path) -> None:
    tale = told(folder)
    compare(folder / "report.txt", play(tale))


def test_the_explanations_are_those_that_were_foretold(folder: Path) -> None:
    tale = told(folder)
    compare(folder / "explain.txt", explained(tale, planned(tale)))


def test_nothing_in_a_folder_goes_unread(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} <= PARTS


def test_there_are_enough_stories() -> None:
    assert len(STORIES) >= 30
