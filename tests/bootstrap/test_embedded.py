"""The embedded platform is opened, shared, or refused in words that say what to do."""

import asyncio
import sys
from pathlib import Path

import pytest

from reconciler.bootstrap.embedded import IN_PROCESS, Serving, reach_embedded, seed_platform, serve_platform
from reconciler.bootstrap.session import Needs, session
from reconciler.core.actions import CreateTag
from reconciler.errors import Bug, Contention, SettingsError, UsageError
from reconciler.platform.app import PlatformSettings, open_platform
from reconciler.settings.resolution import Embedded, LedgerChoice, Remote, Settings
from tests.fakes.announcer import Recorder
from tests.platform.harness import running_server


def reached(folder: Path) -> str:
    async def reach() -> str:
        async with reach_embedded(Embedded(folder, None)) as found:
            return found.address.host

    return asyncio.run(reach())


def settings_of(platform: Embedded | Remote, folder: Path) -> Settings:
    return Settings("c", "", platform, LedgerChoice(str(folder / "ledger.db"), is_default=False), in_ci=False)


def test_a_free_folder_is_opened_in_this_process_and_let_go_of_again(tmp_path: Path) -> None:
    assert reached(tmp_path / "p") == IN_PROCESS
    assert reached(tmp_path / "p") == IN_PROCESS


def test_a_served_folder_is_used_through_its_server(tmp_path: Path) -> None:
    with running_server(tmp_path / "p") as ready:
        assert reached(tmp_path / "p") == ready["url"]


def test_a_folder_that_somebody_works_on_unserved_is_contended(tmp_path: Path) -> None:
    platform = open_platform(PlatformSettings(tmp_path / "p"))
    try:
        with pytest.raises(Contention, match="in use by process"):
            reached(tmp_path / "p")
        with pytest.raises(Contention):
            seed_platform(tmp_path / "p", print)
        with pytest.raises(Contention):
            serve_platform(Serving(folder=tmp_path / "p"))
    finally:
        platform.close()


def test_without_the_extra_the_way_to_install_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "reconciler.platform.app")
    monkeypatch.delitem(sys.modules, "reconciler.platform.control", raising=False)
    monkeypatch.setitem(sys.modules, "fastapi", None)
    with pytest.raises(SettingsError, match="fastapi is missing") as raised:
        reached(tmp_path / "p")
    assert 'pip install "reconciler[platform]"' in str(raised.value.hint)


def test_a_folder_that_cannot_be_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot be opened") as raised:
        reached(tmp_path / "file" / "p")
    assert str(tmp_path / "file") in str(raised.value.where)


def test_unknown_demo_assets_are_named_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'digit'") as raised:
        seed_platform(tmp_path / "p", print, ["digit"])
    assert "digits, digit-scenes" in str(raised.value.hint)
    assert not (tmp_path / "p").exists()


def test_a_session_that_only_looks_cannot_write(tmp_path: Path) -> None:
    async def write() -> None:
        async with session(settings_of(Embedded(tmp_path / "p", None), tmp_path), Needs(Recorder())) as opened:
            await opened.tools.actuator.perform(CreateTag("x"), None)

    with pytest.raises(Bug, match="this run only looks"):
        asyncio.run(write())


def test_a_session_counts_its_requests_and_leaves_no_ledger_behind(tmp_path: Path) -> None:
    async def look() -> dict[str, int]:
        needs = Needs(Recorder(), writes=True)
        async with session(settings_of(Embedded(tmp_path / "p", None), tmp_path), needs) as opened:
            return dict(opened.requests)

    assert asyncio.run(look()) == {"GET /api/home/ping": 1, "GET /api/organization/{id}": 1}
    assert not (tmp_path / "ledger.db").exists()


def test_workers_need_a_database_that_they_can_share(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="need a PostgreSQL database"):
        serve_platform(Serving(folder=tmp_path / "p", workers=2))


def test_the_stores_url_comes_from_a_file_that_is_sane(tmp_path: Path) -> None:
    place = tmp_path / "store"
    with pytest.raises(SettingsError, match="cannot be read"):
        serve_platform(Serving(folder=tmp_path / "p", store_file=place))
    place.write_text("sqlite:///x.db\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="none of PostgreSQL") as refusal:
        serve_platform(Serving(folder=tmp_path / "p", store_file=place))
    assert "x.db" not in str(refusal.value)
