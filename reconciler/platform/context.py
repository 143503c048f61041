"""What every request works with: the opened store, keys, loaded models, thumbnails, and how clients reach us."""

from dataclasses import dataclass

from fastapi import Request

from reconciler.platform.folder import Keys
from reconciler.platform.inference.loading import LoadedModels
from reconciler.platform.inference.workers import Workers
from reconciler.platform.limits import Pace
from reconciler.platform.settings import PlatformSettings
from reconciler.platform.store.database import Store
from reconciler.platform.store.recognition import Recognition
from reconciler.platform.store.thumbnails import Thumbnails

SCOPE_KEY = "reconciler.platform"


@dataclass(frozen=True)
class Context:
    """One opened platform, as its requests see it."""

    settings: PlatformSettings
    store: Store
    keys: Keys
    recognition: Recognition
    pace: Pace
    models: LoadedModels
    workers: Workers
    thumbnails: Thumbnails

    @property
    def is_full(self) -> bool:
        """Whether settings are reported and capabilities announced."""
        return self.settings.report == "full"


def context_of(request: Request) -> Context:
    """Return the platform that a request was sent to."""
    context: Context = request.scope[SCOPE_KEY]
    return context
