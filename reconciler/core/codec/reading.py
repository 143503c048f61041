"""JSON text in one deterministic form, and the strict, typed reading of one JSON object."""

from __future__ import annotations

import enum
import json
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar

from reconciler.core.live import FIELD, LiveDeployment, configuration_from_json
from reconciler.core.references import Ref
from reconciler.core.unreported import UNREPORTED
from reconciler.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconciler.core.live import Json, TrainingConfiguration

E = TypeVar("E", bound=enum.Enum)
T = TypeVar("T")

_HINT: Final = "It was written by a newer version, or changed by hand: upgrade, or restore the ledger from a copy."


def write_text(value: Json) -> str:
    """Return the one text of a JSON value: sorted keys, no spaces, ASCII, so that any home can store any string.

    Raises:
        LedgerError: when a number is not finite, since JSON has no word for it.
    """
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except ValueError as error:
        raise LedgerError(f"a value cannot be written as JSON: {error}") from error


def read_text(text: str) -> Json:
    """Return the JSON value of a text. Raises LedgerError."""
    try:
        value: Json = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise LedgerError(f"a stored value is not JSON: {error}", hint=_HINT) from error
    return value


def _refuse_constant(constant: str) -> float:
    raise ValueError(f"{constant} is not a number")


def unknown(what: str, found: Json) -> LedgerError:
    """Return the error for a word that this version does not know."""
    return LedgerError(f"{what} {found!r} is not known to this version", hint=_HINT)


@dataclass(frozen=True, slots=True)
class Reader:
    """One JSON object while it is read; every complaint names the object and the key.

    Attributes:
        what: What the object stands for, such as `IntentRecorded`.
        data: Its members.
    """

    what: str
    data: Mapping[str, Json]

    @classmethod
    def of(cls, data: Json, what: str) -> Reader:
        """Read `data` as an object. Raises LedgerError when it is something else."""
        if not isinstance(data, dict):
            raise LedgerError(f"{what} is not a JSON object", hint=_HINT)
        return cls(what, data)

    def complaint(self, key: str, wanted: str) -> LedgerError:
        """Return the error that says what was wanted under `key`."""
        found = "nothing" if key not in self.data else repr(self.data[key])[:80]
        return LedgerError(f"{self.what} cannot be read: {key!r} should be {wanted}, found {found}", hint=_HINT)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a string; an absent one is `default`, where there is one."""
        value = self.data.get(key, default)
        if not isinstance(value, str):
            raise self.complaint(key, "a text")
        return value

    def flag(self, key: str, default: bool | None = None) -> bool:  # noqa: FBT001  # a value, as in `text`
        """Return a boolean; an absent one is `default`, where there is one."""
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            raise self.complaint(key, "true or false")
        return value

    def number(self, key: str, default: float | None = None) -> float:
        """Return a finite number; an absent one is `default`, where there is one."""
        value = self.data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < math.inf:
            raise self.complaint(key, "a finite number")
        return value

    def whole(self, key: str, default: int | None = None) -> int:
        """Return an integer; an absent one is `default`, where there is one."""
        value = self.data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.complaint(key, "an integer")
        return value

    def member(self, kind: type[E], key: str, default: E | None = None) -> E:
        """Return the member of an enumeration by its value; an absent one is `default`, where there is one."""
        if default is not None and key not in self.data:
            return default
        value = self.data.get(key)
        for member in kind:
            if member.value == value:
                return member
        raise self.complaint(key, "one of " + ", ".join(str(member.value) for member in kind))

    def listed(self, key: str) -> list[Json]:
        """Return an array; an absent one is empty."""
        value = self.data.get(key, [])
        if not isinstance(value, list):
            raise self.complaint(key, "a list")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return an array of strings."""
        found = [item for item in self.listed(key) if isinstance(item, str)]
        if len(found) != len(self.listed(key)):
            raise self.complaint(key, "a list of texts")
        return tuple(found)

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        """Return an array of pairs of strings."""
        found: list[tuple[str, str]] = []
        for item in self.listed(key):
            match item:
                case [str() as first, str() as second]:
                    found.append((first, second))
                case _:
                    raise self.complaint(key, "a list of pairs of texts")
        return tuple(found)

    def child(self, key: str) -> Reader:
        """Return the reader of a nested object."""
        return Reader.of(self.data.get(key), f"{key!r} of {self.what}")

    def optional(self, key: str, read: Callable[[str], T]) -> T | None:
        """Return what `read` makes of `key`, or `None` when it is null or absent."""
        return None if self.data.get(key) is None else read(key)

    def ref(self, key: str) -> Ref:
        """Return a reference to an object of the platform."""
        inner = self.child(key)
        return Ref(inner.text("id"), inner.text("label", ""))

    def configuration(self, key: str) -> TrainingConfiguration:
        """Return a configuration of continuous training."""
        try:
            found = configuration_from_json(self.data.get(key))
        except _MALFORMED as error:
            raise self.complaint(key, "a configuration of continuous training") from error
        if found is None:
            raise self.complaint(key, "a configuration of continuous training")
        return found

    def live(self, key: str) -> LiveDeployment:
        """Return a deployment as far as it was known; fields that this version does not know are ignored."""
        inner = self.child(key)
        fields = inner.child("fields").data
        try:
            values = {FIELD[path].attribute: FIELD[path].decode(fields[path]) for path in fields if path in FIELD}
        except _MALFORMED as error:
            raise self.complaint(key, "a deployment") from error
        kind = inner.optional("type", inner.text)
        known = LiveDeployment(id=inner.optional("id", inner.text), inference_type=UNREPORTED if kind is None else kind)
        return replace(known, **values)  # type: ignore[arg-type]  # the table of fields pairs names with types


_MALFORMED: Final = (KeyError, TypeError, ValueError, AttributeError, OverflowError)
"""What the decoders of `core.live` raise on values of another shape."""
