"""Leases on the command line: who holds what is shown, broken on purpose, waited for, and respected."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING

import pytest

from reconciler.adapters.ledger.open import open_ledger
from reconciler.core.lease import Claim, Lease, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.cli.play import Project

OTHER = Claim("other-run", "bob@elsewhere, process 7", seconds=3600.0)


def seize(project: Project, *addresses: str, claim: Claim = OTHER) -> Sequence[Lease]:
    """Let another run hold deployments of the project's catalog."""

    async def work() -> Sequence[Lease]:
        async with open_ledger(str(project.folder / ".reconciler" / "ledger.db")) as home:
            (catalog,) = await home.catalogs()
            return await home.acquire(catalog, addresses, claim)

    return asyncio.run(work())


def test_an_apply_on_what_another_run_holds_is_6_and_says_who_and_until_when(applied: Project) -> None:
    applied.write("surface", threshold=0.6)
    (lease,) = seize(applied, "surface")
    result = applied.here("apply", "--yes")
    assert result.code == 6
    assert "surface is held by bob@elsewhere, process 7 (run other-run)" in result.err
    assert shown(lease.expires_at) in result.err
    assert "--lock-timeout" in result.err
    assert "ledger unlock" in result.err


def test_a_plan_and_an_apply_without_changes_ask_nobody(applied: Project) -> None:
    seize(applied, "surface")
    assert applied.here("plan", "--detailed-exitcode").code == 0
    assert applied.here("apply", "--yes").code == 0


def test_waiting_has_an_end_and_tells_for_whom(applied: Project) -> None:
    applied.write("surface", threshold=0.6)
    seize(applied, "surface")
    result = applied.here("apply", "--yes", "--lock-timeout", "0.2")
    assert result.code == 6
    assert re.search(r"^Waiting up to 0 s more: surface is held by bob@elsewhere", result.err, re.MULTILINE)


@pytest.mark.parametrize("words", ["-1", "soon", "1e9"])
def test_a_time_to_wait_that_is_none_is_refused(applied: Project, words: str) -> None:
    assert applied.here("apply", "--yes", "--lock-timeout", words).code == 3


def test_who_holds_what_is_shown_with_the_time_left(applied: Project) -> None:
    seize(applied, "surface", "other")
    result = applied.run("ledger", "show")
    told = r"^surface  held by bob@elsewhere, process 7 \(run other-run\) since \S+Z  # 3[56]\d\d s left$"
    assert re.search(told, result.out, re.MULTILINE)
    assert result.last.startswith("Applied: 1 deployment")
    leases = json.loads(applied.run("ledger", "show", "--format", "json").out)["leases"]
    assert [(lease["address"], lease["run"]) for lease in leases] == [("other", "other-run"), ("surface", "other-run")]
    assert 0 < leases[0]["seconds_left"] <= 3600


def test_an_expired_lease_is_shown_as_such_and_taken_over(applied: Project) -> None:
    applied.write("surface", threshold=0.6)
    seize(applied, "surface", claim=Claim("dead", "bob@elsewhere, process 7", seconds=-1.0))
    assert re.search(r"^surface  held by .*  # expired$", applied.run("ledger", "show").out, re.MULTILINE)
    assert applied.here("apply", "--yes").code == 0
    assert "held by" not in applied.run("ledger", "show").out


def test_unlocking_names_the_holder_lets_the_next_one_in_and_is_recorded(applied: Project) -> None:
    applied.write("surface", threshold=0.6)
    seize(applied, "surface", "other")
    result = applied.run("ledger", "unlock", "surface", "--yes")
    assert result.code == 0
    assert "surface  held by bob@elsewhere, process 7" in result.out
    assert "other" not in result.out.replace("other-run", "")
    assert result.last == "Unlocked: 1 deployment."
    assert applied.here("apply", "--yes").code == 0
    exported = applied.run("ledger", "export").out
    assert "surface was held by bob@elsewhere, process 7 (run other-run)" in exported
    assert applied.run("ledger", "unlock", "--yes").last == "Unlocked: 1 deployment."
    assert applied.run("ledger", "unlock", "--yes").last == "Unlocked: 0 deployments."


def test_unlocking_what_nobody_holds_is_a_mistake(applied: Project) -> None:
    seize(applied, "surface")
    result = applied.run("ledger", "unlock", "surfcae", "--yes")
    assert result.code == 3
    assert "nobody holds 'surfcae'" in result.err
    assert "Held are surface." in result.err


def test_unlocking_asks_and_without_anybody_to_answer_fails_at_once(applied: Project) -> None:
    seize(applied, "surface")
    result = applied.run("ledger", "unlock")
    assert result.code == 3
    assert "--yes" in result.err
    assert "held by" in applied.run("ledger", "show").out


def test_nothing_is_forgotten_while_another_run_holds_it(applied: Project) -> None:
    seize(applied, "surface")
    result = applied.here("forget", "surface")
    assert result.code == 6
    assert "surface is held by bob@elsewhere" in result.err


def test_the_settings_say_how_long_leases_last_and_waiting_takes(
    applied: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied.write("surface", threshold=0.6)
    seize(applied, "surface")
    (applied.folder / "reconciler.yaml").write_text("leaseSeconds: 60\nlockTimeout: 0.1\n", encoding="utf-8")
    assert "Waiting up to" in applied.here("apply", "--yes").err
    monkeypatch.setenv("RECONCILER_LOCK_TIMEOUT", "0")
    assert "Waiting up to" not in applied.here("apply", "--yes").err
    monkeypatch.setenv("RECONCILER_LEASE_SECONDS", "0.5")
    result = applied.here("apply", "--yes")
    assert result.code == 3
    assert "RECONCILER_LEASE_SECONDS takes seconds from 1 to 3600" in result.err
