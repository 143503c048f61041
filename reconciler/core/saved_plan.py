"""A plan document read back: what was asked for, of which world, and everything that was reviewed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias

from reconciler.core.plan import Options, Target
from reconciler.core.plan_json import FORMAT_VERSION, digest_of_body
from reconciler.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.core.live import Json

_Object: TypeAlias = "Mapping[str, Json]"

_ENVELOPE: Final = frozenset({"format_version", "id", "digest", "tool", "created_at", "observed"})
"""What a document tells of a plan outside its body."""

_DESCRIBED: Final = frozenset({"method", "path", "payload"})
"""What a document tells of a step beyond the plan's body."""

_HINT: Final = "Write it again with `reconciler plan --out FILE`."


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan document, checked as far as that goes without the world it was made of.

    Attributes:
        digest: Over the body.
        tool: Name and version of the program that made it.
        created_at: RFC 3339 time.
        catalog: Name of the catalog.
        paths: The manifests, as they were given.
        options: What the user asked for.
        target: Where the plan applies.
        body: All that the digest covers.
    """

    digest: str
    tool: str
    created_at: str
    catalog: str
    paths: tuple[str, ...]
    options: Options
    target: Target
    body: _Object


def is_plan_document(text: str) -> bool:
    """Tell whether a text is meant to be a plan document; a manifest is never one."""
    return text.lstrip().startswith("{") and '"format_version"' in text


def read_saved_plan(text: str, where: str) -> SavedPlan:
    """Return the plan that a document holds; keys that this version does not know are ignored.

    Args:
        text: The document.
        where: Its file, for errors.

    Raises:
        InputError: It is damaged, it was changed since it was written, or it is another document.
        UsageError: It is of a major format version that this program does not read.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError("the plan file is damaged: it is not JSON", where=where, hint=_HINT) from None
    reader = _Reader(document if isinstance(document, dict) else {}, where)
    _check_version(reader)
    saved = _saved(reader)
    if reader.text("format_version") == FORMAT_VERSION and digest_of_body(saved.body) != saved.digest:
        raise InputError("the plan file was changed since it was written: its digest differs", where=where, hint=_HINT)
    return saved


def _check_version(reader: _Reader) -> None:
    version = reader.text("format_version")
    if version.partition(".")[0] != FORMAT_VERSION.partition(".")[0]:
        raise UsageError(
            f"the plan file has the format version {version[:20]}, and this program reads {FORMAT_VERSION}",
            where=reader.where,
            hint="Apply it with the version of reconciler that made it, or plan again with this one.",
        )


def _saved(reader: _Reader) -> SavedPlan:
    source, options, target = (reader.part(name) for name in ("source", "options", "target"))
    organization = target.part("organization")
    return SavedPlan(
        digest=reader.text("digest"),
        tool=reader.text("tool"),
        created_at=reader.text("created_at"),
        catalog=reader.text("catalog"),
        paths=source.texts("paths"),
        options=Options(
            targets=options.texts("targets"),
            excludes=options.texts("excludes"),
            reassert=options.texts("reassert"),
            prune=options.flag("prune"),
            force=options.text("force") if "force" in options.data else "",
        ),
        target=Target(target.text("env"), target.text("endpoint"), organization.text("id"), organization.text("name")),
        body=_body(reader),
    )


def _body(reader: _Reader) -> _Object:
    body = {key: value for key, value in reader.data.items() if key not in _ENVELOPE}
    steps: list[Json] = [
        {key: value for key, value in step.items() if key not in _DESCRIBED} for step in reader.objects("steps")
    ]
    return {**body, "steps": steps}


@dataclass(frozen=True, slots=True)
class _Reader:
    """One JSON object while it is read."""

    data: _Object
    where: str

    def text(self, key: str) -> str:
        value = self.data.get(key)
        return value if isinstance(value, str) else self._damaged(key)

    def flag(self, key: str) -> bool:
        value = self.data.get(key)
        return value if isinstance(value, bool) else self._damaged(key)

    def texts(self, key: str) -> tuple[str, ...]:
        items = self._list(key)
        return tuple(item if isinstance(item, str) else self._damaged(key) for item in items)

    def part(self, key: str) -> _Reader:
        value = self.data.get(key)
        return _Reader(value, self.where) if isinstance(value, dict) else self._damaged(key)

    def objects(self, key: str) -> list[dict[str, Json]]:
        return [item if isinstance(item, dict) else self._damaged(key) for item in self._list(key)]

    def _list(self, key: str) -> list[Json]:
        value = self.data.get(key)
        return value if isinstance(value, list) else self._damaged(key)

    def _damaged(self, key: str) -> NoReturn:
        raise InputError(f"the file is no plan document: `{key}` is missing or wrong", where=self.where, hint=_HINT)
