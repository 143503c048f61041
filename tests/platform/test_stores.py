"""The two halves of this suite: what is said of them is true of the files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.platform import halves
from tests.platform.stores import none_opened, settings_of

ROOT = Path(__file__).resolve().parents[2]
# The processes that serve and die by themselves, whose store says nothing.
ELSEWHERE = {"tests/platform/test_server.py"}


def test_what_is_named_to_run_once_exists() -> None:
    assert [path for path in halves.ONCE if not (ROOT / path).exists()] == []


def test_no_test_that_runs_on_both_stores_opens_a_platform_on_a_store_of_its_own() -> None:
    paths = {str(path.relative_to(ROOT)): path for path in (ROOT / "tests/platform").rglob("*.py")}
    bypass = {name for name, path in paths.items() if "open_platform(PlatformSettings(" in path.read_text()}
    both = {name for name in bypass if halves.alone(name) is None}
    assert both == ELSEWHERE


def test_a_module_that_is_said_to_open_no_store_cannot(tmp_path: Path) -> None:
    with none_opened("tests/x.py"), pytest.raises(AssertionError, match="opens no store"):
        settings_of(tmp_path)


def test_what_ran_is_told_with_the_reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(halves.VARIABLE, raising=False)
    ran = ["tests/platform/test_tags.py::a", "tests/platform/test_folder.py::b", "tests/core/test_laws.py::c"]
    assert halves.told(ran) == (
        "2 tests of the platform ran on sqlite, 1 of them there alone (1 is about the file that SQLite keeps)"
    )
    assert not halves.runs_here("tests/platform/pipeline/test_crew.py::a")
