"""The platform as a process: ready file, ports, signals, the folder's owner."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest

from reconciler.platform.app import DataFolderInUse, PlatformSettings, open_platform
from reconciler.platform.server import listen, serve
from tests.platform.harness import Ready, running_server
from tests.platform.stores import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served") / "data"


@pytest.fixture(scope="module")
def ready(folder: Path) -> Iterator[Ready]:
    with running_server(folder) as ready:
        yield ready


def headers(ready: Ready) -> dict[str, str]:
    return {"Authorization": f"Bearer {ready['token']}", "Content-type": "application/json"}


def test_the_ready_file_says_where_everything_is(ready: Ready, folder: Path) -> None:
    assert set(ready) == {"url", "monitoring_url", "serving_url", "token", "organization_id", "pid"}
    assert len({ready["url"], ready["monitoring_url"], ready["serving_url"]}) == 3
    ping = httpx.get(f"{ready['url']}/api/home/ping", headers=headers(ready)).json()
    assert ping["default_organization"] == ready["organization_id"]
    for url in (ready["monitoring_url"], ready["serving_url"]):
        assert httpx.get(f"{url}/openapi.json").status_code == 200
    mode = (folder.parent / f"{folder.name}.ready.json").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_the_folders_owner_is_named_with_its_url(ready: Ready, folder: Path) -> None:
    with pytest.raises(DataFolderInUse) as refusal:
        open_platform(PlatformSettings(data_dir=folder))
    assert (refusal.value.url, refusal.value.pid) == (ready["url"], ready["pid"])


def test_a_get_with_a_body_under_its_own_name_passes_the_parser(ready: Ready) -> None:
    base, organization = ready["url"], ready["organization_id"]
    lake = httpx.get(f"{base}/api/organization/{organization}/datalake", headers=headers(ready)).json()
    response = httpx.request(
        "XGET", f"{base}/api/datalake/{lake['id']}/datas", content=b'{"ids":[]}', headers=headers(ready)
    )
    assert response.json() == {"items": [], "count": 0, "next_cursor": None}


def test_bodies_without_a_content_type_are_json(ready: Ready) -> None:
    bare = {"Authorization": f"Bearer {ready['token']}"}
    url = f"{ready['url']}/api/organization/{ready['organization_id']}/projects"
    assert httpx.post(url, content=b'{"name":"bare"}', headers=bare).status_code == 201
    login = httpx.post(f"{ready['serving_url']}/api/login", content=b'{"api_token":"x","deployment_id":"y"}')
    assert login.status_code == 422


def test_a_taken_port_is_an_error_and_the_folder_stays_free(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            serve(PlatformSettings(data_dir=tmp_path / "data"), port=port)
    open_platform(PlatformSettings(data_dir=tmp_path / "data")).close()


def test_answers_do_not_wait_for_acknowledgements() -> None:
    with listen("127.0.0.1", 0) as heard, socket.create_connection(heard.getsockname()):
        accepted, _ = heard.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_consecutive_ports_follow_the_one_that_is_chosen(tmp_path: Path) -> None:
    port = three_free_ports()
    script = (
        "import sys; from pathlib import Path\n"
        "from reconciler.platform.server import serve\n"
        "from reconciler.platform.settings import PlatformSettings\n"
        f"serve(PlatformSettings(data_dir=Path({str(tmp_path / 'data')!r})), port={port}, "
        f"ready_file=Path({str(tmp_path / 'ready')!r}))"
    )
    with subprocess.Popen([sys.executable, "-c", script]) as process:
        try:
            for offset in range(3):
                await_answer(process, f"http://127.0.0.1:{port + offset}/openapi.json")
        finally:
            process.send_signal(signal.SIGINT)
    assert process.returncode == 0
    assert not (tmp_path / "ready").exists()


def three_free_ports() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        first = int(probe.getsockname()[1])
    return first if first < 65_000 else first - 1_000


def await_answer(process: subprocess.Popen[bytes], url: str) -> None:
    transport = httpx.HTTPTransport(retries=12)
    with httpx.Client(transport=transport, timeout=30) as client:
        assert process.poll() is None
        assert client.get(url).status_code == 200


def test_a_killed_server_leaves_a_folder_that_opens(tmp_path: Path) -> None:
    with pytest.raises(AssertionError), running_server(tmp_path / "data") as ready:
        os.kill(ready["pid"], signal.SIGKILL)
    platform = open_platform(settings_of(tmp_path / "data"))
    assert platform.token == ready["token"]
    platform.close()
