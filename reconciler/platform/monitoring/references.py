"""Summaries of training data: computed in one background thread, resumed after a restart.

The store is the queue: a reference is PENDING until its summary is there, so a crash loses nothing. The summary holds,
over all images that can be read, their sizes in pixels and the mean and deviation of their grey levels (0 to 255).
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from reconciler.platform.store import training_data
from reconciler.platform.store.database import Store
from reconciler.platform.store.unit import Actor

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Features:
    """What one image contributes: its size in pixels, its mean grey level and that level's deviation."""

    width: int
    height: int
    mean: float
    deviation: float


class ReferenceWorker:
    """Computes summaries one after another."""

    def __init__(self, store: Store, actor: Actor, measured: Callable[[Path], Features | None] | None = None) -> None:
        self._measured = measured or measure
        self._store = store
        self._actor = actor
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="training-data")
        self._closing = False

    def resume(self) -> None:
        """Take up what an earlier process left undone."""
        with self._store.read(self._actor) as unit:
            waiting = training_data.unfinished(unit)
        for deployment_id in waiting:
            self.schedule(deployment_id)

    def schedule(self, deployment_id: UUID) -> None:
        """Compute the summary of that deployment's reference soon."""
        self._pool.submit(self._run, deployment_id)

    def settle(self) -> None:
        """Wait until everything scheduled so far has ended."""
        # One thread takes work in its order.
        self._pool.submit(_nothing).result()

    def close(self) -> None:
        """Stop after the image in hand; what is undone stays PENDING or COMPUTING and is resumed."""
        self._closing = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, deployment_id: UUID) -> None:
        with self._store.write(self._actor) as unit:
            begun = training_data.begin(unit, deployment_id)
        if begun is None:
            return
        attempt, blobs = begun
        summary, error = self._outcome(blobs)
        if not self._closing:
            with self._store.write(self._actor) as unit:
                training_data.finish(unit, deployment_id, attempt, summary=summary, error=error)

    def _outcome(self, blobs: list[str]) -> tuple[dict[str, object] | None, str | None]:
        try:
            features = self._features(blobs)
            return (summarize(features), None) if features else (None, "It holds no image that can be read.")
        except Exception as error:  # noqa: BLE001  (nobody waits for this thread: the status must tell of any failure)
            _LOG.exception("a training-data summary failed")
            return None, f"The computation failed: {error!r}"

    def _features(self, blobs: list[str]) -> list[Features]:
        found = []
        for name in blobs:
            if self._closing:
                break
            features = self._measured(self._store.blobs.path(name))
            if features is not None:
                found.append(features)
        return found


def _nothing() -> None:
    return None


def measure(path: Path) -> Features | None:
    """Return the features of an image file, or None when it cannot be read as one."""
    import numpy as np
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            grey = np.asarray(image.convert("L"), dtype=np.float64)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        return None
    return Features(grey.shape[1], grey.shape[0], float(grey.mean()), float(grey.std()))


def summarize(features: list[Features]) -> dict[str, object]:
    """Return mean and standard deviation, over images, of each feature."""
    import numpy as np

    table = {name: np.array([getattr(item, name) for item in features]) for name in Features.__dataclass_fields__}
    spread = {name: {"mean": float(row.mean()), "deviation": float(row.std())} for name, row in table.items()}
    return {"images": len(features), **spread}
