"""The catalog whose second revision needs every action: what it declares, before and after."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Final

from reconciler.cli.verbs.apply import ApplyOptions
from reconciler.core import actions as a

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.platform.settings import Report

PRUNES: Final = any(field.name == "prune" for field in fields(ApplyOptions))
"""Whether the command can delete what is no longer declared."""

_HEAD: Final = """\
apiVersion: reconciler.dev/v1
kind: Deployment
metadata: {name: %s}
spec:
"""

_BEFORE: Final = {
    "moving": """\
  name: moving-1
  threshold: 0.4
  sampleRate: 1.0
  datalake: default
  tags: [kept, leaving]
  models: {champion: {model: surface, version: v6}}
  trainingData: {dataset: surface, version: "2026-06"}
  feedbackLoop:
    datasets: [{dataset: surface, version: production}]
  continuousTraining:
    project: surface
    trigger: {event: FeedbackLoop, threshold: 150}
    datasets:
      train: {dataset: surface, version: "2026-06"}
      test: {dataset: surface, version: holdout}
    experimentParameters: {epochs: 50}
  continuousDeployment: {policy: DeployManual}
""",
    "emptied": """\
  models:
    champion: {model: surface, version: v7}
    shadow: {model: surface, version: v8}
  trainingData: {dataset: surface, version: "2026-06"}
""",
    "shadowed": """\
  models:
    champion: {model: surface, version: v7}
""",
    "leaving": """\
  models: {champion: {model: surface, version: v6}}
  lifecycle: {onRemoval: Delete, preventDestroy: false}
""",
}

_AFTER: Final = {
    "moving": """\
  name: moving-2
  threshold: 0.55
  sampleRate: 0.5
  datalake: cold
  tags: [kept, coming]
  models: {champion: {model: surface, version: v7}}
  trainingData: {dataset: surface, version: production}
  feedbackLoop:
    datasets: [{dataset: surface, version: holdout}]
  continuousTraining:
    project: surface
    trigger: {event: FeedbackLoop, threshold: 200}
    datasets:
      train: {dataset: surface, version: production}
      test: {dataset: surface, version: holdout}
    experimentParameters: {epochs: 60}
  continuousDeployment: {policy: DeployShadow}
""",
    "emptied": """\
  models:
    champion: {model: surface, version: v7}
%s  trainingData: Disabled
""",
    "shadowed": """\
  models:
    champion: {model: surface, version: v7}
    shadow: {model: surface, version: v8}
""",
    "coming": """\
  threshold: 0.3
  sampleRate: 0.75
  tags: [coming]
  models:
    champion: {model: surface, version: v6}
    shadow: {model: surface, version: v7}
  trainingData: {dataset: surface, version: "2026-06"}
  feedbackLoop:
    datasets: [{dataset: surface, version: production}]
  continuousTraining:
    project: second
    trigger: {event: FeedbackLoop, threshold: 10}
    datasets:
      train: {dataset: surface, version: "2026-06"}
    experimentParameters: {epochs: 5}
  continuousDeployment: {policy: DeployManual}
""",
}

_NO_SHADOW: Final = "    shadow: None\n"


def write_before(folder: Path) -> None:
    """Write the first revision."""
    _write(folder, _BEFORE)


def write_after(folder: Path, report: Report) -> None:
    """Write the second; only a platform that announces it can empty a shadow's slot."""
    emptied = _AFTER["emptied"] % (_NO_SHADOW if report == "full" else "")
    leaving = {} if PRUNES else {"leaving": _BEFORE["leaving"]}
    _write(folder, {**_AFTER, "emptied": emptied, **leaving})


def _write(folder: Path, specs: dict[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    for file in folder.glob("*.yaml"):
        file.unlink()
    for name, spec in specs.items():
        (folder / f"{name}.yaml").write_text(_HEAD % name + spec, encoding="utf-8")


def needed(report: Report) -> frozenset[str]:
    """Return the names of the actions that the second revision has to need: every one that the platform takes."""
    missing: set[type[a.Action]] = set()
    if report != "full":
        missing |= {a.ClearShadow, a.RecordManagement}
    if not PRUNES:
        missing.add(a.DeleteDeployment)
    return frozenset(action.__name__ for action in a.ACTIONS if action not in missing)
