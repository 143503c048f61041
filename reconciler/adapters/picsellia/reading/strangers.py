"""Names for ids that live deployments hold and no manifest mentions, so that plans speak of `model@version`.

Only a difference shows such an id: in sync, this sends nothing. A name that cannot be read costs only readability.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconciler.adapters.picsellia.reading.concurrently import all_of
from reconciler.adapters.picsellia.request import Route
from reconciler.adapters.picsellia.wire import DatasetVersion, Labelled, ModelVersion, Named
from reconciler.core.live import FIELD, Alias, TrainingConfiguration
from reconciler.core.references import Ref
from reconciler.errors import AccessError, PlatformError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.adapters.picsellia.labels import Labels
    from reconciler.adapters.picsellia.transport import Transport
    from reconciler.core.live import LiveDeployment


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object: where one is read by id, and its shape."""

    route: Route
    model: type[Labelled]


MODEL_VERSION: Final = Kind(Route("GET", "/api/model/version/{id}", "read model version {id}"), ModelVersion)
DATASET_VERSION: Final = Kind(Route("GET", "/api/dataset/version/{id}", "read dataset version {id}"), DatasetVersion)
DATALAKE: Final = Kind(Route("GET", "/api/datalake/{id}", "read datalake {id}"), Named)
PROJECT: Final = Kind(Route("GET", "/api/project/{id}", "read project {id}"), Named)

KINDS: Final[Mapping[str, Kind]] = {
    "datalake": DATALAKE,
    "models.champion": MODEL_VERSION,
    "models.shadow": MODEL_VERSION,
    "trainingData": DATASET_VERSION,
    "feedbackLoop.datasets": DATASET_VERSION,
    "continuousTraining.configuration": PROJECT,
    "continuousTraining.datasets": DATASET_VERSION,
}
"""Field path to the kind of object it holds."""


def held(live: LiveDeployment, paths: Iterable[str]) -> Iterator[tuple[str, Kind]]:
    """Return id and kind of every object that the fields at `paths` hold."""
    for path in paths:
        if path in KINDS:
            yield from ((ref.id, KINDS[path]) for ref in _refs(FIELD[path].of(live)))


def _refs(value: object) -> Iterator[Ref]:
    match value:
        case Ref():
            yield value
        case Alias():
            yield value.dataset
        case TrainingConfiguration():
            yield value.project
        case frozenset():
            for item in value:
                yield from _refs(item)
        case _:
            return


async def introduce(transport: Transport, labels: Labels, held: Iterable[tuple[str, Kind]]) -> bool:
    """Learn the names of those ids that nobody knows yet, each by one request; tell whether there were any."""
    unknown = {object_id: kind for object_id, kind in held if not labels.knows(object_id)}
    await all_of(_introduce(transport, labels, object_id, kind) for object_id, kind in unknown.items())
    return bool(unknown)


async def _introduce(transport: Transport, labels: Labels, object_id: str, kind: Kind) -> None:
    try:
        found = (await transport.read(kind.route.to({"id": object_id}))).parse(kind.model)
    except (PlatformError, AccessError):
        return
    labels.learn(found)
