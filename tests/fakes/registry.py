"""An Observer over live deployments whose objects are called what a test wants, however odd; it never changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from reconciler.core.live import LiveDeployment, Snapshot, Unreadable
from reconciler.core.references import Missing, Ref, Reference, ReferenceKind, Resolved, Title
from reconciler.engine.tools import Tools
from tests.fakes.announcer import Recorder
from tests.fakes.clock import FakeClock
from tests.fakes.journal import JournalLedger
from tests.fakes.platform import FakePlatform
from tests.strategies.actions import PARAMETERS, RESOLVED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.ports import Scope, Subject

_VERSIONS: Final = (ReferenceKind.MODEL_VERSION, ReferenceKind.DATASET_VERSION)


def titled(words: Mapping[str, str]) -> dict[str, Title]:
    """Return the titles of everything that `tests.strategies.actions` can draw, each name exchanged by `words`."""
    return {
        found.ref.id: Title(
            words.get(reference.container, reference.container),
            words.get(reference.version, reference.version),
            int(reference.version[1:]) if reference.kind is ReferenceKind.MODEL_VERSION else None,
        )
        for reference, found in RESOLVED.items()
        if reference.kind not in (ReferenceKind.SOURCE_PARAMETERS, ReferenceKind.TAG)
    }


TITLES: Final[Mapping[str, Title]] = titled({})
"""What everything is called that `RESOLVED` names."""

_KINDS: Final[Mapping[str, ReferenceKind]] = {
    found.ref.id: reference.kind
    for reference, found in RESOLVED.items()
    if reference.kind is not ReferenceKind.SOURCE_PARAMETERS
}


@dataclass
class Registry:
    """One organisation.

    Attributes:
        lives: Its deployments.
        titles: What its objects are called, by id.
        hidden: References that lead nowhere although something is called so.
        unreadable: Ids of deployments whose details cannot be read.
        scopes: Everything asked so far.
    """

    lives: list[LiveDeployment]
    titles: Mapping[str, Title] = field(default_factory=lambda: TITLES)
    hidden: frozenset[Reference] = frozenset()
    unreadable: frozenset[str] = frozenset()
    scopes: list[Scope] = field(default_factory=list)

    @property
    def tools(self) -> Tools:
        """The ports of a run over it, with an empty ledger."""
        return Tools(self, FakePlatform(), JournalLedger(), FakeClock(), Recorder())

    async def observe(self, scope: Scope) -> Snapshot:
        self.scopes.append(scope)
        asked = {subject.id for subject in scope.subjects}
        return Snapshot(
            deployments=tuple(live for live in self.lives if scope.whole or live.id in asked),
            references={reference: self.resolve(reference) for reference in scope.references},
            capabilities=frozenset({"settings", "clear-shadow"}),
            organization=Ref("org", "acme"),
            endpoint="http://platform.test",
            complete=scope.whole,
            unreadable=tuple(
                Unreadable(str(live.id), str(live.name), "500") for live in self.lives if live.id in self.unreadable
            ),
            titles=self.titles,
        )

    async def look_up(self, subject: Subject) -> LiveDeployment | None:
        raise NotImplementedError

    def resolve(self, reference: Reference) -> Resolved | Missing:
        """Look a name up as a platform would."""
        if reference in self.hidden:
            return Missing(f"there is no {reference.label}")
        if reference.kind is ReferenceKind.TAG:
            return Resolved(Ref(f"id-{reference.version}", reference.version))
        source = reference.kind is ReferenceKind.SOURCE_PARAMETERS
        kind = ReferenceKind.MODEL_VERSION if source else reference.kind
        for object_id, title in self.titles.items():
            if _KINDS[object_id] is kind and _is_called(title, reference):
                ref = Ref(object_id, str(title))
                return Resolved(ref, parameters=PARAMETERS[0]) if source else Resolved(ref, "CLASSIFICATION")
        return Missing(f"there is no {reference.label}")


def _is_called(title: Title, reference: Reference) -> bool:
    name = str(title.number) if reference.numbered else title.name
    return (title.container, name) == (reference.container, reference.version)
