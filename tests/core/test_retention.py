"""Retention lets go of history and of nothing else: whole runs, the oldest first, never what still matters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.actions import SetShadow
from reconciler.core.codec.baseline import baseline_from_json, baseline_to_json
from reconciler.core.codec.reading import read_text, write_text
from reconciler.core.journal import (
    DriftSeen,
    Entry,
    RunFinished,
    RunHeader,
    RunStarted,
    made_by,
    replay,
    summaries,
)
from reconciler.core.outcome import Done
from reconciler.core.references import Ref
from reconciler.core.retention import Baseline, Pruning, Retention, continued, prune, removable, with_kept
from reconciler.errors import LedgerError
from tests.strategies.journal import JOURNALS, JUMBLES, Attempt, run_of

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = datetime(2026, 11, 22, 20, 36, 30, tzinfo=UTC)
KEEPS = st.builds(Retention, st.none() | st.integers(1, 3), st.none() | st.integers(1, 3))
PRUNINGS = st.builds(
    Pruning, KEEPS, st.sampled_from(("2026-11-21T20:36:30Z", "2026-11-22T20:36:30Z", "2026-12-24T00:00:00Z", "soon"))
)
ANY = JUMBLES | JOURNALS


def ordered(keep: Retention) -> Pruning:
    return Pruning(keep, NOW.isoformat(), "ada")


def run(name: str, *, hours: float = 0.0, ended: bool = True) -> list[Entry]:
    """A run that gave one deployment its shadow, so many hours ago."""
    at = (NOW - timedelta(hours=hours)).isoformat()
    attempt = Attempt(name, f"id of {name}", SetShadow(Ref(f"model of {name}")), Done() if ended else None)
    return [RunStarted(RunHeader(name, "apply", at)), *run_of(name, [attempt], killed=not ended)[1:]]


def names(entries: Sequence[Entry]) -> list[str]:
    """The runs that entries are of, each once, in order."""
    return list(dict.fromkeys(map(made_by, entries)))


def left(entries: list[Entry], keep: Retention) -> list[str]:
    return names(entries[removable(entries, keep, now=NOW) :])


@given(ANY, PRUNINGS, ANY)
def test_whatever_is_pruned_and_whatever_comes_later_the_fold_is_the_same(
    entries: list[Entry], pruning: Pruning, later: list[Entry]
) -> None:
    """Applied, doubts, intents that wait, and the commits of runs: saved plans and leases rest on nothing else."""
    pruned = prune(None, entries, pruning)
    rest = entries[pruned.entries :]
    assert continued(pruned.baseline, rest) == replay(entries)
    assert continued(pruned.baseline, [*rest, *later]) == replay([*entries, *later])


@given(ANY, PRUNINGS)
def test_whole_runs_go_the_newest_stay_and_pruning_twice_is_pruning_once(
    entries: list[Entry], pruning: Pruning
) -> None:
    once = prune(None, entries, pruning)
    gone, rest = names(entries[: once.entries]), entries[once.entries :]
    assert not set(gone) & set(names(rest))
    newest = [each.header.run for each in summaries(entries)][: pruning.keep.runs or 1]
    assert not gone or set(newest) <= set(names(rest))
    twice = prune(once.baseline, rest, pruning)
    assert (twice.entries, twice.runs, twice.baseline) == (0, 0, once.baseline)


@given(ANY, st.lists(PRUNINGS, max_size=3), PRUNINGS)
def test_the_way_to_a_baseline_leaves_no_trace_in_the_memory(
    entries: list[Entry], pieces: list[Pruning], last: Pruning
) -> None:
    baseline, rest = None, entries
    for pruning in (*pieces, last):
        pruned = prune(baseline, rest, pruning)
        baseline, rest = pruned.baseline, rest[pruned.entries :]
    assert continued(baseline, rest) == replay(entries)
    assert (0 if baseline is None else baseline.sequence) + len(rest) == len(entries)
    assert (0 if baseline is None else baseline.runs) + len(summaries(rest)) == len(summaries(entries))


@given(ANY, PRUNINGS)
def test_a_baseline_survives_its_text_and_still_tells_who_wrote_a_field(entries: list[Entry], pruning: Pruning) -> None:
    pruned = prune(None, entries, pruning)
    if pruned.baseline is not None:
        assert baseline_from_json(read_text(write_text(baseline_to_json(pruned.baseline)))) == pruned.baseline
    known = {each.header.run for each in summaries(entries)}
    told = {each.header.run for each in with_kept(summaries(entries[pruned.entries :]), pruned.baseline, 100)}
    memory = continued(pruned.baseline, entries[pruned.entries :]).view()
    assert {record.run for each in memory.values() for record in each.records.values()} & known <= told


def test_runs_are_kept_by_number_by_age_or_by_either() -> None:
    entries = [*run("a", hours=90), *run("b", hours=60), *run("c", hours=30), *run("d", hours=1)]
    assert left(entries, Retention()) == ["a", "b", "c", "d"]
    assert left(entries, Retention(runs=2)) == ["c", "d"]
    assert left(entries, Retention(days=3)) == ["b", "c", "d"]
    assert left(entries, Retention(days=3, runs=1)) == ["b", "c", "d"]
    assert left(entries, Retention(days=1, runs=3)) == ["b", "c", "d"]


def test_the_newest_run_stays_however_old_it_is() -> None:
    assert left([*run("a", hours=9_000), *run("b", hours=8_000)], Retention(days=1)) == ["b"]


def test_a_run_that_may_still_be_writing_stays_and_a_crashed_one_goes_after_a_day_with_its_doubt_kept() -> None:
    young = [*run("a", hours=23, ended=False), *run("b", hours=2), *run("c", hours=1)]
    assert left(young, Retention(runs=1)) == ["a", "b", "c"]
    crashed = [*run("a", hours=25, ended=False), *run("b", hours=2), *run("c", hours=1)]
    pruned = prune(None, crashed, ordered(Retention(runs=1)))
    assert (pruned.entries, pruned.runs) == (len(crashed) - len(run("c")), 2)
    assert pruned.baseline is not None
    assert [intent.run for intent in pruned.baseline.memory.waiting] == ["a"]
    assert pruned.baseline.memory.view()["a"].records["models.shadow"].in_doubt


def test_a_run_that_goes_on_while_others_come_keeps_those_that_began_behind_it() -> None:
    long = run("long", hours=50)
    entries = [*long[:-1], *run("short", hours=49), long[-1], *run("new")]
    assert left(entries, Retention(runs=1)) == ["new"]
    assert left([*entries[:-1], long[-1], entries[-1]], Retention(runs=1)) == ["long", "short", "new"]


def test_drift_runs_are_runs() -> None:
    drift = [RunStarted(RunHeader("d", "drift", NOW.isoformat())), DriftSeen("d", NOW.isoformat(), "a", ())]
    entries = [*drift, RunFinished("d", NOW.isoformat(), 0), *run("new")]
    assert left(entries, Retention(runs=1)) == ["new"]


def test_what_has_no_readable_age_does_not_go_because_of_it() -> None:
    entries = [RunStarted(RunHeader("a", "apply", "yesterday")), RunFinished("a", "yesterday", 0), *run("b")]
    assert left(entries, Retention(days=1)) == ["a", "b"]
    assert removable([*run("a", hours=99), *run("b")], Retention(days=1), now=None) == 0


def test_entries_without_any_beginning_of_a_run_stay() -> None:
    assert removable([RunFinished("a", NOW.isoformat(), 0)], Retention(runs=1), now=NOW) == 0


def test_nothing_goes_while_too_little_could() -> None:
    entries = [*run("a", hours=30), *run("b")]
    size = len(run("a"))
    for least, gone in ((size, size), (size + 1, 0)):
        assert prune(None, entries, Pruning(Retention(runs=1), NOW.isoformat(), least=least)).entries == gone


def test_a_baseline_tells_how_much_it_stands_for_until_when_and_who_ordered_it() -> None:
    entries = [*run("a", hours=90), *run("b", hours=60), *run("c", hours=30)]
    first = prune(None, entries, ordered(Retention(runs=2)))
    second = prune(first.baseline, [*entries[first.entries :], *run("d")], ordered(Retention(runs=2)))
    found = second.baseline
    assert found is not None
    assert (found.sequence, found.runs, found.at, found.actor) == (8, 2, NOW.isoformat(), "ada")
    # Steps of these runs are all stamped alike, with a time behind the beginning of the two that went.
    assert found.until == "2026-11-21T20:36:00.000Z"
    assert [each.header.run for each in found.kept] == ["b", "a"]


WRITTEN = (
    '{"actor":"ada","at":"2026-11-22T20:36:30Z","format":1,"kept":[{"addresses":["a"],"exit_code":0,'
    '"finished_at":"2026-11-21T20:36:00.000Z","outcomes":{"Done":1},"started":{"actor":"","at":"2026-11-20T02:36:30+00:00",'
    '"command":"apply","format":1,"kind":"RunStarted","plan_digest":"","reason":"","repository":"","revision":"","run":"a"}}],'
    '"memory":{"applied":[{"address":"a","depends_on":[],"force_delete":false,"on_removal":"Orphan","prevent_destroy":true,'
    '"records":[{"at":"2026-11-21T20:36:00.000Z","in_doubt":false,"paths":["models.shadow"],"revision":"","run":"a"}],'
    '"values":{"fields":{"models.shadow":{"id":"model of a","label":""}},"id":"id of a"}}],"format":2,"revisions":{},'
    '"waiting":[]},"runs":1,"sequence":4,"until":"2026-11-21T20:36:00.000Z"}'
)
"""A baseline as the first version that knows them writes it; nothing else could bring back what it holds."""


def test_a_baseline_that_the_first_version_wrote_is_read_for_ever() -> None:
    expected = prune(None, [*run("a", hours=66), *run("b")], Pruning(Retention(runs=1), "2026-11-22T20:36:30Z", "ada"))
    assert baseline_from_json(read_text(WRITTEN)) == expected.baseline


def test_a_baseline_of_a_later_version_is_refused() -> None:
    baseline = Baseline(4, replay(run("a")), 1, "", "")
    data = baseline_to_json(baseline)
    memory = data["memory"]
    assert isinstance(memory, dict)
    for changed in (data | {"format": 2}, data | {"format": 0}, data | {"memory": memory | {"format": 99}}, [], {}):
        with pytest.raises(LedgerError):
            baseline_from_json(changed)
