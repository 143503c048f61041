"""The one door to the embedded platform: opened in this process, served on ports, or filled with demo assets."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from reconciler.adapters.picsellia.connect import Address
from reconciler.core.secret import Secret
from reconciler.errors import Contention, SettingsError, UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence
    from pathlib import Path
    from typing import Literal

    import httpx

    from reconciler.core.live import Json
    from reconciler.platform.app import Platform
    from reconciler.settings.resolution import Embedded

IN_PROCESS: Final = "http://embedded"
"""What a platform in this process is called where an address is asked for; nothing is ever looked up under it."""

_INSTALL: Final = 'Install it with `pip install "reconciler[platform]"`, or name a running platform with --host.'


@dataclass(frozen=True, slots=True)
class Reach:
    """How to reach a platform: its address, and what carries requests there (`None`: the network)."""

    address: Address
    transport: httpx.AsyncBaseTransport | None = None


@asynccontextmanager
async def reach_embedded(choice: Embedded) -> AsyncIterator[Reach]:
    """Open the platform of a data folder in this process, or use the server that runs on it.

    Raises:
        SettingsError: the extra is not installed, or the folder cannot be used.
        Contention: another process works on the folder without serving it.
    """
    owner = _owner_of(choice.folder)
    if owner is not None:
        yield _running(choice, owner)
        return
    with _installed():
        import httpx

        from reconciler.platform.app import DataFolderInUse, PlatformSettings, open_platform
    try:
        with _usable(choice.folder):
            platform = open_platform(PlatformSettings(choice.folder))
    except DataFolderInUse as error:
        yield _running(choice, error)
        return
    async with platform:
        address = Address(IN_PROCESS, Secret(platform.token), choice.organization)
        yield Reach(address, httpx.ASGITransport(platform.control))


def _owner_of(folder: Path) -> Exception | None:
    """Return who works on a folder already, if somebody does; loads nothing of the platform but its lock."""
    from reconciler.platform.folder import DataFolder, DataFolderInUse

    if (folder / "lock").exists():
        try:
            with _usable(folder):
                DataFolder(folder).close()
        except DataFolderInUse as error:
            return error
    return None


def _running(choice: Embedded, error: Exception) -> Reach:
    url = getattr(error, "url", None)
    if not url:
        raise Contention(
            str(error).rstrip("."), where=str(choice.folder), hint="Wait for the other run, or use another data folder."
        ) from None
    try:
        token = (choice.folder / "token").read_text(encoding="utf-8").strip()
    except OSError as failure:
        raise SettingsError(
            f"the token of the running platform cannot be read: {failure.strerror}", where=str(choice.folder / "token")
        ) from None
    return Reach(Address(url, Secret(token), choice.organization))


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """How an embedded platform is served.

    Attributes:
        folder: Data folder.
        host: Address to listen on.
        port: Of the control service, monitoring and serving on the two after it; 0 for any.
        ready_file: Appears once all three accept connections.
        report: What is reported: every setting, or what the official SDK reads.
        store_file: Holds the URL of a PostgreSQL database, which has a password and is no argument; None is SQLite.
        workers: Processes that do what takes long; they need PostgreSQL.
    """

    folder: Path
    host: str = "127.0.0.1"
    port: int = 0
    ready_file: Path | None = None
    report: Literal["full", "sdk-only"] = "full"
    store_file: Path | None = None
    workers: int = 0


def serve_platform(serving: Serving) -> None:
    """Serve a data folder until SIGINT or SIGTERM.

    Raises:
        SettingsError: the extra is not installed, the folder cannot be used, or the port is taken.
        Contention: another process owns the folder.
    """
    with _installed():
        from reconciler.platform.app import PlatformSettings
        from reconciler.platform.server import serve
    with _owned(serving.folder), _usable(serving.folder):
        serve(
            PlatformSettings(
                serving.folder, report=serving.report, store_url=_store_url(serving), workers=serving.workers
            ),
            host=serving.host,
            port=serving.port,
            ready_file=serving.ready_file,
        )


def _store_url(serving: Serving) -> str | None:
    if serving.store_file is None:
        if serving.workers:
            raise SettingsError("worker processes need a PostgreSQL database", hint="Name it: --store-file FILE.")
        return None
    where = str(serving.store_file)
    try:
        url = serving.store_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as failure:
        raise SettingsError(f"the store's URL cannot be read: {failure}", where=where) from None
    if not url.startswith(("postgresql://", "postgresql+psycopg://")):
        raise SettingsError("the store's URL is none of PostgreSQL", where=where, hint="Write postgresql://…/database.")
    return url


def seed_platform(folder: Path, progress: Callable[[str], None], only: Sequence[str] = ()) -> dict[str, Json]:
    """Plant the demo assets into a data folder; what is there already stays. Return what is there afterwards.

    Args:
        folder: Data folder.
        progress: Is told one sentence per part that was made.
        only: Names of the parts to plant; all, if empty.

    Raises:
        UsageError: a part is not known.
        SettingsError: the extra is not installed, or the folder cannot be used.
        Contention: another process owns the folder.
    """
    with _installed():
        from reconciler.platform.app import PlatformSettings, open_platform
        from reconciler.platform.seed.catalogue import STORIES
        from reconciler.platform.seed.plant import seed
    parts = {story.name: story for story in STORIES}
    for name in only:
        if name not in parts:
            raise UsageError(f"there are no demo assets called {name!r}", hint=f"There are {', '.join(parts)}.")
    with _owned(folder), _usable(folder):
        platform: Platform = open_platform(PlatformSettings(folder))
        try:
            chosen = [parts[name] for name in only] or STORIES
            return asdict(seed(platform, progress=progress, stories=chosen))
        finally:
            platform.close()


@contextmanager
def _installed() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "reconciler":
            raise
        raise SettingsError(f"the embedded platform is not installed: {error.name} is missing", hint=_INSTALL) from None


@contextmanager
def _usable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SettingsError(
            f"the embedded platform cannot be opened: {error.strerror or error}",
            where=str(error.filename or folder),
            hint="Check the folder and its permissions, or the port.",
        ) from error


@contextmanager
def _owned(folder: Path) -> Iterator[None]:
    from reconciler.platform.folder import DataFolderInUse

    try:
        yield
    except DataFolderInUse as error:
        raise Contention(
            str(error).rstrip("."), where=str(folder), hint="Stop the other process, or use another data folder."
        ) from None
