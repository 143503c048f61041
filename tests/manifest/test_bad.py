"""Bad manifests: each folder shows one mistake and what a person is told about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconciler.adapters.files.trees import c_events, pure_events
from reconciler.core.manifest.codes import CODES
from tests.manifest.told import cases, tell

if TYPE_CHECKING:
    from pathlib import Path

BINARY = {"latin-1-encoding", "utf-16-encoding"}
# Told about files rather than about what stands in them: see tests/adapters.
TOLD_ELSEWHERE = {"path-not-found", "unreadable", "file-too-large", "empty-catalog", "too-many-values"}

each_case = pytest.mark.parametrize("folder", cases(), ids=lambda folder: folder.name)


@each_case
def test_everything_that_is_wrong_is_told_with_place_reason_and_next_step(folder: Path) -> None:
    assert tell(folder, c_events) == (folder / "expected.txt").read_text(encoding="utf-8")


@each_case
def test_both_parsers_lead_to_the_same_words(folder: Path) -> None:
    assert tell(folder, pure_events) == (folder / "expected.txt").read_text(encoding="utf-8")


@each_case
def test_every_file_of_a_case_is_read_and_says_what_it_shows(folder: Path) -> None:
    manifests = sorted(folder.glob("*.yaml"))
    assert manifests
    assert {path.name for path in folder.iterdir()} == {"expected.txt", *(path.name for path in manifests)}
    for path in manifests:
        assert folder.name in BINARY or path.read_text(encoding="utf-8").startswith("# ")


@each_case
def test_nothing_that_is_told_speaks_the_language_of_a_library(folder: Path) -> None:
    told = (folder / "expected.txt").read_text(encoding="utf-8")
    for foreign in ("Input should", "validation error", "pydantic", "ruamel", "canonical", "<block", "NoneType"):
        assert foreign not in told


def test_there_are_at_least_forty_cases() -> None:
    assert len(cases()) >= 40


def test_every_code_has_a_case_and_every_case_a_known_code() -> None:
    told = {line.split()[2] for folder in cases() for line in _headers(folder)}
    assert told | TOLD_ELSEWHERE == set(CODES)
    assert not told & TOLD_ELSEWHERE


def _headers(folder: Path) -> list[str]:
    lines = (folder / "expected.txt").read_text(encoding="utf-8").split("\n")
    return [line for line in lines if line and not line.startswith(" ")]
