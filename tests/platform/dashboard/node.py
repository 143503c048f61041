"""Node, where it is installed: it runs the dashboard's scripts as browsers do, as modules without a page."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from reconciler.platform import dashboard

if TYPE_CHECKING:
    from collections.abc import Sequence

SCRIPTS: Final = Path(dashboard.__file__).parent / "static" / "review"
TESTS: Final = Path(__file__).parent / "review_js"
_LACKING: Final = "Node is not installed: the scripts of the review tool are not tested"


def scripts(folder: Path) -> Path:
    """Copy the review tool's scripts to where every release of Node takes them for modules."""
    shutil.copytree(SCRIPTS, folder / "review")
    (folder / "package.json").write_text(json.dumps({"type": "module"}))
    return folder / "review"


def run(arguments: Sequence[str], folder: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run Node with the scripts in a folder; skip the test, or fail it where services are required, without it."""
    node = shutil.which("node")
    if node is None and os.environ.get("RECONCILER_REQUIRE_SERVICES"):
        pytest.fail(_LACKING)
    if node is None:
        pytest.skip(_LACKING)
    environment = {**os.environ, "REVIEW_SCRIPTS": str(folder)}
    return subprocess.run([node, *arguments], input=stdin, env=environment, capture_output=True, text=True, check=False)


_ACCEPT: Final = """
const { opened, review } = await import(`${process.env.REVIEW_SCRIPTS}/state.js`);
let told = "";
for await (const part of process.stdin) told += part;
process.stdout.write(JSON.stringify(JSON.parse(told).map((sheet) => review(opened(sheet)))));
"""


def accepted(sheets: Sequence[object], folder: Path) -> list[Any]:
    """Return what the tool sends for each image when somebody accepts it as it is."""
    done = run(["--input-type=module", "--eval", _ACCEPT], folder, json.dumps(list(sheets)))
    assert done.returncode == 0, done.stderr
    told: list[Any] = json.loads(done.stdout)
    return told
