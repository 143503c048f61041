"""`adopt` and `forget` move the line between ours and not ours; the platform is never written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.hand import edit
from tests.platform.harness import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.play import Project, Result


class Silent:
    """A project on a platform that reports only what the official SDK reads."""

    def __init__(self, project: Project, url: str) -> None:
        self.project = project
        self.url = url

    def run(self, *arguments: str, ledger: str = "mine.db") -> Result:
        return self.project.run(*arguments, "--host", self.url, "--ledger", ledger)


@pytest.fixture
def silent(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Silent]:
    """A deployment that somebody else made, on a platform that reports neither threshold nor training data."""
    with running_server(project.folder / "platform", "sdk-only") as ready:
        monkeypatch.setenv("PICSELLIA_TOKEN", ready["token"])
        made = Silent(project, ready["url"])
        assert made.run("apply", "--yes", ledger="somebody-elses.db").code == 0
        yield made


def test_what_nobody_can_read_is_held_then_adopted_then_assumed(silent: Silent) -> None:
    held = silent.run("plan")
    assert "2 fields held" in held.out
    assert "Next: if they are as declared, `reconciler adopt surface`;" in held.out

    adopted = silent.run("adopt", "surface")
    assert adopted.code == 0
    assert "> surface" in adopted.out
    assert "> threshold     0.4  # not reported; from now on assumed as declared" in adopted.out
    assert "> trainingData  surface@2026-06  # not reported" in adopted.out
    assert adopted.last == (
        "Adopt: 1 deployment; 2 fields taken as declared, 4 seen as declared, 0 left as they differ. "
        "Nothing was written to the platform."
    )
    assert "write" not in adopted.err

    clean = silent.run("plan", "--detailed-exitcode")
    assert clean.code == 0
    assert "2 fields are not reported by the platform and assumed as applied, the oldest" in clean.out
    assert clean.last.startswith("No changes. ")


def test_strict_drift_raises_its_voice_about_what_is_only_assumed(silent: Silent) -> None:
    silent.run("adopt", "surface")
    assert silent.run("drift").code == 0
    assert silent.run("drift", "--strict").code == 2


def test_a_change_after_adopting_is_pending_and_is_written(silent: Silent) -> None:
    silent.run("adopt", "surface")
    silent.project.write("surface", threshold=0.5)
    assert "threshold  0.4 → 0.5  # pending" in silent.run("plan").out
    assert silent.run("apply", "--yes").code == 0
    assert silent.run("plan", "--detailed-exitcode").code == 0


def test_adopting_twice_records_nothing_the_second_time(silent: Silent) -> None:
    assert json.loads(silent.run("adopt", "surface", "--format", "json").out)["run"]
    document = json.loads(silent.run("adopt", "surface", "--format", "json").out)
    assert document["run"] == ""
    assert document["adopted"][0]["taken"] == {}


def test_a_ci_job_does_not_adopt_into_a_ledger_that_ends_with_it(
    silent: Silent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    result = silent.project.run("adopt", "surface", "--host", silent.url)
    assert result.code == 3
    assert "--ledger" in result.err


def test_what_is_reported_otherwise_is_left_as_it_is(project: Project) -> None:
    project.here("apply", "--yes", "--ledger", "somebody-elses.db")
    edit(project.folder / "platform", threshold=0.9)
    result = project.here("adopt", "surface")
    assert result.code == 0
    assert "~ threshold  desired 0.4, live 0.9  # unrecorded; not adopted" in result.out
    assert "5 seen as declared, 1 left" in result.last
    plan = project.here("plan")
    assert "threshold  0.9 → 0.4  # unrecorded" in plan.out


def test_as_a_document_an_adoption_tells_what_was_taken_seen_and_left(silent: Silent) -> None:
    document = json.loads(silent.run("adopt", "surface", "--format", "json").out)
    (adopted,) = document["adopted"]
    assert adopted["taken"]["threshold"] == 0.4
    assert adopted["taken"]["trainingData"]["label"] == "surface@2026-06"
    assert set(adopted["seen"]) == {"name", "tags", "models.champion", "models.shadow"}
    assert adopted["left"] == []


@pytest.mark.parametrize("verb", ["adopt", "forget"])
def test_a_wrong_name_is_an_error_with_the_likely_one(applied: Project, verb: str) -> None:
    result = applied.here(verb, "surfase")
    assert result.code == 3
    assert "'surfase'" in result.err
    assert "Did you mean surface?" in result.err


def test_what_is_not_on_the_platform_cannot_be_adopted(project: Project) -> None:
    result = project.here("adopt", "surface")
    assert result.code == 5
    assert "the platform has no deployment of the name 'surface'" in result.err
    assert "where: manifests/surface.yaml:1:1" in result.err


def test_what_is_forgotten_is_an_orphan_no_more(applied: Project) -> None:
    (applied.folder / "manifests" / "surface.yaml").rename(applied.folder / "manifests" / "other.yaml")
    text = (applied.folder / "manifests" / "other.yaml").read_text()
    applied.write("other", text.replace("name: surface\n", "name: other\n"))
    assert "surface  orphaned" in applied.here("plan").out
    result = applied.here("forget", "surface")
    assert result.code == 0
    assert result.out.startswith(". surface (")
    assert "warning" not in result.out
    assert result.last == "Forget: 1 deployment. Nothing was written to the platform."
    assert "orphaned" not in applied.here("plan").out


def test_the_last_deployment_can_be_forgotten_when_its_manifest_is_gone(applied: Project) -> None:
    (applied.folder / "manifests" / "surface.yaml").unlink()
    assert applied.here("forget", "surface").code == 0
    assert applied.here("forget", "surface").code == 3


def test_forgetting_what_is_declared_warns_that_it_will_be_found_again(applied: Project) -> None:
    result = applied.here("forget", "surface")
    assert result.code == 0
    assert "warning: a manifest still declares it" in result.out
    assert "are live as desired but not recorded" in applied.here("plan").out


def test_as_a_document_forgetting_tells_id_and_fields(applied: Project) -> None:
    document = json.loads(applied.here("forget", "surface", "--format", "json").out)
    (forgotten,) = document["forgotten"]
    assert (forgotten["address"], forgotten["name"], forgotten["declared"]) == ("surface", "surface", True)
    assert forgotten["remote_id"]
    assert forgotten["fields"] >= 6


def test_names_go_with_manifests_elsewhere(applied: Project) -> None:
    (applied.folder / "manifests").rename(applied.folder / "elsewhere")
    assert applied.here("adopt", "surface", "--manifests", "elsewhere").code == 0
