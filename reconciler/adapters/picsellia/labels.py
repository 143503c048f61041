"""What ids are called: the table that turns an id on the wire into a Ref that people can read."""

from __future__ import annotations

from reconciler.core.references import Ref


class Labels:
    """Names by id, learnt from everything that is read."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def learn(self, object_id: str, label: str) -> Ref:
        """Remember a name, and return the object's Ref."""
        self._known[object_id] = label
        return Ref(object_id, label)

    def knows(self, object_id: str) -> bool:
        """Tell whether an id's name is known."""
        return object_id in self._known

    def ref(self, object_id: str) -> Ref:
        """Return the Ref of an id, under a shortened id where its name is not known."""
        return Ref(object_id, self._known.get(object_id) or _shortened(object_id))


def _shortened(object_id: str) -> str:
    # The end, not the beginning: ids of version 7 begin with the time, so neighbours would look the same.
    return f"…{object_id.rpartition('-')[2]}"
