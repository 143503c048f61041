"""A journal told by run, and a memory told by field: every word of it, and nothing that another run did."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given

from reconciler.core.actions import ClearShadow, CreateTag, SetChampion, UpdateSettings
from reconciler.core.codec.journal import entry_to_json
from reconciler.core.codec.reading import write_text
from reconciler.core.journal import (
    DriftSeen,
    Entry,
    FieldsRemembered,
    Forgotten,
    IntentRecorded,
    RunHeader,
    RunStarted,
    replay,
    summaries,
)
from reconciler.core.live import LiveDeployment
from reconciler.core.outcome import AlreadySatisfied, Done, Failed, Skipped, Unverified
from reconciler.core.references import Ref
from reconciler.render.chronicle import chapters, moment_of, until
from reconciler.render.history_json import chapter_to_json, memory_to_json
from reconciler.render.history_text import history_text
from reconciler.render.memory_text import memory_text
from reconciler.render.spans import plain
from tests.render.goldens import matches_golden
from tests.strategies.journal import JOURNALS, JUMBLES, Attempt, run_of

NOW = "2026-11-24T20:36:00Z"
AT = "2026-11-21T20:36:00.000Z"

ATTEMPTS = [
    Attempt("surface", "id-1", SetChampion(Ref("m8", "surface@v8")), Done()),
    Attempt("surface", "id-1", ClearShadow(), AlreadySatisfied("there is none")),
    Attempt("", "", CreateTag("line 3"), Failed("tag \x1b[31m is refused")),
    Attempt("deep-drawing", "id-2", UpdateSettings(threshold=0.5), Unverified("the connection was reset")),
    Attempt("deep-drawing", "id-2", ClearShadow(), Skipped("an earlier step failed")),
]


def journal() -> list[Entry]:
    live = LiveDeployment(id="id-1", name="surface", threshold=0.4, tags=frozenset({"a"}))
    adopting = RunHeader(
        "run-2", "adopt", "2026-11-22T10:00:00Z", actor="ada", reason="made by hand", revision="f" * 40
    )
    return [
        *run_of("run-1", ATTEMPTS),
        RunStarted(adopting),
        FieldsRemembered("run-2", adopting.at, "surface", ("name", "threshold", "tags"), live, "Delete", False),
        FieldsRemembered("run-2", adopting.at, "surface", (), live, "Delete", False),
        Forgotten("run-2", adopting.at, "gone"),
        RunStarted(RunHeader("run-3", "drift", "2026-11-23T10:00:00Z", "ci")),
        DriftSeen("run-3", "2026-11-23T10:00:00Z", "surface", (("threshold", "drifted"), ("tags", "conflict"))),
        DriftSeen("run-3", "2026-11-23T10:00:00Z", "deep-drawing", ()),
        *run_of("run-4", [Attempt("surface", "id-1", SetChampion(Ref("m9", "surface@v9")), None)], killed=True),
    ]


def test_history_in_full() -> None:
    assert matches_golden("history.txt", plain(history_text(chapters(journal()), idle=3, older=1_200)))


def test_memory_in_full() -> None:
    assert matches_golden("memory.txt", plain(memory_text(replay(journal()).view(), now=NOW)))


def test_both_as_documents() -> None:
    told = [chapter_to_json(chapter) for chapter in chapters(journal())]
    assert matches_golden("history.json", "\n".join([*map(write_text, told), ""]))
    assert matches_golden("memory.json", "\n".join([*map(write_text, memory_to_json(replay(journal()).view())), ""]))


def test_an_age_that_cannot_be_told_is_a_time() -> None:
    assert "# since 2026-11-22T10:00:00Z, commit ffffffffffff" in plain(memory_text(replay(journal()).view(), now=""))


def test_of_one_deployment_only_its_own_deeds_are_told() -> None:
    told = [deed for chapter in chapters(journal(), "surface") for deed in chapter.deeds]
    assert {deed.address for deed in told} == {"surface"}
    assert len(told) == 5


@given(JUMBLES | JOURNALS)
def test_every_run_is_told_as_its_summary_says_and_any_journal_can_be_told(entries: list[Entry]) -> None:
    told = chapters(entries)
    assert [(chapter.header, chapter.finished_at, chapter.exit_code) for chapter in told] == [
        (summary.header, summary.finished_at, summary.exit_code) for summary in summaries(entries)
    ]
    plain(history_text(told))
    plain(memory_text(replay(entries).view(), now=NOW))
    for chapter in told:
        write_text(chapter_to_json(chapter))
    write_text(memory_to_json(replay(entries).view()))


@given(JOURNALS)
def test_every_intent_is_told_once(entries: list[Entry]) -> None:
    intents = sum(isinstance(entry, IntentRecorded) for entry in entries)
    assert sum(bool(deed.outcome) for chapter in chapters(entries) for deed in chapter.deeds) == intents


def test_until_a_moment_means_what_had_been_written_by_then() -> None:
    entries = journal()
    for moment, runs in [("2026-11-21", 0), (AT, 2), ("2026-11-22T11:00:00+01:00", 3), ("2026-11-30", 4)]:
        found = moment_of(moment)
        assert found is not None
        assert sum(isinstance(entry, RunStarted) for entry in until(entries, found)) == runs


def test_an_entry_whose_time_nobody_can_read_counts_by_its_place() -> None:
    entries: list[Entry] = [Forgotten("run-1", "yesterday", "surface")]
    assert [entry_to_json(each) for each in until(entries, datetime(2000, 1, 1, tzinfo=UTC))] == [
        entry_to_json(entries[0])
    ]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-21", datetime(2026, 11, 21, tzinfo=UTC)),
        ("2026-11-21T20:36", datetime(2026, 11, 21, 20, 36, tzinfo=UTC)),
        ("2026-11-21T20:36:00.5Z", datetime(2026, 11, 21, 20, 36, 0, 500_000, tzinfo=UTC)),
        ("2026-11-21T21:36+01:00", datetime(2026, 11, 21, 20, 36, tzinfo=UTC)),
        ("soon", None),
        ("", None),
    ],
)
def test_a_time_without_a_zone_is_utc(text: str, moment: datetime | None) -> None:
    assert moment_of(text) == moment
