"""Every failure ends in the documented exit code and a message with the next step, never in a traceback."""

import re
import stat
from pathlib import Path

import pytest

from reconciler.cli import app
from reconciler.cli.console import Console
from reconciler.cli.failures import fail
from reconciler.cli.options import Talk
from reconciler.errors import Bug, Incomplete, StalePlan
from reconciler.platform.app import PlatformSettings, open_platform
from tests.cli.play import Invoke, Project

MANIFEST = "apiVersion: reconciler.dev/v1\nkind: Deployment\nmetadata: {name: a}\n"
VALID = MANIFEST + "spec: {models: {champion: {model: m, version: v1}}}\n"


@pytest.fixture
def manifest(tmp_path: Path) -> str:
    file = tmp_path / "a.yaml"
    file.write_text(VALID)
    return str(file)


@pytest.fixture
def bugs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where tracebacks are kept."""
    folder = tmp_path / "kept"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def test_without_a_platform_both_ways_to_name_one_are_told(invoke: Invoke, manifest: str) -> None:
    result = invoke("plan", manifest)
    assert result.code == 3
    assert "--host" in result.err
    assert "--embedded" in result.err


def test_without_a_token_nothing_is_sent_and_the_way_to_one_is_told(invoke: Invoke, manifest: str) -> None:
    result = invoke("plan", manifest, "--host", "http://127.0.0.1:9")
    assert result.code == 4
    assert "PICSELLIA_TOKEN" in result.err


def test_invalid_manifests_stop_a_plan_with_their_diagnostics(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(MANIFEST + "spec: {}\n")
    result = invoke("plan", "a.yaml", "--embedded", "p")
    assert (result.code, result.out) == (3, "")
    assert "  --> a.yaml:4:1\n" in result.err
    assert not (tmp_path / "p").exists()


def test_invalid_settings_stop_a_plan_with_their_diagnostics(invoke: Invoke, tmp_path: Path, manifest: str) -> None:
    (tmp_path / "reconciler.yaml").write_text("catalog: 7\n")
    result = invoke("plan", manifest)
    assert result.code == 3
    assert "  --> reconciler.yaml:1:10\n" in result.err


def test_a_data_folder_that_another_process_works_on_is_exit_6(project: Project) -> None:
    platform = open_platform(PlatformSettings(project.folder / "platform"))
    try:
        result = project.here("plan")
    finally:
        platform.close()
    assert result.code == 6
    assert "in use by process" in result.err
    assert "hint: " in result.err


def test_an_unknown_organisation_is_named(project: Project) -> None:
    result = project.here("plan", "--organization", "nobody")
    assert result.code == 3
    assert "'nobody'" in result.err


def test_a_ledger_of_an_unknown_kind_is_named(project: Project) -> None:
    result = project.here("plan", "--ledger", "redis://x/1")
    assert result.code == 3
    assert "'redis'" in result.err


def test_a_ledger_that_cannot_be_read_is_exit_1(project: Project) -> None:
    (project.folder / "ledger.db").write_bytes(b"not a database" * 100)
    result = project.here("plan", "--ledger", "ledger.db")
    assert result.code == 1
    assert "ledger.db" in result.err
    assert "Traceback" not in result.err


def test_an_internal_error_becomes_a_bug_report_with_a_file(
    invoke: Invoke, bugs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> int:
        raise KeyError("inner")

    monkeypatch.setattr(app, "_COMMAND", broken)
    result = invoke("validate")
    assert result.code == 1
    assert "Traceback" not in result.err
    assert "failed inside: KeyError: 'inner'" in result.err
    (kept,) = bugs.iterdir()
    assert str(kept) in result.err
    assert "Traceback" in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_on_request_the_traceback_is_shown_too(
    bugs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("RECONCILER_DEBUG", raising=False)
    assert fail(Console(Talk(verbose=2)), KeyError("inner")) == 1
    assert "KeyError: 'inner'\n" in capsys.readouterr().err
    monkeypatch.setenv("RECONCILER_DEBUG", "1")
    assert fail(Console(Talk()), Bug("impossible")) == 1
    assert "Bug: impossible\n" in capsys.readouterr().err


def test_a_file_that_cannot_be_kept_is_no_further_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/nowhere/at/all")
    assert fail(Console(Talk()), KeyError("inner")) == 1
    assert "RECONCILER_DEBUG=1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"), [(StalePlan("moved", where="GET /x", hint="Plan again."), 6), (Incomplete("half"), 7)]
)
def test_an_error_is_told_with_its_place_its_next_step_and_its_code(
    error: StalePlan | Incomplete, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fail(Console(Talk(quiet=True)), error) == code
    text = capsys.readouterr().err
    assert re.match(r"error: (moved\n  where: GET /x\n  hint: Plan again\.|half)\n", text)
