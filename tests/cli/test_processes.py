"""The installed command as a process: signals, deadlines, pipes, terminals, platforms that are away."""

import asyncio
import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.adapters.ledger.open import open_ledger
from reconciler.core.journal import Entry
from tests.adapters.ledger.samples import batch
from tests.cli.play import MANIFEST, Project
from tests.platform.harness import running_server

COMMAND = str(Path(sys.executable).with_name("reconciler"))
SECONDS = 120


def environment(**more: str) -> dict[str, str]:
    ours = ("PICSELLIA_", "RECONCILER_", "CI", "NO_COLOR")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | more


def command(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, *arguments],
        cwd=folder,
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture
def silent_host() -> Iterator[str]:
    """A host that takes connections and never answers; `wait` returns once somebody has connected."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_plan_at_once(project: Project, number: int, code: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(SECONDS)
        host = f"http://127.0.0.1:{listener.getsockname()[1]}"
        process = subprocess.Popen(
            [COMMAND, "plan", "--host", host],
            cwd=project.folder,
            env=environment(PICSELLIA_TOKEN="t"),
            stderr=subprocess.PIPE,
            text=True,
        )
        connection, _ = listener.accept()
        with connection:
            process.send_signal(number)
            _, talk = process.communicate(timeout=SECONDS)
    assert process.returncode == code
    assert "error: stopped on request" in talk
    assert "Traceback" not in talk


def test_the_time_allowed_ends_a_plan_with_9(project: Project, silent_host: str) -> None:
    done = command(project.folder, "plan", "--host", silent_host, "--timeout", "0.2", PICSELLIA_TOKEN="t")
    assert done.returncode == 9
    assert "0.2 seconds of --timeout" in done.stderr


@pytest.fixture(scope="module")
def served(filled_platform: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A project whose platform is being served: its folder, and the address of the platform."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(filled_platform, folder / "platform")
    (folder / "manifests").mkdir()
    (folder / "manifests" / "surface.yaml").write_text(MANIFEST.format(name="surface", threshold=0.4, line=3))
    with running_server(folder / "platform") as ready:
        yield folder, ready["url"]


def test_a_wrong_token_is_4_and_is_not_shown(served: tuple[Path, str]) -> None:
    folder, url = served
    done = command(folder, "plan", "--host", url, PICSELLIA_TOKEN="wrong-token")
    assert done.returncode == 4
    assert "wrong-token" not in done.stdout + done.stderr


def test_an_embedded_folder_that_is_being_served_is_used_through_its_server(served: tuple[Path, str]) -> None:
    folder, url = served
    done = command(folder, "plan", "--embedded", "platform")
    assert done.returncode == 0
    assert done.stdout.startswith((url, "No changes"))


def test_a_platform_that_does_not_report_makes_a_ci_job_name_a_ledger(project: Project) -> None:
    with running_server(project.folder / "platform", "sdk-only") as ready:
        told = {"PICSELLIA_HOST": ready["url"], "PICSELLIA_TOKEN": ready["token"], "CI": "true"}
        lost = command(project.folder, "apply", "--yes", **told)
        kept = command(project.folder, "apply", "--yes", "--ledger", "kept.db", **told)
        again = command(project.folder, "plan", "--detailed-exitcode", "--ledger", "kept.db", **told)
    assert lost.returncode == 3
    assert "--ledger" in lost.stderr
    assert kept.returncode == 0
    assert "Plan: 1 to create" in kept.stdout
    assert "2 assumed" in kept.stdout.splitlines()[-1]
    assert again.returncode == 0
    assert "assumed as applied" in again.stdout
    assert again.stdout.splitlines()[-1].startswith("No changes. ")


def test_a_reader_who_leaves_early_is_no_error(project: Project) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [COMMAND, "schema"], cwd=project.folder, stdout=writing, stderr=subprocess.PIPE, timeout=SECONDS
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(("answer", "code"), [(b"y\n", 5), (b"\x04", 5), (b"yes\n", 0)])
def test_on_a_terminal_apply_asks_and_takes_only_yes(served: tuple[Path, str], answer: bytes, code: int) -> None:
    words = ("apply", "--embedded", "platform", "--ledger", f"ledger-{len(answer)}.db")
    ended, out = asked(served[0], words, b"Apply this plan?", answer)
    assert ended == code
    assert "Plan: 1 to create" in out
    assert ("5 done" in out) == (code == 0)


@pytest.mark.parametrize(("answer", "code"), [(b"y\n", 5), (b"yes\n", 0)])
def test_on_a_terminal_ledger_prune_asks_and_takes_only_yes(tmp_path: Path, answer: bytes, code: int) -> None:
    ledger = str(tmp_path / "ledger.db")

    async def entries(*more: Entry) -> int:
        async with open_ledger(ledger) as home:
            await home.append("default@lyon", more)
            return len(await home.lines("default@lyon"))

    assert asyncio.run(entries(*batch("run-1"), *batch("run-2"))) == 10
    words = ("ledger", "prune", "--keep-runs", "1", "--ledger", ledger)
    ended, out = asked(tmp_path, words, b"Prune them?", answer)
    assert ended == code
    assert ("Pruned 5 entries of 1 run of default" in out) == (code == 0)
    assert asyncio.run(entries()) == (5 if code == 0 else 10)


def asked(folder: Path, words: tuple[str, ...], question: bytes, answer: bytes) -> tuple[int, str]:
    """Run the command on a terminal, answer its question, and return its exit code and what it printed."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [COMMAND, *words],
        cwd=folder,
        env=environment(TERM="dumb"),
        stdin=theirs,
        stderr=theirs,
        stdout=subprocess.PIPE,
        text=True,
    )
    os.close(theirs)
    assert question in _until(ours, question)
    os.write(ours, answer)
    drain = threading.Thread(target=_until, args=(ours, b"\0"))
    drain.start()
    out, _ = process.communicate(timeout=SECONDS)
    drain.join()
    os.close(ours)
    return process.returncode, out


def _until(terminal: int, words: bytes) -> bytes:
    seen = b""
    while words not in seen:
        try:
            seen += os.read(terminal, 4096)
        except OSError:
            return seen
    return seen
