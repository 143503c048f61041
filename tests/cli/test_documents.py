"""Schemas are printed as they are checked in; the platform is served and filled by name."""

import json
import signal
import subprocess
import sys
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


def test_the_platform_is_served_until_it_is_asked_to_end_and_says_where(tmp_path: Path) -> None:
    (tmp_path / "ready.json").write_text("of yesterday")
    process = subprocess.Popen(
        [COMMAND, "platform", "serve", "--data-dir", "p", "--ready-file", "ready.json", "--report", "sdk-only"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    talk = "".join(process.stderr.readline() for _ in range(4))
    ready = json.loads((tmp_path / "ready.json").read_text())
    process.send_signal(signal.SIGTERM)
    _, rest = process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    assert talk.startswith(f"The platform of p is at {ready['url']}\n")
    assert rest == ""
    assert f"monitoring at {ready['monitoring_url']}, serving at {ready['serving_url']}" in talk
    assert ready["token"] not in talk
    assert "PICSELLIA_TOKEN=$(cat p/token)" in talk
    assert (tmp_path / "p" / "token").read_text().strip() == ready["token"]


def test_a_platform_that_cannot_start_says_why_and_nothing_else(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = invoke("platform", "serve", "--data-dir", "file/p")
    assert result.code == 3
    assert result.err.startswith("error: the embedded platform cannot be opened")
