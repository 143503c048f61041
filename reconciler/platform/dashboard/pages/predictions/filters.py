"""Which predictions are asked for: a query string as people type it, what the store takes, and the way to say less."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Final, TypeVar
from urllib.parse import urlencode

from starlette.datastructures import ImmutableMultiDict

from reconciler.platform.dashboard.drawing import Labels
from reconciler.platform.dashboard.words import moment
from reconciler.platform.store.sifting import Cursor, Filters
from reconciler.platform.store.words import ModelRole, ReviewState

BOTH: Final = "both"
ROLES: Final = (*(role.lower() for role in ModelRole), BOTH)
STATES: Final[Mapping[ReviewState, str]] = {
    ReviewState.TO_REVIEW: "to review",
    ReviewState.REVIEWED: "reviewed",
    ReviewState.SUBMITTED: "submitted",
}
# Longer names no tag or source has.
_LONGEST = 255
# The fields of the form, in the order in which filters are told.
FIELDS: Final = ("state", "label", "least", "most", "tag", "source", "from", "to", "outliers")
_NOT: Final = {
    "label": "the number of no label",
    "least": "not a number",
    "most": "not a number",
    "from": "not a moment such as 2026-01-31T12:00",
    "to": "not a moment such as 2026-01-31T12:00",
}
_SAID: Final = {
    "least": "score {} or more",
    "most": "score {} or less",
    "tag": "tag {}",
    "source": "source {}",
    "outliers": "outliers only",
}
_LAST_SECOND = 253402300799
_MOST_LABEL = 2**31
_MINUTE = 60

Pairs = Sequence[tuple[str, str]]
Query = ImmutableMultiDict[str, str]
Value = TypeVar("Value", int, float)


@dataclass(frozen=True)
class Active:
    """One filter that is on: what it says, and the query string without it."""

    name: str
    text: str
    without: str


@dataclass(frozen=True)
class Asked:
    """What a query string asks for.

    Attributes:
        role: `champion`, `shadow` or `both`: whose shapes are drawn; filters look at the champion's for `both`.
        filters: as the store takes them; what cannot be read is left out.
        typed: each field as it was typed.
        faults: what cannot be read of a field, by its name.
        pairs: all that holds from page to page, in a fixed order.
        before, after: where the page begins or ends; None shows the newest.
    """

    role: str
    filters: Filters
    typed: Mapping[str, str]
    faults: Mapping[str, str]
    pairs: Pairs
    before: Cursor | None = None
    after: Cursor | None = None

    @property
    def query(self) -> str:
        """The query string that asks for the same, newest first; empty where nothing is asked for."""
        return query_of(self.pairs)

    def at(self, name: str, cursor: Cursor) -> str:
        """Return the query string of the page that begins (`before`) or ends (`after`) at a cursor."""
        return query_of([*self.pairs, (name, str(cursor))])

    def drawn(self, role: str) -> str:
        """Return the query string that asks for the same images with shapes of another role."""
        rest = [(name, value) for name, value in self.pairs if name != "role"]
        return query_of(rest if role == ROLES[0] else [("role", role), *rest])

    def instant(self, name: str) -> str:
        """Return `from` or `to` as a browser's field for moments holds it, in UTC; as typed where it cannot be read."""
        seconds = self.filters.from_timestamp if name == "from" else self.filters.to_timestamp
        if seconds is None:
            return self.typed.get(name, "")
        return (
            datetime.fromtimestamp(seconds, UTC)
            .replace(tzinfo=None)
            .isoformat(timespec="minutes" if seconds % 60 == 0 else "milliseconds")
        )

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the role is asked for."""
        return any(name in FIELDS for name, _ in self.pairs)


def read(query: Query) -> Asked:
    """Return what a query string asks for; `before` and `after` that are no cursors raise Invalid."""
    reader = _Reader(query)
    role = reader.typed.get("role", "").lower()
    role = role if role in ROLES else ROLES[0]
    filters = Filters(
        role=ModelRole.SHADOW if role == ModelRole.SHADOW.lower() else ModelRole.CHAMPION,
        label=reader.value("label", _label),
        least=reader.value("least", _score),
        most=reader.value("most", _score),
        states=frozenset(_states(query)),
        tag=reader.typed.get("tag"),
        source=reader.typed.get("source"),
        from_timestamp=reader.value("from", _moment),
        to_timestamp=reader.value("to", _moment),
        outliers=bool(reader.typed.get("outliers")),
    )
    before, after = query.get("before"), query.get("after")
    return Asked(
        role=role,
        filters=filters,
        typed=reader.typed,
        faults=reader.faults,
        pairs=_pairs(role, query, reader),
        before=Cursor.parse(before) if before else None,
        after=Cursor.parse(after) if after and not before else None,
    )


def active(asked: Asked, labels: Labels) -> list[Active]:
    """Return the filters that are on, each with the way to take it off."""
    told = [(name, value) for name, value in asked.pairs if name in FIELDS]
    return [
        Active(name, _said(name, value, labels), query_of(pair for pair in asked.pairs if pair != (name, value)))
        for name, value in told
    ]


def query_of(pairs: Iterable[tuple[str, str]]) -> str:
    """Return a query string with its question mark; nothing of no pairs."""
    told = urlencode(list(pairs))
    return f"?{told}" if told else ""


class _Reader:
    """Reads the fields of a form one by one, and remembers what cannot be read."""

    def __init__(self, query: Query) -> None:
        told = {name: value.strip()[:_LONGEST].strip() for name, value in query.items()}
        self.typed = {name: value for name, value in told.items() if value}
        self.faults: dict[str, str] = {}

    def value(self, name: str, parse: Callable[[str], Value]) -> Value | None:
        """Return what a field says, None where it says nothing or nothing that can be read."""
        typed = self.typed.get(name)
        if typed is None:
            return None
        try:
            return parse(typed)
        except (ValueError, OverflowError):
            self.faults[name] = f"'{typed}' is {_NOT[name]}."
            return None


def _label(typed: str) -> int:
    position = int(typed)
    if abs(position) > _MOST_LABEL:
        raise ValueError(typed)
    return position


def _score(typed: str) -> float:
    number = float(typed)
    if not isfinite(number):
        raise ValueError(typed)
    return number


def _moment(typed: str) -> float:
    """Return Unix seconds of seconds, or of a moment such as 2026-11-22T03:20, in UTC unless it says otherwise."""
    try:
        number = float(typed)
    except ValueError:
        told = datetime.fromisoformat(typed)
        number = (told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp()
    if not 0 <= number <= _LAST_SECOND:
        raise ValueError(typed)
    return number


def _states(query: Query) -> list[ReviewState]:
    wanted = {typed.strip().upper() for typed in query.getlist("state")}
    return [state for state in ReviewState if state in wanted]


def _pairs(role: str, query: Query, reader: _Reader) -> Pairs:
    """Return what can be read, in a fixed order; the champion goes without saying."""
    chosen = [("role", role)] if role != ROLES[0] else []
    for name in FIELDS:
        if name == "state":
            chosen += [(name, state.lower()) for state in _states(query)]
        elif name == "outliers" and name in reader.typed:
            chosen.append((name, "yes"))
        elif name in reader.typed and name not in reader.faults:
            chosen.append((name, reader.typed[name]))
    return chosen


def _said(name: str, value: str, labels: Labels) -> str:
    if name == "label":
        known = labels.by_position.get(int(value))
        return f"label {known.name if known else value}"
    if name == "state":
        return STATES[ReviewState(value.upper())]
    if name in ("from", "to"):
        return f"{name} {moment(_moment(value))} UTC"
    return _SAID[name].format(value)
