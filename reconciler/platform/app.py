"""The platform's door: opens a data folder and gives three ASGI apps over it."""

from types import TracebackType

from reconciler.platform.folder import DataFolder, DataFolderInUse
from reconciler.platform.settings import PlatformSettings
from reconciler.platform.store import organizations
from reconciler.platform.store.blobs import Blobs
from reconciler.platform.store.database import Store
from reconciler.platform.store.migrating import migrate
from reconciler.platform.store.unit import Actor
from reconciler.platform.store.words import TokenScope

__all__ = ["DataFolderInUse", "Platform", "PlatformSettings", "open_platform"]

ORGANIZATION = "default"
USERNAME = "owner"


class Platform:
    """An opened platform.

    Attributes:
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
        self.token = folder.secret("token")
        self.owner = _found(self.store, self.token)
        self.organization_id = str(self.owner.organization_id)

    def close(self) -> None:
        """Let go of the store and the data folder."""
        self.store.close()
        self._folder.close()

    async def __aenter__(self) -> "Platform":
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
