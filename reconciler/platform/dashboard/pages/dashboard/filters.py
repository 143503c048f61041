"""What the dashboard is narrowed to: a span of time, a model version, tags; all of it in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from starlette.datastructures import QueryParams

from reconciler.platform.store.overviews import VersionName
from reconciler.platform.store.scopes import Scope

ALL, CUSTOM = "all", "custom"
# Seconds back from now.
SPANS: Final[Mapping[str, tuple[str, int]]] = {
    "24h": ("24 hours", 86_400),
    "7d": ("7 days", 7 * 86_400),
    "30d": ("30 days", 30 * 86_400),
}
_MOST_TAGS: Final = 20
# As far as statistics go.
_FURTHEST: Final = 1e11


@dataclass(frozen=True)
class Filters:
    """What was asked for, as it was typed where it was typed.

    Attributes:
        span: a key of `SPANS`, `all`, or `custom`: from `begin` to `end`, either of which may be empty.
        model: a model version's id.
        fault: what is wrong with what was typed; nothing is narrowed by it then.
    """

    span: str = ALL
    begin: str = ""
    end: str = ""
    model: UUID | None = None
    tags: tuple[str, ...] = ()
    fault: str | None = None

    @property
    def scope(self) -> Scope:
        """The filters as statistics take them; spans that end now are told as such, so that answers can be kept."""
        begin, end = (self._moment(text) for text in (self.begin, self.end))
        return Scope(
            model_id=self.model,
            since=SPANS[self.span][1] if self.span in SPANS else None,
            from_timestamp=begin,
            # To the minute that was typed, itself included.
            to_timestamp=None if end is None else end + 59.999,
            tags=tuple(sorted(self.tags)),
        )

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out."""
        return self.span != ALL or self.model is not None or bool(self.tags)

    @property
    def query(self) -> str:
        """The filters as the query of an address, with the question mark; empty where nothing is left out."""
        told: list[tuple[str, str]] = [("range", self.span)] if self.span != ALL else []
        if self.span == CUSTOM:
            told += [(name, text) for name, text in (("from", self.begin), ("to", self.end)) if text]
        told += [("model", str(self.model))] if self.model is not None else []
        told += [("tag", tag) for tag in self.tags]
        return f"?{urlencode(told)}" if told else ""

    def over(self, span: str) -> "Filters":
        """Return these filters over another span."""
        return replace(self, span=span, begin="", end="", fault=None)

    def without(self, tag: str) -> "Filters":
        """Return these filters without a tag."""
        return replace(self, tags=tuple(each for each in self.tags if each != tag), fault=None)

    def _moment(self, text: str) -> float | None:
        return _read(text) if self.span == CUSTOM and self.fault is None else None


def filters_of(query: QueryParams, versions: Sequence[VersionName]) -> Filters:
    """Read filters from an address; what cannot be meant is told as a fault and narrows nothing."""
    begin, end = query.get("from", "").strip(), query.get("to", "").strip()
    model, fault = _model(query.get("model", "").strip(), versions)
    tags = tuple(dict.fromkeys(tag.strip() for tag in query.getlist("tag") if tag.strip()))[:_MOST_TAGS]
    span = query.get("range", CUSTOM if begin or end else ALL)
    if span not in (*SPANS, ALL, CUSTOM):
        span, fault = ALL, f"There is no time range '{span}'; choose one of these."
    if span == CUSTOM:
        fault = fault or _order(begin, end)
    else:
        begin = end = ""
    return Filters(span, begin, end, model, tags, fault)


def _model(text: str, versions: Sequence[VersionName]) -> tuple[UUID | None, str | None]:
    found = next((each.id for each in versions if str(each.id) == text), None)
    unknown = text != "" and found is None
    return found, "No such model version predicted here; all of them are shown." if unknown else None


def _order(begin: str, end: str) -> str | None:
    for text in (begin, end):
        if text and _read(text) is None:
            return f"'{text}' is no moment; write it like 2026-11-22T09:30, in UTC."
    first, last = _read(begin), _read(end)
    if first is not None and last is not None and first > last:
        return "The range ends before it begins."
    return None


def _read(text: str) -> float | None:
    """Return a moment in Unix seconds, or None for what is none; moments without an offset are in UTC."""
    try:
        moment = datetime.fromisoformat(text)
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
    return seconds if abs(seconds) < _FURTHEST else None
