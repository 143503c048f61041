"""Schemas are printed as they are checked in; the platform is served and filled by name."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reconciler.cli.runs.schemas import SCHEMAS
from reconciler.cli.verbs.schema import Kind
from tests.cli.play import Invoke

COMMAND = str(Path(sys.executable).with_name("reconciler"))
SCHEMA_FILES = Path(__file__).parents[2] / "schemas"
SECONDS = 60


@pytest.mark.parametrize("kind", list(Kind))
def test_a_schema_is_printed_as_it_is_checked_in(invoke: Invoke, kind: Kind) -> None:
    result = invoke("schema", kind.value)
    assert result.code == 0
    assert result.out == (SCHEMA_FILES / f"{kind.value}.schema.json").read_text(encoding="utf-8")


def test_every_schema_there_is_can_be_printed() -> None:
    assert set(SCHEMAS) == {kind.value for kind in Kind}


def test_demo_assets_that_do_not_exist_are_named(invoke: Invoke) -> None:
    result = invoke("platform", "seed", "--data-dir", "p", "--only", "digit")
    assert result.code == 3
    assert "'digit'" in result.err
    assert "digits, digit-scenes" in result.err


def test_the_platform_is_served_until_it_is_asked_to_end(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [COMMAND, "platform", "serve", "--data-dir", "p", "--ready-file", "ready.json", "--report", "sdk-only"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + SECONDS
    while not (tmp_path / "ready.json").exists() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    ready = json.loads((tmp_path / "ready.json").read_text())
    process.send_signal(signal.SIGTERM)
    _, talk = process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    assert talk == "Serving the platform of p; stop with Ctrl-C.\n"
    assert {"url", "monitoring_url", "serving_url", "token", "organization_id", "pid"} <= set(ready)
