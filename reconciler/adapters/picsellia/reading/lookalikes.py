"""What to say about a name that leads nowhere: the reason, and names that do exist and look like it.

Nothing here is needed to plan, so a list that cannot be read only costs the suggestion.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, TypeVar

from reconciler.adapters.picsellia.reading.concurrently import Once
from reconciler.adapters.picsellia.reading.paging import Listing, read_whole
from reconciler.adapters.picsellia.request import Route
from reconciler.adapters.picsellia.wire import DatasetVersion, ModelVersion, Named, Page
from reconciler.core.references import Missing
from reconciler.errors import AccessError, PlatformError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.adapters.picsellia.reading.paging import Item
    from reconciler.adapters.picsellia.transport import Transport
    from reconciler.core.references import Reference

    I = TypeVar("I", bound=Item)  # noqa: E741  # an item

MOST: Final = 3
LIKENESS: Final = 0.5
"""Ratio of difflib from which a name is worth suggesting; low enough for `v9` to suggest `v8`."""

_MODELS: Final = Route("GET", "/api/organization/{organization}/models", "list the models")
_DATASETS: Final = Route("GET", "/api/organization/{organization}/datasets", "list the datasets")
_DATALAKES: Final = Route("GET", "/api/organization/{organization}/datalakes", "list the datalakes")
_PROJECTS: Final = Route("GET", "/api/organization/{organization}/projects", "list the projects")
_MODEL_VERSIONS: Final = Route("GET", "/api/model/{id}/versions", "list the versions of model {name}")
_DATASET_VERSIONS: Final = Route("GET", "/api/dataset/{id}/versions", "list the versions of dataset {name}")


class LookAlikes:
    """Explains missing references; every list is read at most once, and only when something is missing."""

    def __init__(self, transport: Transport, organization: str) -> None:
        self._transport = transport
        self._here = {"organization": organization}
        self._names = Once(self._read_names)
        self._versions = Once(self._read_versions)

    async def model(self, name: str) -> Missing:
        """Explain a missing model."""
        return Missing(f'there is no model "{name}"', like(name, await self._names(_MODELS)))

    async def dataset(self, name: str) -> Missing:
        """Explain a missing dataset."""
        return Missing(f'there is no dataset "{name}"', like(name, await self._names(_DATASETS)))

    async def datalake(self, name: str) -> Missing:
        """Explain a missing datalake."""
        return Missing(f'there is no datalake "{name}"', like(name, await self._names(_DATALAKES)))

    async def project(self, name: str) -> Missing:
        """Explain a missing project."""
        return Missing(f'there is no project "{name}"', like(name, await self._names(_PROJECTS)))

    @staticmethod
    def tag(name: str, known: Iterable[str]) -> Missing:
        """Explain a missing deployment tag."""
        return Missing(f'there is no deployment tag "{name}"', like(name, known))

    async def model_version(self, model: Named, reference: Reference) -> Missing:
        """Explain a missing version of a model that exists."""
        versions = await self._versions(model)
        if reference.numbered:
            reason = f'model "{model.name}" has no version number {reference.version}'
            return Missing(reason, like(reference.version, (str(version.version) for version in versions)))
        reason = f'model "{model.name}" has no version "{reference.version}"'
        return Missing(reason, like(reference.version, (version.name for version in versions)))

    async def dataset_version(self, dataset: Named, name: str) -> Missing:
        """Explain a missing version of a dataset that exists."""
        listing = Listing(_DATASET_VERSIONS, Page[DatasetVersion], {"id": dataset.id, "name": dataset.name})
        names = [version.version for version in await self._tolerant(listing)]
        return Missing(f'dataset "{dataset.name}" has no version "{name}"', like(name, names))

    async def _read_names(self, route: Route) -> tuple[str, ...]:
        return tuple(item.name for item in await self._tolerant(Listing(route, Page[Named], self._here)))

    async def _read_versions(self, model: Named) -> tuple[ModelVersion, ...]:
        holes = {"id": model.id, "name": model.name}
        return await self._tolerant(Listing(_MODEL_VERSIONS, Page[ModelVersion], holes))

    async def _tolerant(self, listing: Listing[I]) -> tuple[I, ...]:
        try:
            return (await read_whole(self._transport, listing)).items
        except (PlatformError, AccessError):
            return ()


def like(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the names that look like `name`, best first."""
    return tuple(get_close_matches(name, sorted(set(names)), n=MOST, cutoff=LIKENESS))
