"""What an installation has to carry: help needs next to nothing, and only the platform needs what is heavy."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.house.test_locks import HEAVY
from tests.house.tree import modules

NAMES = {"scikit-learn": "sklearn", "pillow": "PIL"}
"""Packages whose modules have other names."""

HEAVY_MODULES = [*sorted(NAMES.get(name, name) for name in HEAVY), "skl2onnx", "jwt"]
NOT_FOR_HELP = ["pydantic", "httpx", "rich", "sqlalchemy", "alembic", "deepdiff", "ruamel", "stamina", *HEAVY_MODULES]

OURS = [
    module.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    for module in modules("reconciler")
    if not module.path.startswith("reconciler/platform/")
]

BLOCKED = """
import importlib, sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {heavy!r}:
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Missing())
for name in {ours!r}:
    importlib.import_module(name)
print("imported")
"""


def run(script: str) -> str:
    """Return what a fresh interpreter prints."""
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout


def test_without_what_only_the_platform_needs_everything_else_can_be_imported() -> None:
    assert run(BLOCKED.format(heavy=HEAVY_MODULES, ours=OURS)).split() == ["imported"]


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_imports_nothing_that_a_run_needs(arguments: list[str]) -> None:
    probe = (
        f"import sys; from reconciler.cli.app import run; code = run({arguments!r}); "
        f"print('loaded', [name for name in {NOT_FOR_HELP!r} if name in sys.modules], code)"
    )
    assert run(probe).splitlines()[-1] == "loaded [] 0"
