"""The README, followed by a stranger: what it shows is run, and prints what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.house.documents import Block, blocks
from tests.house.tree import ROOT

if TYPE_CHECKING:
    from pathlib import Path

README = (ROOT / "README.md").read_text(encoding="utf-8")
WORDS = {"NO_COLOR": "1", "CI": ""}


def section(title: str) -> list[Block]:
    """Return the blocks of one section."""
    return list(blocks(README.split(f"\n## {title}\n")[1].split("\n## ")[0]))


def test_every_make_target_that_is_shown_exists() -> None:
    shown = [line for block in blocks(README) for line in block.text.splitlines() if line.startswith("make ")]
    targets = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert shown == ["make demo", "make test"]
    assert [line for line in shown if f"\n{line.split()[1]}: " not in targets] == []


def test_ci_runs_the_test_command_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert script.splitlines()[-1] == "exec make test"


def test_every_extra_that_is_shown_exists() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (shown,) = section("Use it")
    extras = re.findall(r"pip install '\.\[(\w+)\]'", shown.text)
    assert extras == ["platform"]
    assert set(extras) <= project["optional-dependencies"].keys()


def run(block: Block, folder: Path, variables: dict[str, str]) -> tuple[str, Path, dict[str, str]]:
    """Run a block as the next lines of one shell; return what it printed, and where and with what it ended."""
    marker = "\n--- where the shell is now ---\n"
    script = f"set -eu\n{block.text}printf '%s' '{marker}'\npwd\nenv -0\n"
    done = subprocess.run(["bash", "-c", script], cwd=folder, env=variables, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    printed, rest = done.stdout.split(marker)
    where, environment = rest.split("\n", 1)
    return printed, type(folder)(where), dict(each.split("=", 1) for each in environment.split("\0") if each)


@pytest.mark.slow
def test_the_first_manifest_goes_as_shown(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    clone.mkdir()
    (clone / ".venv").symlink_to(sys.prefix)
    folder, variables = clone, {**os.environ, **WORDS}
    shown = section("A first manifest")
    assert [block.language for block in shown] == ["sh", "sh", "text", "sh", "text"]
    printed = ""
    for block in shown:
        if block.language == "text":
            assert printed.endswith(block.text)
        else:
            printed, folder, variables = run(block, folder, variables)
