"""Flags beat environment variables, which beat the configuration; what is missing is asked for by name."""

from pathlib import Path
from typing import Any

import pytest

from reconciler.core.blast_radius import Caps
from reconciler.core.secret import Secret
from reconciler.errors import NotAuthenticated, SettingsError, exit_code_of
from reconciler.settings.configuration import Configuration
from reconciler.settings.resolution import Embedded, LedgerChoice, Remote, Settings, ledger_of, resolve
from reconciler.settings.sources import Flags, Sources

TOKEN = {"PICSELLIA_TOKEN": "t-env"}
TWO = {"environments": {"staging": {"host": "http://staging"}, "laptop": {"embedded": "data"}}}


def resolved(
    flags: Flags | None = None, variables: dict[str, str] | None = None, file: dict[str, Any] | None = None
) -> Settings:
    configuration = Configuration.model_validate(file or {})
    return resolve(Sources(flags or Flags(), variables or {}, configuration, Path("/project")))


def remote(settings: Settings) -> Remote:
    assert isinstance(settings.platform, Remote)
    return settings.platform


def embedded(settings: Settings) -> Embedded:
    assert isinstance(settings.platform, Embedded)
    return settings.platform


def test_with_no_platform_the_error_names_both_ways_to_name_one() -> None:
    with pytest.raises(SettingsError) as raised:
        resolved()
    assert raised.value.exit_code == 3
    assert "--host" in str(raised.value.hint)
    assert "--embedded" in str(raised.value.hint)


@pytest.mark.parametrize(
    ("flags", "variables", "host"),
    [
        (Flags(host="http://flag"), {"PICSELLIA_HOST": "http://variable"}, "http://flag"),
        (Flags(), {"PICSELLIA_HOST": "http://variable"}, "http://variable"),
        (Flags(environment="staging"), {}, "http://staging"),
        (Flags(), {"RECONCILER_ENV": "staging"}, "http://staging"),
        (Flags(environment="staging"), {"PICSELLIA_HOST": "http://variable"}, "http://variable"),
        (Flags(environment="staging"), {"PICSELLIA_HOST": ""}, "http://staging"),
    ],
)
def test_the_strongest_layer_names_the_platform(flags: Flags, variables: dict[str, str], host: str) -> None:
    assert remote(resolved(flags, {**TOKEN, **variables}, TWO)).host == host


def test_an_embedded_platform_needs_no_token() -> None:
    settings = resolved(Flags(embedded=Path("/data")))
    assert settings.platform == Embedded(Path("/data"), None)


def test_an_embedded_folder_of_the_configuration_is_relative_to_it() -> None:
    assert embedded(resolved(Flags(environment="laptop"), {}, TWO)).folder == Path("/project/data")


def test_the_organisation_of_a_replaced_platform_does_not_leak_into_the_embedded_one() -> None:
    settings = resolved(Flags(embedded=Path("/data")), {"PICSELLIA_ORGANIZATION": "acme", "PICSELLIA_HOST": "http://h"})
    assert embedded(settings).organization is None


def test_an_organisation_from_the_environment_overrides_that_of_the_configuration() -> None:
    file = {"environments": {"a": {"host": "http://h", "organization": "file"}}}
    assert remote(resolved(None, {**TOKEN, "PICSELLIA_ORGANIZATION": "variable"}, file)).organization == "variable"


def test_two_platforms_at_once_are_a_contradiction() -> None:
    with pytest.raises(SettingsError, match="both a host and an embedded platform"):
        resolved(Flags(host="http://h", embedded=Path("d")))


def test_the_only_environment_is_chosen_by_itself() -> None:
    settings = resolved(None, TOKEN, {"environments": {"production": {"host": "http://h"}}})
    assert settings.environment == "production"


def test_the_default_environment_is_chosen_among_several() -> None:
    assert resolved(None, TOKEN, {**TWO, "defaultEnvironment": "staging"}).environment == "staging"


def test_several_environments_without_a_choice_are_listed() -> None:
    with pytest.raises(SettingsError) as raised:
        resolved(None, TOKEN, TWO)
    assert "staging, laptop" in str(raised.value.hint)


def test_an_unknown_environment_is_named_with_those_that_exist() -> None:
    with pytest.raises(SettingsError, match='there is no environment "prod"') as raised:
        resolved(Flags(environment="prod"), TOKEN, TWO)
    assert "staging, laptop" in str(raised.value.hint)


def test_a_platform_on_the_command_line_needs_no_environment() -> None:
    assert resolved(Flags(host="http://h"), TOKEN, TWO).environment == ""


def test_without_a_token_the_error_says_how_to_get_one_and_is_an_access_error() -> None:
    with pytest.raises(NotAuthenticated) as raised:
        resolved(Flags(host="http://h"))
    assert exit_code_of(raised.value) == 4
    assert "PICSELLIA_TOKEN" in str(raised.value.hint)
    assert "--token-file" in str(raised.value.hint)


def test_a_token_file_on_the_command_line_beats_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("t-file\n")
    assert remote(resolved(Flags(host="http://h", token_file=file), TOKEN)).token == Secret("t-file")


def test_tokens_come_from_the_environment_then_from_files_named_there_or_in_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(" t-file ")
    named = {"RECONCILER_TOKEN_FILE": str(file)}
    configured = {"environments": {"a": {"host": "http://h", "tokenFile": str(file)}}}
    assert remote(resolved(Flags(host="http://h"), {**TOKEN, **named})).token == Secret("t-env")
    assert remote(resolved(Flags(host="http://h"), named)).token == Secret("t-file")
    assert remote(resolved(None, {}, configured)).token == Secret("t-file")


@pytest.mark.parametrize("content", [b"", b" \n"])
def test_an_empty_token_file_is_no_token(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)
    with pytest.raises(NotAuthenticated, match="empty"):
        resolved(Flags(host="http://h", token_file=file))


def test_an_unreadable_token_file_is_named_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file") as raised:
        resolved(Flags(host="http://h", token_file=tmp_path / "none"))
    assert raised.value.where == str(tmp_path / "none")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="not text"):
        resolved(Flags(host="http://h", token_file=tmp_path / "binary"))


def test_no_token_ever_shows_in_the_settings() -> None:
    assert "t-env" not in repr(resolved(Flags(host="http://h"), TOKEN))


def test_the_default_ledger_lies_in_the_project() -> None:
    settings = resolved(Flags(embedded=Path("/data")))
    assert settings.ledger == LedgerChoice("/project/.reconciler/ledger.db", is_default=True)


@pytest.mark.parametrize(
    ("flags", "variables", "url"),
    [
        (Flags(ledger="postgresql://h/l"), {"RECONCILER_LEDGER": "/v"}, "postgresql://h/l"),
        (Flags(), {"RECONCILER_LEDGER": "/v"}, "/v"),
        (Flags(), {}, "/project/environment.db"),
    ],
)
def test_a_chosen_ledger_is_no_longer_the_default_one(flags: Flags, variables: dict[str, str], url: str) -> None:
    file = {"ledger": "catalog.db", "environments": {"a": {"embedded": "d", "ledger": "environment.db"}}}
    assert resolved(flags, variables, file).ledger == LedgerChoice(url, is_default=False)


def test_the_ledger_of_the_catalog_is_relative_to_the_configuration() -> None:
    file = {"ledger": "catalog.db", "environments": {"a": {"embedded": "d"}}}
    assert resolved(None, {}, file).ledger.url == "/project/catalog.db"


@pytest.mark.parametrize(("value", "in_ci"), [("true", True), ("1", True), ("false", False), ("0", False), ("", False)])
def test_a_ci_job_is_known_by_the_usual_variable(value: str, in_ci: bool) -> None:
    assert resolved(Flags(embedded=Path("/d")), {"CI": value}).in_ci is in_ci


def test_the_catalog_is_named_by_variable_then_file_then_default() -> None:
    flags = Flags(embedded=Path("/d"))
    assert resolved(flags, {"RECONCILER_CATALOG": "v"}, {"catalog": "f"}).catalog == "v"
    assert resolved(flags, {}, {"catalog": "f"}).catalog == "f"
    assert resolved(flags).catalog == "default"


def test_a_ledger_on_a_branch_is_in_the_repository_of_the_manifests_unless_one_is_named(tmp_path: Path) -> None:
    def url(flag: str | None, configured: str | None = None) -> str:
        configuration = Configuration(ledger=configured)
        return ledger_of(Sources(Flags(ledger=flag), {}, configuration, tmp_path / "a b")).url

    assert url("git:") == f"git:?repository={tmp_path}/a%20b"
    assert url("git:ops/memory?remote=up") == f"git:ops/memory?remote=up&repository={tmp_path}/a%20b"
    assert url("git:?repository=../c%2B%2B") == f"git:?repository={Path.cwd()}/../c%2B%2B"
    assert url(None, "git:x?repository=..") == f"git:x?repository={tmp_path}/a%20b/.."


def test_the_ledger_s_url_is_not_in_the_representation_of_settings(tmp_path: Path) -> None:
    chosen = ledger_of(Sources(Flags(ledger="postgresql://u:hunter2@db/l"), {}, Configuration(), tmp_path))
    assert "hunter2" not in repr(chosen)
    assert "hunter2" in chosen.url


def test_the_caps_of_an_environment_override_those_of_the_catalog_one_by_one() -> None:
    own = {"host": "http://lab", "policy": {"maxRemovals": 0.5}}
    file = {"policy": {"maxRemovals": 0.1, "ownedFrom": 4}, "environments": {"lab": own}}
    assert resolved(Flags(environment="lab"), TOKEN, file).caps == Caps(max_removals=0.5, owned_from=4)
    assert resolved(Flags(host="http://other"), TOKEN, file).caps == Caps(max_removals=0.1, owned_from=4)
    assert resolved(Flags(host="http://other"), TOKEN).caps == Caps()
