"""The how-tos, followed: what they show is run in order, and prints what they say."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.adapters.picsellia.world import world
from tests.cli.play import MANIFEST
from tests.house.documents import blocks
from tests.house.test_readme import run
from tests.house.tree import ROOT
from tests.platform.harness import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.nursery.client import Nursery

HOW_TO = ROOT / "docs" / "how-to"

BEFORE = {"adopt-what-is-there": "reconciler apply --yes --quiet && rm -r .reconciler\n"}
"""What was done before a page begins."""


@pytest.fixture
def shell(tmp_path: Path, nursery: Nursery) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder with a manifest, and the variables of a platform that reports only what the official SDK reads."""
    with world(tmp_path / "platform"):
        pass
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests" / "surface.yaml").write_text(MANIFEST.format(name="surface", threshold=0.4, line=3))
    ours = ("PICSELLIA_", "RECONCILER_", "CI")
    variables = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    variables["PATH"] = f"{nursery.folder}:{Path(sys.executable).parent}:{variables['PATH']}"
    with running_server(tmp_path / "platform", "sdk-only") as ready:
        platform = {"PICSELLIA_HOST": ready["url"], "PICSELLIA_TOKEN": ready["token"], "NO_COLOR": "1"}
        yield tmp_path, variables | platform


def follow(page: str, folder: Path, variables: dict[str, str]) -> None:
    """Run every shell block of a page as one shell; each text block is part of what the last one printed."""
    printed = ""
    for block in blocks((HOW_TO / page).read_text(encoding="utf-8")):
        if block.language == "sh":
            printed, folder, variables = run(block, folder, variables)
        elif block.language == "text":
            assert block.text in printed


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [
        "adopt-what-is-there",
        "apply-what-was-reviewed",
        "explain-a-deployment",
        "remove-a-deployment",
        "run-at-the-same-time",
        "wait-for-training-data",
    ],
)
def test_what_a_page_shows_comes_about(shell: tuple[Path, dict[str, str]], page: str) -> None:
    folder, variables = shell
    if page in BEFORE:
        run(next(blocks(f"```sh\n{BEFORE[page]}```\n")), folder, variables)
    follow(f"{page}.md", folder, variables)
