"""What ids are called: the table that turns an id on the wire into a Ref that people can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from reconciler.core.references import Ref

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.core.references import Title


class Titled(Protocol):
    """Anything on the wire with an id and a name."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def title(self) -> Title:
        """What it is called."""


class Labels:
    """Names by id, learnt from everything that is read."""

    def __init__(self) -> None:
        self._known: dict[str, Title] = {}

    @property
    def titles(self) -> Mapping[str, Title]:
        """Everything learnt so far, by id."""
        return dict(self._known)

    def learn(self, item: Titled) -> Ref:
        """Remember a name, and return the object's Ref."""
        self._known[item.id] = item.title
        return Ref(item.id, str(item.title))

    def knows(self, object_id: str) -> bool:
        """Tell whether an id's name is known."""
        return object_id in self._known

    def ref(self, object_id: str) -> Ref:
        """Return the Ref of an id, under a shortened id where its name is not known."""
        known = self._known.get(object_id)
        return Ref(object_id, _shortened(object_id) if known is None else str(known))


def _shortened(object_id: str) -> str:
    # The end, not the beginning: ids of version 7 begin with the time, so neighbours would look the same.
    return f"…{object_id.rpartition('-')[2]}"
