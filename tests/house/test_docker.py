"""The image: two stages, nobody's rights, everything hashed; its build stage replayed without an engine."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from reconciler import __version__
from tests.house.dockerfile import context, replay, stages
from tests.house.tree import ROOT

if TYPE_CHECKING:
    from pathlib import Path

TEXT = (ROOT / "Dockerfile").read_text(encoding="utf-8")
BUILD, FINAL = stages(TEXT)
PREFIX = "/usr/local/lib/reconciler"


def test_only_the_installed_environment_leaves_the_build_stage() -> None:
    assert BUILD.name == "build"
    assert FINAL.all("COPY") == [f"--from=build {PREFIX} {PREFIX}"]
    assert FINAL.all("RUN") == []


def test_both_stages_have_the_same_slim_base() -> None:
    assert BUILD.base == FINAL.base == "python:${PYTHON_VERSION}-slim"


def test_it_runs_as_a_user_without_rights_and_without_a_name() -> None:
    (user,) = FINAL.all("USER")
    assert [int(part) > 1_000 for part in user.split(":")] == [True, True]


def test_it_is_the_command_and_by_itself_shows_help() -> None:
    assert FINAL.all("ENTRYPOINT") == ['["reconciler"]']
    assert FINAL.all("CMD") == ['["--help"]']


def test_everything_is_installed_by_the_script() -> None:
    assert all(command.startswith("sh deploy/docker/install.sh ") for command in BUILD.all("RUN"))


def test_the_build_is_sent_nothing_that_it_does_not_copy() -> None:
    sources = [source for step in BUILD.all("COPY") for source in step.split()[:-1]]
    sent = context()
    assert [name for name in sent if not any(name == each or name.startswith(f"{each}/") for each in sources)] == []
    assert [each for each in sources if not any(name == each or name.startswith(f"{each}/") for name in sent)] == []


def test_the_script_says_how_it_is_used_and_exits_3() -> None:
    done = subprocess.run(["sh", "deploy/docker/install.sh"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 3
    assert "install.sh dependencies PREFIX LOCK" in done.stderr
    assert "install.sh project PREFIX" in done.stderr


@pytest.mark.slow
def test_the_build_stage_makes_an_environment_whose_command_works(tmp_path: Path) -> None:
    prefix = tmp_path / "prefix"
    # Pip's own configuration stays what it is on this machine; python is the one that runs the tests.
    variables = {**os.environ, "LOCK": "base", "PYTHON": sys.executable}
    replay(BUILD, tmp_path / "build", {PREFIX: str(prefix)}, variables)
    (tmp_path / "elsewhere").mkdir()

    def run(*command: str) -> str:
        done = subprocess.run(
            [str(prefix / "bin" / command[0]), *command[1:]],
            cwd=tmp_path / "elsewhere",
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    assert run("reconciler", "--version").split() == ["reconciler", __version__]
    assert "plan" in run("reconciler", "--help")
    where = run("python", "-c", "import reconciler; print(reconciler.__file__)")
    assert where.startswith(str(prefix)), "the wheel is installed, not the checkout"
    probe = "import importlib.util as u; print([n for n in ('numpy', 'fastapi', 'sklearn', 'PIL') if u.find_spec(n)])"
    assert run("python", "-c", probe).strip() == "[]"
