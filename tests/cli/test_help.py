"""Help is instant, complete and truthful."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.play import Invoke

VERBS = ["validate", "plan", "apply", "drift", "explain", "schema", "demo", "platform serve", "platform seed"]

HEAVY = ("pydantic", "httpx", "rich", "structlog", "sqlalchemy", "ruamel", "fastapi", "numpy", "asyncio")

_PROBE = """
import json, sys
from reconciler.cli.app import run
code = run(sys.argv[1:])
print(json.dumps([code, sorted(set(name.partition(".")[0] for name in sys.modules))]))
"""


def loaded_by(*arguments: str) -> tuple[int, set[str]]:
    """Return the exit code and the packages that a command line has loaded, in a process of its own."""
    done = subprocess.run([sys.executable, "-c", _PROBE, *arguments], capture_output=True, check=True)
    code, modules = json.loads(done.stdout.splitlines()[-1])
    return code, set(modules)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    _, modules = loaded_by(*arguments)
    assert modules.isdisjoint(HEAVY)


def test_the_help_of_a_verb_loads_nothing_heavy_of_ours() -> None:
    code, modules = loaded_by("apply", "--help")
    assert code == 0
    # typer itself reads options with pydantic.
    assert modules.isdisjoint({*HEAVY} - {"pydantic"})


def test_every_verb_is_listed_and_shows_its_own_help(invoke: Invoke) -> None:
    listed = invoke("--help").out
    for verb in VERBS:
        shown = invoke(*verb.split(), "--help")
        assert shown.code == 0
        assert shown.out.startswith(f"Usage: reconciler {verb} ")
        assert f"  {verb.split()[0]} " in listed


@pytest.mark.parametrize("verb", ["controller"])
def test_verbs_that_do_not_work_yet_are_not_listed(invoke: Invoke, verb: str) -> None:
    assert f"  {verb} " not in invoke("--help").out
    assert invoke(verb).code == 3


def test_the_installed_command_says_its_version() -> None:
    done = subprocess.run([Path(sys.executable).with_name("reconciler"), "--version"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "reconciler 0.1.0\n")
