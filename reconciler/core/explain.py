"""What differs inside a nested value: the training configuration, split into the paths a manifest has for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.core.live import configuration_from_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.core.live import Json, TrainingConfiguration

_BLOCK = "continuousTraining"


def explain_configuration(before: Json, after: Json) -> tuple[tuple[str, Json, Json], ...]:
    """Return (path, before, after) for every part of a training configuration that differs.

    Parameters are compared by DeepDiff, so that one changed learning rate shows as one line.
    """
    old = before if isinstance(before, dict) else {}
    new = after if isinstance(after, dict) else {}
    rows: list[tuple[str, Json, Json]] = []
    for key in sorted(old.keys() | new.keys(), key=_position):
        if old.get(key) != new.get(key) or (key in old) != (key in new):
            rows += _parameters(key, old.get(key), new.get(key)) if key in _NESTED else [_row(key, old, new)]
    return tuple(rows) or ((f"{_BLOCK}.project", old.get("project"), new.get("project")),)


def configuration_of(parts: Mapping[str, Json]) -> TrainingConfiguration | None:
    """Return the configuration that was split against nothing: the inverse of `explain_configuration(None, …)`.

    Args:
        parts: Path to value.
    """
    return configuration_from_json({path.removeprefix(f"{_BLOCK}."): value for path, value in parts.items()})


_ORDER = ("project", "trigger", "experimentParameters", "scanConfig")
_NESTED = frozenset({"experimentParameters", "scanConfig"})


def _position(key: str) -> int:
    return _ORDER.index(key)


def _row(key: str, old: dict[str, Json], new: dict[str, Json]) -> tuple[str, Json, Json]:
    return f"{_BLOCK}.{key}", old.get(key), new.get(key)


def _parameters(key: str, old: Json, new: Json) -> list[tuple[str, Json, Json]]:
    if not isinstance(old, dict) or not isinstance(new, dict):
        return [(f"{_BLOCK}.{key}", old, new)]
    return sorted(_changed(f"{_BLOCK}.{key}", old, new), key=lambda row: row[0])


def _changed(prefix: str, old: dict[str, Json], new: dict[str, Json]) -> Iterator[tuple[str, Json, Json]]:
    from deepdiff import DeepDiff

    difference = DeepDiff(old, new, view="tree", ignore_order=False, verbose_level=2)
    for changes in difference.values():
        for change in changes:
            yield _path(prefix, change.path(output_format="list")), _json(change.t1), _json(change.t2)


def _path(prefix: str, keys: list[str | int]) -> str:
    parts = (f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)
    return prefix + "".join(parts)


def _json(value: Any) -> Json:  # noqa: ANN401  # DeepDiff's own marker for "not there" becomes null
    return value if isinstance(value, str | int | float | bool | list | dict) else None
