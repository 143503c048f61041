"""What manifests name, looked up: each distinct name once, and look-alikes for the names that lead nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar, assert_never

from reconciler.adapters.picsellia.reading.concurrently import Once
from reconciler.adapters.picsellia.reading.lookalikes import LookAlikes
from reconciler.adapters.picsellia.request import Route
from reconciler.adapters.picsellia.wire import DatasetVersion, ModelContext, ModelVersion, Named
from reconciler.core.references import Missing, Reference, ReferenceKind, Resolved
from reconciler.errors import NotFound, NotPermitted, PlatformError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.adapters.picsellia.labels import Labels
    from reconciler.adapters.picsellia.reading.tags import Tags
    from reconciler.adapters.picsellia.request import Request
    from reconciler.adapters.picsellia.transport import Transport
    from reconciler.adapters.picsellia.wire import Wire

    W = TypeVar("W", bound=Wire)

MODEL: Final = Route("GET", "/api/organization/{organization}/models/find", "find model {name}")
MODEL_VERSION: Final = Route("GET", "/api/model/{model}/versions/find", "find version {version} of model {name}")
CONTEXT: Final = Route("GET", "/api/model/version/{id}/context", "read the context of {name}")
PUBLIC_CONTEXT: Final = Route("GET", "/api/model/version/{id}/public/context", "read the context of {name}")
DATASET: Final = Route("GET", "/api/organization/{organization}/datasets/find", "find dataset {name}")
DATASET_VERSION: Final = Route(
    "GET", "/api/dataset/{dataset}/versions/find", "find version {version} of dataset {name}"
)
DATALAKE: Final = Route("GET", "/api/organization/{organization}/datalake", "find datalake {name}")
PROJECT: Final = Route("GET", "/api/organization/{organization}/projects/find", "find project {name}")

DEFAULT_DATALAKE: Final = "default"
"""Where no datalake bears this name, it means the organisation's default one."""


class Resolver:
    """Resolves the references of one observation.

    Args:
        transport: The way to the platform.
        organization: Id of the organisation.
        labels: Learns the name of everything found.
        tags: The organisation's deployment tags.
    """

    def __init__(self, transport: Transport, organization: str, *, labels: Labels, tags: Tags) -> None:
        self._transport = transport
        self._organization = organization
        self._labels = labels
        self._look_alikes = LookAlikes(transport, organization)
        self._model = Once(self._find_model)
        self._model_version = Once(self._find_model_version)
        self._dataset = Once(self._find_dataset)
        self._context = Once(self._read_context)
        self._known_tags: Once[None, Mapping[str, Named]] = Once(lambda _: tags.read())

    async def resolve(self, reference: Reference, *, with_training: bool = False) -> Resolved | Missing:
        """Return what a reference stands for, or why it leads nowhere. Raises PlatformError, AccessError.

        Args:
            reference: The name.
            with_training: Whether to also read what a model version was trained on.
        """
        match reference.kind:
            case ReferenceKind.MODEL_VERSION:
                return await self._resolve_model_version(reference, with_training=with_training)
            case ReferenceKind.SOURCE_PARAMETERS:
                return await self._resolve_parameters(reference)
            case ReferenceKind.DATASET_VERSION:
                return await self._resolve_dataset_version(reference)
            case ReferenceKind.DATALAKE:
                return await self._resolve_datalake(reference.version)
            case ReferenceKind.PROJECT:
                return await self._resolve_project(reference.version)
            case ReferenceKind.TAG:
                return await self._resolve_tag(reference.version)
            case _:
                assert_never(reference.kind)

    async def _resolve_model_version(self, reference: Reference, *, with_training: bool) -> Resolved | Missing:
        version = await self._model_version(_as_version(reference))
        if isinstance(version, Missing):
            return version
        return Resolved(
            ref=self._labels.learn(version),
            inference_type=version.type,
            labels=_label_names(version),
            trained_on=await self._trained_on(version) if with_training else None,
        )

    async def _trained_on(self, version: ModelVersion) -> frozenset[str] | None:
        try:
            context = await self._context((version.id, version.label))
        except (PlatformError, NotPermitted):
            return None  # only a risk line is lost
        return None if context is None else frozenset(item.version_id for item in context.datas)

    async def _resolve_parameters(self, reference: Reference) -> Resolved | Missing:
        version = await self._model_version(_as_version(reference))
        if isinstance(version, Missing):
            return version
        context = await self._context((version.id, version.label))
        if context is None or context.parameters == "{}":
            return Missing(f'no experiment is known to have produced model version "{version.label}"')
        return Resolved(self._labels.learn(version), parameters=context.parameters)

    async def _resolve_dataset_version(self, reference: Reference) -> Resolved | Missing:
        dataset = await self._dataset(reference.container)
        if dataset is None:
            return await self._look_alikes.dataset(reference.container)
        holes = {"dataset": dataset.id, "name": dataset.name, "version": reference.version}
        request = DATASET_VERSION.to(holes, query={"version": reference.version})
        version = await self._found(request, DatasetVersion)
        if version is None:
            return await self._look_alikes.dataset_version(dataset, reference.version)
        return Resolved(self._labels.learn(version), inference_type=version.type)

    async def _resolve_datalake(self, name: str) -> Resolved | Missing:
        here = {"organization": self._organization, "name": name}
        lake = await self._found(DATALAKE.to(here, query={"name": name}), Named)
        if lake is None and name == DEFAULT_DATALAKE:
            lake = await self._found(DATALAKE.to(here), Named)
        # Without a filter the route answers the default lake, so a service that ignores `name` must not fool us.
        elif lake is not None and name not in (lake.name, DEFAULT_DATALAKE):
            lake = None
        return await self._look_alikes.datalake(name) if lake is None else self._resolved(lake)

    async def _resolve_project(self, name: str) -> Resolved | Missing:
        request = PROJECT.to({"organization": self._organization, "name": name}, query={"name": name})
        project = await self._found(request, Named)
        return await self._look_alikes.project(name) if project is None else self._resolved(project)

    async def _resolve_tag(self, name: str) -> Resolved | Missing:
        known = await self._known_tags(None)
        return self._resolved(known[name]) if name in known else LookAlikes.tag(name, known)

    def _resolved(self, item: Named) -> Resolved:
        return Resolved(self._labels.learn(item))

    async def _find_model(self, name: str) -> Named | None:
        request = MODEL.to({"organization": self._organization, "name": name}, query={"name": name})
        return await self._found(request, Named)

    async def _find_dataset(self, name: str) -> Named | None:
        request = DATASET.to({"organization": self._organization, "name": name}, query={"name": name})
        return await self._found(request, Named)

    async def _find_model_version(self, reference: Reference) -> ModelVersion | Missing:
        model = await self._model(reference.container)
        if model is None:
            return await self._look_alikes.model(reference.container)
        holes = {"model": model.id, "name": model.name, "version": reference.version}
        request = MODEL_VERSION.to(holes, query={"version" if reference.numbered else "name": reference.version})
        version = await self._found(request, ModelVersion)
        if version is None:
            return await self._look_alikes.model_version(model, reference)
        return version

    async def _read_context(self, version: tuple[str, str]) -> ModelContext | None:
        holes = {"id": version[0], "name": version[1]}
        try:
            return await self._found(CONTEXT.to(holes), ModelContext)
        except NotPermitted:  # the owner of a public model shows its context elsewhere
            return await self._found(PUBLIC_CONTEXT.to(holes), ModelContext)

    async def _found(self, request: Request, model: type[W]) -> W | None:
        try:
            return (await self._transport.read(request)).parse(model)
        except NotFound:
            return None


def _as_version(reference: Reference) -> Reference:
    """Return the model-version reference that shares its look-up, whatever was asked about the version."""
    return Reference(ReferenceKind.MODEL_VERSION, reference.container, reference.version, reference.numbered)


def _label_names(version: ModelVersion) -> tuple[str, ...] | None:
    """Return class names in index order, or `None` for a map that is missing, empty, or not from index to name."""
    pairs = [(key, name) for key, name in (version.labels or {}).items() if key.isdecimal() and isinstance(name, str)]
    if not pairs or len(pairs) != len(version.labels or {}):
        return None
    return tuple(name for _, name in sorted(pairs, key=lambda pair: int(pair[0])))
