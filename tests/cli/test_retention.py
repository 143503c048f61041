"""`ledger prune`, and an apply that prunes at its end: history goes, what is applied stays, and what went is told."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from reconciler.adapters.ledger.open import open_ledger
from reconciler.cli.runs.pruning import WORTH, tidy
from reconciler.core.journal import RunFinished, RunHeader, RunStarted
from reconciler.core.retention import Pruning, Retention
from reconciler.errors import LedgerError
from tests.cli.hand import edit

if TYPE_CHECKING:
    from tests.cli.play import Project

OLD = "2024-02-29T12:00:00Z"


def aged(project: Project, runs: int) -> str:
    """A ledger in which as many old runs without effect, each two entries, come before what was applied."""

    async def work() -> None:
        async with open_ledger(str(project.folder / ".reconciler" / "ledger.db")) as home:
            (catalog,) = await home.catalogs()
            applied = [line.entry for line in await home.lines(catalog)]
        names = [f"old-{number}" for number in range(runs)]
        old = [(RunStarted(RunHeader(name, "drift", OLD)), RunFinished(name, OLD, 0)) for name in names]
        async with open_ledger(str(project.folder / "aged.db")) as home:
            await home.append(catalog, [*(entry for run in old for entry in run), *applied])

    asyncio.run(work())
    return "aged.db"


LATER = 3
"""Entries of the drift."""


def memory(project: Project, *words: str) -> dict[str, Any]:
    (found,) = json.loads(project.run("ledger", "show", "--format", "json", *words).out)["memories"]
    return found


def entries(project: Project) -> int:
    return memory(project)["entries"]


@pytest.fixture
def drifted(applied: Project) -> Project:
    """An apply of today, and a drift that was seen behind it."""
    edit(applied.folder / "platform", threshold=0.9)
    assert applied.here("drift").code == 2
    return applied


def test_history_goes_and_plans_memory_and_origins_stay(drifted: Project) -> None:
    before = memory(drifted)["deployments"]
    planned = drifted.here("plan", "--format", "json").out
    count = entries(drifted) - LATER
    dry = drifted.run("ledger", "prune", "--keep-runs", "1", "--dry-run")
    assert dry.out.startswith(f"Would prune {count} entries of 1 run of default, up to 20")
    assert entries(drifted) == count + LATER
    result = drifted.run("ledger", "prune", "--keep-runs", "1", "--yes")
    assert (result.code, result.err) == (0, "")
    assert result.out == dry.out.replace("Would prune", "Pruned")
    assert entries(drifted) == LATER
    assert memory(drifted)["deployments"] == before
    told = drifted.run("ledger", "show").out.splitlines()[0]
    assert told.startswith("Older entries, up to 20")
    assert " were pruned by " in told
    assert told.endswith(f": {count} entries of 1 run. What they left is kept.")
    assert json.loads(drifted.here("plan", "--format", "json").out)["digest"] == json.loads(planned)["digest"]
    assert "create deployment" not in drifted.run("history", "surface").out
    assert drifted.run("history").out.splitlines()[-2] == told
    assert drifted.run("ledger", "prune", "--keep-runs", "1", "--yes").out == "Pruned 0 entries of 0 runs of default.\n"


def test_as_a_document_it_counts_the_same(drifted: Project) -> None:
    count = entries(drifted) - LATER
    dry = json.loads(drifted.run("ledger", "prune", "--keep-runs", "1", "--dry-run", "--format", "json").out)
    done = json.loads(drifted.run("ledger", "prune", "--keep-runs", "1", "--yes", "--format", "json").out)
    assert (dry["dry_run"], done["dry_run"]) == (True, False)
    for document in (dry, done):
        (found,) = document["memories"]
        assert (found["entries"], found["runs"], found["pruned"]["entries"]) == (count, 1, count)
    (told,) = json.loads(drifted.run("history", "--format", "json").out)["memories"]
    assert told["pruned"] == done["memories"][0]["pruned"]


def test_what_was_applied_before_the_pruned_entries_ended_is_not_guessed(drifted: Project) -> None:
    assert drifted.run("history", "--at", "2024-01-01").last.startswith("Applied: 0 deployments")
    drifted.run("ledger", "prune", "--keep-runs", "1", "--yes")
    result = drifted.run("history", "--at", "2024-01-01")
    assert (result.code, result.out) == (3, "")
    assert "what was applied at 2024-01-01T00:00:00+00:00 is not known any more" in result.err
    assert "Ask for a later time" in result.err
    assert "surface" in drifted.run("history", "--at", "2099-01-01").out


def test_explain_still_tells_who_wrote_a_field(drifted: Project) -> None:
    before = drifted.here("explain", "surface", "--format", "json").out
    drifted.run("ledger", "prune", "--keep-runs", "1", "--yes")
    after = drifted.here("explain", "surface", "--format", "json").out
    assert json.loads(after)["fields"] == json.loads(before)["fields"]


def test_an_export_of_a_pruned_ledger_brings_all_of_it(drifted: Project) -> None:
    drifted.run("ledger", "prune", "--keep-runs", "1", "--yes")
    result = drifted.run("ledger", "export", "--output-file", "export.jsonl")
    assert result.err.startswith("Exported 3 entries of ")
    assert drifted.run("ledger", "import", "export.jsonl", "--ledger", "other.db").code == 0
    assert memory(drifted, "--ledger", "other.db") == memory(drifted)


def test_the_settings_say_what_to_keep_and_the_command_line_says_it_instead(drifted: Project) -> None:
    (drifted.folder / "reconciler.yaml").write_text("keep: {days: 400}\n", encoding="utf-8")
    assert drifted.run("ledger", "prune", "--dry-run").out == "Would prune 0 entries of 0 runs of default.\n"
    assert drifted.run("ledger", "prune", "--dry-run", "--keep-runs", "1").out.startswith("Would prune 1")


def test_an_environment_says_one_by_one_what_is_kept_there(applied: Project) -> None:
    ledger = aged(applied, 5)
    (applied.folder / "reconciler.yaml").write_text(
        "keep: {days: 400}\nenvironments:\n  archive: {keep: {days: 36500}}\n  lab: {keep: {runs: 3}}\n  line: {}\n",
        encoding="utf-8",
    )

    def pruned(environment: str, *words: str) -> tuple[int, int]:
        result = applied.run("ledger", "prune", "--env", environment, "--ledger", ledger, "--format", "json", *words)
        (found,) = json.loads(result.out)["memories"]
        return found["runs"], found["entries"]

    # All but the apply are years old: `days` alone keeps that one, three runs are that and two more.
    counts = {name: pruned(name, "--dry-run") for name in ("archive", "lab", "line")}
    assert counts == {"archive": (0, 0), "lab": (3, 6), "line": (5, 10)}
    assert pruned("lab", "--yes") == counts["lab"]
    assert (pruned("lab", "--dry-run"), pruned("line", "--dry-run")) == ((0, 0), (2, 4))


def test_without_a_word_on_what_to_keep_nothing_goes(drifted: Project) -> None:
    result = drifted.run("ledger", "prune", "--yes")
    assert (result.code, result.out) == (3, "")
    assert "nothing says which runs to keep" in result.err
    assert drifted.run("ledger", "prune", "--yes", "--keep-days", "0").code == 3


def test_where_nobody_is_there_to_ask_nothing_changes(drifted: Project) -> None:
    before = entries(drifted)
    result = drifted.run("ledger", "prune", "--keep-runs", "1")
    assert (result.code, result.out) == (3, "")
    assert "--dry-run" in result.err
    assert entries(drifted) == before


@pytest.mark.parametrize(("runs", "told"), [(WORTH // 2, f"Pruned {WORTH} entries of {WORTH // 2} runs"), (9, "")])
@pytest.mark.parametrize("settings", ["keep: {days: 400}\n", "environments: {lab: {keep: {days: 400}}}\n"])
def test_an_apply_prunes_at_its_end_what_is_worth_a_write_where_the_settings_say_what_to_keep(
    applied: Project, runs: int, told: str, settings: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = aged(applied, runs)
    assert "Pruned" not in applied.here("apply", "--yes", "--ledger", ledger).err
    (applied.folder / "reconciler.yaml").write_text(settings, encoding="utf-8")
    if "lab" in settings:
        monkeypatch.setenv("RECONCILER_ENV", "lab")
    for verb in ("plan", "drift"):
        assert "Pruned" not in applied.here(verb, "--ledger", ledger).err
    result = applied.here("apply", "--yes", "--ledger", ledger)
    assert result.code == 0
    assert ("Pruned" in result.err) is bool(told)
    assert told in result.err
    assert applied.here("plan", "--detailed-exitcode", "--ledger", ledger).code == 0


def test_a_ledger_that_cannot_be_pruned_fails_nothing() -> None:
    class Away:
        async def prune(self, catalog: str, pruning: Pruning) -> None:
            raise LedgerError(f"the disk of {catalog} is full at {pruning.at}")

    pruning = Pruning(Retention(runs=1), OLD)
    told = asyncio.run(tidy(Away(), "demo", pruning))
    assert told == f"The ledger could not be pruned; the next apply tries again: the disk of demo is full at {OLD}."
    assert asyncio.run(tidy(object(), "demo", pruning)) == ""
    assert asyncio.run(tidy(Away(), "demo", Pruning(Retention(), OLD))) == ""
