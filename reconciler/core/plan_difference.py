"""How two plans differ, by address and field, in sentences: for a reviewed plan that is not what would run now."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.core.live import Json

_Object: TypeAlias = "Mapping[str, Json]"

_LONGEST: Final = 60
"""Characters of a value that a sentence quotes."""

_NAMED: Final = {"repo": "repository", "revision": "commit", "paths": "paths"}
"""What the parts of a source are called; the digest of the manifests and `dirty` have sentences of their own."""


def differences(reviewed: _Object, now: _Object) -> tuple[str, ...]:
    """Return what differs between the bodies of two plan documents, the most telling first; empty if they are equal."""
    if reviewed == now:
        return ()
    told = (*_changes(reviewed, now), *_source(_part(reviewed, "source"), _part(now, "source")))
    others = sorted(key for key in reviewed.keys() | now.keys() if reviewed.get(key) != now.get(key))
    return told or tuple(f"there is a difference in its {key}" for key in others)


def _source(reviewed: _Object, now: _Object) -> Iterator[str]:
    if reviewed.get("manifest_digest") != now.get("manifest_digest"):
        yield "the manifests declare something else"
    for key, name in _NAMED.items():
        if reviewed.get(key) != now.get(key):
            yield f"{name} was {_shown(reviewed.get(key))} and is {_shown(now.get(key))}"
    if reviewed.get("dirty") != now.get("dirty"):
        yield f"the manifests were {_cleanness(reviewed)} and are {_cleanness(now)}"


def _cleanness(source: _Object) -> str:
    return "changed since their commit" if source.get("dirty") else "as committed"


def _changes(reviewed: _Object, now: _Object) -> Iterator[str]:
    before, after = _by(reviewed, "changes", "address"), _by(now, "changes", "address")
    for address in sorted(before.keys() | after.keys()):
        if address not in after:
            yield f"{address} was in the plan and needs nothing now"
        elif address not in before:
            yield f"{address} was not in the plan and is now"
        elif before[address] != after[address]:
            yield from _deployment(address, before[address], after[address])


def _deployment(address: str, reviewed: _Object, now: _Object) -> Iterator[str]:
    fields = tuple(_fields(address, _by(reviewed, "fields", "path"), _by(now, "fields", "path")))
    if fields:
        yield from fields
        return
    for key in sorted(reviewed.keys() | now.keys()):
        if reviewed.get(key) != now.get(key):
            yield f"{address}: {key} was {_shown(reviewed.get(key))} and is {_shown(now.get(key))}"


def _fields(address: str, reviewed: Mapping[str, _Object], now: Mapping[str, _Object]) -> Iterator[str]:
    for path in sorted(reviewed.keys() | now.keys()):
        if path not in now:
            yield f"{address} {path} differed and needs nothing now"
        elif path not in reviewed:
            after = now[path]
            yield f"{address} {path} was as desired and is {_live(after)}"
        else:
            yield from (f"{address} {path} {each}" for each in _values(reviewed[path], now[path]))


def _values(reviewed: _Object, now: _Object) -> Iterator[str]:
    if reviewed.get("before") != now.get("before") or reviewed.get("known") != now.get("known"):
        yield f"was {_live(reviewed)} and is {_live(now)}"
    if reviewed.get("after") != now.get("after"):
        yield f"was to become {_shown(reviewed.get('after'))} and is to become {_shown(now.get('after'))}"
    for key in ("class", "decision"):
        if reviewed.get(key) != now.get(key):
            yield f"was {_shown(reviewed.get(key))} and is {_shown(now.get(key))}"


def _live(field: _Object) -> str:
    return _shown(field.get("before")) if field.get("known") else "not reported"


def _part(data: _Object, key: str) -> _Object:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _by(data: _Object, key: str, name: str) -> dict[str, _Object]:
    items = data.get(key)
    return {str(item.get(name)): item for item in (items if isinstance(items, list) else []) if isinstance(item, dict)}


def _shown(value: Json) -> str:
    match value:
        case None:
            return "none"
        case str():
            text = value
        case {"label": str(label)} if label:
            text = label
        case list():
            text = f"[{', '.join(map(_shown, value))}]"
        case _:
            text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
