"""Field values as people read them: labels instead of ids, sets as sets, and never more than a line."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from reconciler.render.printable import printable

if TYPE_CHECKING:
    from reconciler.core.live import Json

KNOWN_AFTER_APPLY: Final = "(known after apply)"
NOT_REPORTED: Final = "(not reported)"

_BARE: Final = re.compile(r"[\w@./:+=-]+", re.ASCII)
_LONGEST: Final = 160
"""Characters that one value may take in a line."""

_WIDTH: Final = 72
"""Characters that `before → after` of a set may take before only its additions and removals are shown."""


def value_text(value: Json, *, ids: bool = False) -> str:
    """Return a JSON value in one line, its middle cut out if need be; with `ids`, ids stand beside their labels."""
    return _cut(_text(value, ids=ids))


def _text(value: Json, *, ids: bool) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return json.dumps(value)
        case str():
            return name_text(value)
        case list():
            return f"[{', '.join(_text(item, ids=ids) for item in value)}]"
        case dict():
            return _map_text(value, ids=ids)


def name_text(name: str) -> str:
    """Return a name bare where nothing in it can be misread, else quoted."""
    return printable(name) if _BARE.fullmatch(name) else f'"{printable(name)}"'


def change_text(before: Json, after: Json) -> str:
    """Return `before → after`; of sets too long for a line only what is added and removed."""
    left, right = sides(before, after)
    if isinstance(before, list) and isinstance(after, list) and len(left) + len(right) > _WIDTH:
        return _difference(before, after)
    return f"{left} → {right}"


def sides(before: Json, after: Json) -> tuple[str, str]:
    """Return two values in one line each; where they only differ in ids, with the ids."""
    left, right = value_text(before), value_text(after)
    if left == right and before != after:
        left, right = value_text(before, ids=True), value_text(after, ids=True)
    return left, right


def _cut(text: str) -> str:
    return printable(text, _LONGEST)


def _difference(before: list[Json], after: list[Json]) -> str:
    gone = [f"-{value_text(item)}" for item in before if item not in after]
    come = [f"+{value_text(item)}" for item in after if item not in before]
    kept = sum(item in after for item in before)
    return _cut(f"{' '.join([*come, *gone])} ({kept} kept)")


def _map_text(value: dict[str, Json], *, ids: bool) -> str:
    if value.keys() <= {"id", "label"} and "id" in value:
        return _reference_text(str(value["id"]), str(value.get("label") or ""), ids=ids)
    return f"{{{', '.join(f'{name_text(key)}: {_text(item, ids=ids)}' for key, item in value.items())}}}"


def _reference_text(identifier: str, label: str, *, ids: bool) -> str:
    if not label:
        return name_text(identifier)
    return f"{name_text(label)} ({printable(identifier)})" if ids else name_text(label)
