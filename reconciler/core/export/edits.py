"""What a manifest in a file has to say differently for it to be what is live; what is the same is left alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from reconciler.core.export.comparison import Comparison, is_declared
from reconciler.core.export.minimal import INHERENT, block_of, platform_name, worth_saying
from reconciler.core.export.spelling import BLOCKS, NOTHING, UNITS, UNKNOWN
from reconciler.core.manifest.ownership import ownership_of
from reconciler.core.manifest.spec import Ownership

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.core.export.spelling import Speller
    from reconciler.core.live import Json
    from reconciler.core.manifest.catalog import Manifest
    from reconciler.core.manifest.spec import DeploymentSpec

Path: TypeAlias = tuple[str, ...]
"""Keys from the root of a document."""


@dataclass(frozen=True, slots=True)
class Put:
    """Let the document say `value` at a path."""

    path: Path
    value: Json


@dataclass(frozen=True, slots=True)
class Drop:
    """Let the document say nothing at a path."""

    path: Path


Edit: TypeAlias = Put | Drop
"""One thing that changes in a document. Match it exhaustively."""


def edits_of(manifest: Manifest, speller: Speller, *, declared_only: bool = False) -> tuple[Edit, ...]:
    """Return what has to change in a manifest for it to be what is live.

    Ignored fields, and fields that nobody knows, stay as they are. What the manifest leaves out is added where it may
    be left out only because there was nothing yet: a shadow, tags, a block; not a threshold. Raises Unnameable.

    Args:
        manifest: What its file says.
        speller: What is live.
        declared_only: Whether fields that the manifest does not declare stay undeclared.
    """
    known = Comparison(manifest, speller)
    found = list(_names(manifest, speller))
    for unit in UNITS:
        if ownership_of(manifest, unit) is Ownership.IGNORED:
            continue
        if is_declared(manifest.spec, unit):
            found += () if known.is_same(unit) else _changed(speller, unit)
        elif not declared_only:
            found += _added(manifest.spec, speller, unit)
    return tuple(found)


def _names(manifest: Manifest, speller: Speller) -> Iterator[Edit]:
    live_name, spec = speller.live.name, manifest.spec
    if live_name != manifest.platform_name:
        live_name = platform_name(speller)
        yield Drop(("spec", "name")) if live_name == manifest.address else Put(("spec", "name"), live_name)
    if spec.renamed_from is not None and spec.renamed_from == live_name:
        yield Drop(("spec", "renamedFrom"))


def _changed(speller: Speller, unit: str) -> Iterator[Edit]:
    said = speller.say(unit)
    if said is NOTHING:
        yield Drop(_path(unit))
    elif said is not UNKNOWN:
        yield Put(_path(unit), said)


def _added(spec: DeploymentSpec, speller: Speller, unit: str) -> Iterator[Edit]:
    if unit in INHERENT:
        return
    block = unit.partition(".")[0]
    if block in BLOCKS and not is_declared(spec, f"{block}.active"):
        # The whole block comes with its switch.
        declared = block_of(speller, block) if unit == f"{block}.active" else {}
        if declared:
            yield Put(_path(block), declared)
        return
    value = worth_saying(speller, unit)
    if value is not None:
        yield Put(_path(unit), value)


def _path(unit: str) -> Path:
    return ("spec", *unit.split("."))
