"""The steps that `docs/lifecycle.md` tells are the steps that the planner makes of the story it tells."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks.catalogs import catalog_of
from benchmarks.plan import CAPABILITIES, carried_out, resolved
from reconciler.core.live import Snapshot
from reconciler.core.planner import PlanPolicy, plan
from reconciler.core.references import Ref
from reconciler.core.wants import references_of
from tests.house.documents import blocks
from tests.house.tree import ROOT

if TYPE_CHECKING:
    from reconciler.core.manifest.catalog import Catalog

TOLD = [
    ("ToggleContinuousTraining", "disarm"),
    ("UpdateSettings", "configure"),
    ("ConfigureContinuousTraining", "arm"),
]


def declared(threshold: float, images: int) -> Catalog:
    """Return the catalog of the story: a threshold, and continuous training after so many images."""
    training = {
        "project": "surface-defects",
        "trigger": {"event": "FeedbackLoop", "threshold": images},
        "experimentParameters": {"epochs": 50},
    }
    models = {"champion": {"model": "surface-defects", "version": "v7"}}
    return catalog_of({"threshold": threshold, "models": models, "continuousTraining": training}, 1)


def test_the_three_steps_of_the_story_are_planned() -> None:
    before, after = declared(0.3, 150), declared(0.4, 200)
    empty = Snapshot((), resolved(references_of(before)), CAPABILITIES, Ref("org", "example"), "https://example.com")
    live = replace(empty, deployments=carried_out(plan(before, empty, {}, PlanPolicy())))
    steps = [
        (type(step.action).__name__, step.action.phase.name.lower()) for step in plan(after, live, {}, PlanPolicy())
    ]
    assert steps == TOLD


def test_the_page_tells_the_same_steps() -> None:
    page = (ROOT / "docs" / "lifecycle.md").read_text(encoding="utf-8")
    (block,) = blocks(page)
    assert re.findall(r"^\d+  (\w+)\(.*?\) +(\w+)", block.text, re.MULTILINE) == TOLD
