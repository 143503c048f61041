"""Core, renderers and ports are pure: same values in, same values out."""

from __future__ import annotations

import ast

import pytest

from tests.house.purity import impurities
from tests.house.tree import modules

PURE = modules("reconciler/core", "reconciler/render", "reconciler/ports.py", "reconciler/errors.py")

IMPURE = (
    "open('x')",
    "print('x')",
    "input()",
    "reader = open",
    "from datetime import datetime\ndatetime.now()",
    "import datetime\ndatetime.datetime.now(datetime.UTC)",
    "from datetime import date\ndate.today()",
    "import time",
    "from time import monotonic",
    "import os",
    "from os import environ",
    "import os.path",
    "import random",
    "from pathlib import Path",
    "from uuid import uuid4",
    "import uuid",
    "from urllib.request import urlopen",
    "import logging",
    "import sys",
    "def count():\n    global total\n    total = 1",
)

PURE_SNIPPETS = (
    "from pathlib import PurePath",
    "from x import Path",
    "from datetime import date",
    "opened = 1",
)


def test_pure_rooms_touch_nothing_outside() -> None:
    # Ports only describe: their protocols are asynchronous, and nothing in them runs.
    found = {module.path: impurities(module.tree, coroutines=module.path == "reconciler/ports.py") for module in PURE}
    assert {path: impure for path, impure in found.items() if impure} == {}


@pytest.mark.parametrize("source", IMPURE)
def test_every_way_out_is_seen(source: str) -> None:
    assert impurities(ast.parse(source)) != []


@pytest.mark.parametrize("source", ["async def read(): ...", "async def read():\n    await other()"])
def test_coroutines_are_impure_unless_allowed(source: str) -> None:
    assert impurities(ast.parse(source)) != []
    assert impurities(ast.parse(source), coroutines=True) == []


@pytest.mark.parametrize("source", PURE_SNIPPETS)
def test_values_that_only_sound_like_the_outside_are_pure(source: str) -> None:
    assert impurities(ast.parse(source)) == []


def test_all_four_places_are_looked_at() -> None:
    seen = {"/".join(module.path.split("/")[:2]) for module in PURE}
    assert seen == {"reconciler/core", "reconciler/render", "reconciler/ports.py", "reconciler/errors.py"}
