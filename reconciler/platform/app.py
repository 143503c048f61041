"""The platform's door: opens a data folder and gives three ASGI apps over it."""

from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from types import TracebackType
from typing import Self

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from reconciler.platform.context import SCOPE_KEY, Context
from reconciler.platform.folder import DataFolder, DataFolderInUse, token_of
from reconciler.platform.inference.loading import LoadedModels, loader
from reconciler.platform.inference.workers import Workers
from reconciler.platform.limits import Pace, SizeLimit
from reconciler.platform.links import PREFIX
from reconciler.platform.pipeline import catalogue
from reconciler.platform.pipeline.crew import Crew
from reconciler.platform.pipeline.line import Line
from reconciler.platform.pipeline.performing import Performer
from reconciler.platform.pipeline.work import Bench
from reconciler.platform.settings import PlatformSettings, Report
from reconciler.platform.store import organizations
from reconciler.platform.store.blobs import Blobs
from reconciler.platform.store.database import Store
from reconciler.platform.store.migrating import migrate
from reconciler.platform.store.recognition import Recognition
from reconciler.platform.store.thumbnails import Thumbnails
from reconciler.platform.store.unit import Actor
from reconciler.platform.store.words import TokenScope

App = Callable[[Scope, Receive, Send], Awaitable[None]]

__all__ = ["DataFolderInUse", "Platform", "PlatformSettings", "open_platform", "token_of"]

ORGANIZATION = "default"
USERNAME = "owner"

_OLDER, _TODAY = "/sdk/", "/api/"
# What programs call; every other path of the control service is a page.
_API = ("/api", "/sdk", PREFIX, "/openapi.json")


class Platform:
    """An opened platform.

    Attributes:
        control: the ASGI app of the platform itself: its API, and the pages of its dashboard everywhere else.
        monitoring: the ASGI app of the monitoring service (oracle).
        serving: the ASGI app of the serving service.
        token: the full-scope API token of the default user; the same at every opening.
        organization_id: the default organisation.
        owner: the default user, for work on `store` without HTTP.
        store: rows and bytes; see its package docstring.
    """

    def __init__(self, settings: PlatformSettings, folder: DataFolder) -> None:
        self._folder = folder
        self.settings = settings
        blobs = Blobs(settings.data_dir / "objects")
        blobs.sweep()
        self.store = Store(settings.database_url, blobs)
        migrate(self.store)
        self.token = folder.token()
        self.owner = _found(self.store, self.token)
        self.organization_id = str(self.owner.organization_id)
        bench = Bench(self.store, settings, self.owner)
        performer = Performer(bench, catalogue.works)
        self._line = Crew(performer, settings) if settings.workers else Line(performer, settings.jobs_url)
        self.store.on_submitted = self._line.wake
        self._line.resume()
        limits = settings.limits
        pace = Pace(limits.requests_per_second, limits.burst)
        models, self._workers = LoadedModels(loader(blobs)), Workers()
        context = Context(
            settings,
            self.store,
            folder.keys(),
            Recognition(self.store),
            pace,
            models=models,
            workers=self._workers,
            thumbnails=Thumbnails(settings.data_dir / "thumbnails", blobs, limits),
        )
        self.control = _either(_bind(lambda: _control(settings.report), context), _bind(_dashboard, context))
        self.monitoring = _bind(_monitoring, context)
        self.serving = _bind(_serving, context)

    def announce(self, url: str) -> None:
        """Tell other processes that the control service is reached at `url`."""
        self._folder.announce(url)

    @property
    def worker_pids(self) -> Sequence[int]:
        """The process ids of the workers; none where this process does the work."""
        return self._line.pids

    def settle(self) -> None:
        """Wait until the background work asked for so far has ended."""
        self._line.settle()

    def close(self) -> None:
        """Stop the background work; let go of the store and the data folder."""
        self._workers.close()
        self._line.close()
        self.store.close()
        self._folder.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_platform(settings: PlatformSettings) -> Platform:
    """Open a data folder, making and migrating what is in it.

    Raises:
        DataFolderInUse: when another process (or another opening in this one) owns it.
    """
    folder = DataFolder(settings.data_dir)
    try:
        return Platform(settings, folder)
    except BaseException:
        folder.close()
        raise


def _found(store: Store, token: str) -> Actor:
    with store.founding() as session:
        user = organizations.first_user(session)
        if user is None:
            user = organizations.found(session, ORGANIZATION, USERNAME)
            organizations.issue_token(session, user, TokenScope.WRITE, token)
        return organizations.actor_of(session, user)


def _either(api: App, pages: App) -> App:
    """Let one app answer programs, the other people."""

    async def chosen(scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "")
        is_api = any(path == prefix or path.startswith(prefix + "/") for prefix in _API)
        await (api if is_api else pages)(scope, receive, send)

    return chosen


def _bind(app: Callable[[], ASGIApp], context: Context) -> App:
    """Let an app serve one platform from its first request on; the paths of older clients become those of today."""
    most = context.settings.limits.request_bytes

    async def bound(scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "")
        if path.startswith(_OLDER):
            scope = {**scope, "path": _TODAY + path.removeprefix(_OLDER)}
        await SizeLimit(app(), most)({**scope, SCOPE_KEY: context}, receive, send)

    return bound


# Loading and building an app takes longer than opening a folder, and an app knows nothing of the folder it serves.
@cache
def _control(report: Report) -> FastAPI:
    from reconciler.platform import control

    return control.build(report)


@cache
def _dashboard() -> ASGIApp:
    from reconciler.platform.dashboard import app as dashboard

    return dashboard.build()


@cache
def _monitoring() -> FastAPI:
    from reconciler.platform.monitoring import app as monitoring

    return monitoring.build()


@cache
def _serving() -> FastAPI:
    from reconciler.platform.serving import app as serving

    return serving.build()
