"""The copyable examples as data: workflows, cron lines, Kubernetes objects, and the commands inside them."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from tests.house.tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GITHUB = sorted((ROOT / "deploy" / "github").glob("*.yml"))
KUBERNETES = sorted((ROOT / "deploy" / "kubernetes").glob("*.yaml"))
CRONTAB = ROOT / "deploy" / "cron" / "crontab"


def documents(path: Path) -> list[Any]:
    """Return the YAML documents of a file (YAML 1.2: `on` is text)."""
    return list(YAML(typ="safe", pure=True).load_all(path.read_text(encoding="utf-8")))


def workflow_steps(path: Path) -> Iterator[dict[str, Any]]:
    """Yield every step of every job of a workflow."""
    for job in documents(path)[0]["jobs"].values():
        yield from job["steps"]


def cron_entries() -> list[tuple[str, str]]:
    """Return the schedule and the command of every line of the crontab that has both."""
    lines = CRONTAB.read_text(encoding="utf-8").splitlines()
    entries = [line for line in lines if line and line[0] in "*0123456789"]
    return [(" ".join(line.split()[:5]), line.split(maxsplit=5)[5]) for line in entries]


def containers() -> Iterator[dict[str, Any]]:
    """Yield every container of every CronJob."""
    for path in KUBERNETES:
        for document in documents(path):
            if document["kind"] == "CronJob":
                yield from document["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]


def commands_in(script: str) -> list[list[str]]:
    """Return the arguments of every `reconciler` command of a shell script, up to the next operator."""
    found = []
    for line in script.replace("\\\n", " ").splitlines():
        for piece in re.split(r"&&|\|\||[;{}|]", line):
            words = shlex.split(piece, comments=True)
            if words[:1] == ["reconciler"]:
                found.append(_before_redirection(words[1:]))
    return found


def _before_redirection(words: list[str]) -> list[str]:
    return words[: next((index for index, word in enumerate(words) if word.startswith((">", "2>"))), len(words))]


def commands() -> dict[str, list[list[str]]]:
    """Return the arguments of every command of every example, by file."""
    found: dict[str, list[list[str]]] = {path.name: [] for path in (*GITHUB, *KUBERNETES, CRONTAB)}
    for path in GITHUB:
        for step in workflow_steps(path):
            found[path.name] += commands_in(step.get("run", ""))
    for _, command in cron_entries():
        found[CRONTAB.name] += commands_in(command)
    found["drift.yaml"] += [container["args"] for container in containers()]
    return found
