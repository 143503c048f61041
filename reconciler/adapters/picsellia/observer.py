"""The Observer port over HTTP: a Snapshot that is complete or an error, by as few requests as the platform allows."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.adapters.picsellia.reading import strangers
from reconciler.adapters.picsellia.reading.computing import training_data_status
from reconciler.adapters.picsellia.reading.concurrently import all_of, both
from reconciler.adapters.picsellia.reading.details import Facts, decode, gather
from reconciler.adapters.picsellia.reading.history import ROLES, last_mover
from reconciler.adapters.picsellia.reading.references import Resolver
from reconciler.adapters.picsellia.reading.roster import Roster
from reconciler.adapters.picsellia.wire import Outline
from reconciler.core.live import Snapshot, Unreadable
from reconciler.errors import AccessError, NotPermitted, PlatformError, UnexpectedReply

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reconciler.adapters.picsellia.labels import Labels
    from reconciler.adapters.picsellia.reading.greeting import Greeter, Greeting
    from reconciler.adapters.picsellia.reading.roster import Found
    from reconciler.adapters.picsellia.reading.tags import Tags
    from reconciler.adapters.picsellia.transport import Transport
    from reconciler.core.live import LiveDeployment
    from reconciler.core.references import Missing, Reference, Resolved
    from reconciler.ports import Clock, Scope, Subject

NOT_UNDERSTOOD = "its settings are in words that this version does not know"


@dataclass(frozen=True, slots=True)
class Reading:
    """One deployment as it was read for one observation.

    Attributes:
        facts: What the wire said.
        paths: What was asked for; empty for a deployment that no subject means.
        trouble: Why its details could not be read, or empty.
    """

    facts: Facts
    paths: frozenset[str] = frozenset()
    trouble: str = ""


class PicselliaObserver:
    """Reads one organisation of one platform.

    Args:
        transport: The way there.
        greeter: Who we are there.
        clock: For the time of the snapshot.
        labels: Names of ids, learnt by reading.
        tags: Ids of tags, learnt by reading, for the actuator.
    """

    def __init__(self, transport: Transport, greeter: Greeter, *, clock: Clock, labels: Labels, tags: Tags) -> None:
        self._transport = transport
        self._greeter = greeter
        self._clock = clock
        self._labels = labels
        self._tags = tags

    async def observe(self, scope: Scope) -> Snapshot:
        """Return everything a plan needs; complete or an error (`PlatformError`, `AccessError`, `SettingsError`).

        A deployment whose details cannot be read is told as such, and stays in the list with what the list said.
        """
        before = Counter(self._transport.counts.routes)
        greeting = await self._greeter.greeting()
        references, readings = await both(self._references(scope, greeting), self._readings(scope, greeting))
        deployments = await self._named(readings)
        return Snapshot(
            deployments=deployments,
            references=references,
            capabilities=greeting.capabilities,
            organization=greeting.organization,
            endpoint=self._transport.endpoint,
            complete=scope.whole,
            unreadable=tuple(_unreadable(reading) for reading in readings if reading.trouble),
            requests=self._transport.counts.since(before),
            observed_at=self._clock.now(),
            titles=self._labels.titles,
        )

    async def look_up(self, subject: Subject) -> LiveDeployment | None:
        """Return one deployment afresh, by id or else by its names, with the subject's fields; `None` if absent.

        Raises: PlatformError, AccessError.
        """
        greeting = await self._greeter.greeting()
        item = await self._located(Roster(self._transport, greeting), subject)
        if item is None:
            return None
        if isinstance(item, Outline):
            raise UnexpectedReply(f"cannot read deployment {item.name}: {NOT_UNDERSTOOD}")
        facts = await gather(self._transport, item, subject.paths, greeting.capabilities)
        self._tags.learn(facts.tags)
        return decode(facts, self._labels)

    async def who_moved(self, deployment_id: str, path: str) -> str | None:
        """Return who last moved `models.champion` or `models.shadow`; `None` where the platform does not tell."""
        if path not in ROLES or "model-history" not in (await self._greeter.greeting()).capabilities:
            return None
        try:
            return await last_mover(self._transport, deployment_id, ROLES[path])
        except (PlatformError, AccessError):
            return None  # only an explanation is lost

    async def training_data_status(self, deployment_id: str) -> str:
        """Return the platform's own word for how far the training data of a deployment are computed.

        Raises: PlatformError, AccessError, NotFound where it has none.
        """
        return await training_data_status(self._transport, deployment_id)

    async def _references(self, scope: Scope, greeting: Greeting) -> Mapping[Reference, Resolved | Missing]:
        resolver = Resolver(self._transport, greeting.organization.id, labels=self._labels, tags=self._tags)
        wanted = sorted(scope.references)
        answers = await all_of(
            resolver.resolve(reference, with_training=reference in scope.trained_on) for reference in wanted
        )
        return dict(zip(wanted, answers, strict=True))

    async def _readings(self, scope: Scope, greeting: Greeting) -> list[Reading]:
        roster = Roster(self._transport, greeting)
        items = await (roster.all(scope.subjects) if scope.whole else roster.those(scope.subjects))
        asked = _Asked(scope.subjects)
        return await all_of(self._reading(item, asked.of(item), greeting) for item in items)

    async def _reading(self, item: Found, paths: frozenset[str], greeting: Greeting) -> Reading:
        if isinstance(item, Outline):
            return Reading(Facts(item), paths, trouble=NOT_UNDERSTOOD)
        try:
            facts = await gather(self._transport, item, paths, greeting.capabilities)
        except (PlatformError, NotPermitted) as error:
            return Reading(Facts(item), paths, trouble=str(error))
        self._tags.learn(facts.tags)
        return Reading(facts, paths)

    async def _named(self, readings: Sequence[Reading]) -> tuple[LiveDeployment, ...]:
        """Decode; where subjects hold what no manifest mentions, learn its name first."""
        deployments = self._decoded(readings)
        held = (
            pair
            for reading, live in zip(readings, deployments, strict=True)
            for pair in strangers.held(live, reading.paths)
        )
        learnt = await strangers.introduce(self._transport, self._labels, held)
        return self._decoded(readings) if learnt else deployments

    def _decoded(self, readings: Iterable[Reading]) -> tuple[LiveDeployment, ...]:
        return tuple(decode(reading.facts, self._labels) for reading in readings)

    @staticmethod
    async def _located(roster: Roster, subject: Subject) -> Found | None:
        found = None if subject.id is None else await roster.by_id(subject.id)
        for name in subject.names:
            found = found or await roster.by_name(name)
        return found


class _Asked:
    """Which field paths were asked for of a deployment, by its id and its name."""

    def __init__(self, subjects: Iterable[Subject]) -> None:
        self._by_id: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
        self._by_name: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
        for subject in subjects:
            if subject.id is not None:
                self._by_id[subject.id] |= subject.paths
            for name in subject.names:
                self._by_name[name] |= subject.paths

    def of(self, item: Found) -> frozenset[str]:
        """Return the paths asked for; empty if nobody means this deployment."""
        return self._by_id.get(item.id, frozenset()) | self._by_name.get(item.name, frozenset())


def _unreadable(reading: Reading) -> Unreadable:
    return Unreadable(reading.facts.item.id, reading.facts.item.name, reading.trouble)
