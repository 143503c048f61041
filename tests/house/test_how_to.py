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

HOW_TO = ROOT / "docs" / "how-to"


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder with a manifest, and the variables of a platform that reports only what the official SDK reads."""
    with world(tmp_path / "platform"):
        pass
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests" / "surface.yaml").write_text(MANIFEST.format(name="surface", threshold=0.4, line=3))
    ours = ("PICSELLIA_", "RECONCILER_", "CI")
    variables = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    variables["PATH"] = f"{Path(sys.executable).parent}:{variables['PATH']}"
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
def test_what_is_there_is_adopted_and_let_go_as_shown(shell: tuple[Path, dict[str, str]]) -> None:
    folder, variables = shell
    made = "reconciler apply --yes --quiet && rm -r .reconciler\n"
    run(next(blocks(f"```sh\n{made}```\n")), folder, variables)
    follow("adopt-what-is-there.md", folder, variables)


@pytest.mark.slow
def test_what_was_reviewed_is_applied_once_as_shown(shell: tuple[Path, dict[str, str]]) -> None:
    folder, variables = shell
    follow("apply-what-was-reviewed.md", folder, variables)


@pytest.mark.slow
def test_two_at_once_end_well_as_shown(shell: tuple[Path, dict[str, str]]) -> None:
    folder, variables = shell
    follow("run-at-the-same-time.md", folder, variables)


@pytest.mark.slow
def test_training_data_are_waited_for_as_shown(shell: tuple[Path, dict[str, str]]) -> None:
    folder, variables = shell
    follow("wait-for-training-data.md", folder, variables)


@pytest.mark.slow
def test_a_deployment_is_explained_as_shown(shell: tuple[Path, dict[str, str]]) -> None:
    folder, variables = shell
    follow("explain-a-deployment.md", folder, variables)


@pytest.mark.slow
def test_what_is_gone_from_git_is_deleted_and_kept_as_shown(shell: tuple[Path, dict[str, str]]) -> None:
    folder, variables = shell
    follow("remove-a-deployment.md", folder, variables)
