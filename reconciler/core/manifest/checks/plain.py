"""Node trees as plain values, ready for the spec models, with the places where a null means nothing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, TypeAlias

from reconciler.core.manifest.checks.expectations import expected, fields, is_required
from reconciler.core.manifest.checks.findings import Finding
from reconciler.core.manifest.checks.references import check_version
from reconciler.core.manifest.diagnostics import clip
from reconciler.core.manifest.nodes import Mapping, Scalar, Sequence, show
from reconciler.core.manifest.scalars import is_null, is_plain_number, value_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.core.manifest.checks.references import Reference
    from reconciler.core.manifest.nodes import Node, Path
    from reconciler.core.manifest.scalars import Value

# What a null stands for, where it stands for something.
_MEANINGS: Final[dict[Path, str]] = {
    ("spec", "models", "shadow"): "None",
    ("spec", "trainingData"): "Disabled",
    ("spec", "continuousTraining", "trigger", "event"): "None",
}
# Parameters are the trainer's own: any JSON, null included.
FREE: Final[tuple[Path, ...]] = (
    ("spec", "continuousTraining", "experimentParameters"),
    ("spec", "continuousTraining", "scanConfig"),
)

_LARGEST: Final = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly (RFC 8785 refuses larger ones)."""

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"


class Plainer:
    """Turns the nodes of one document into values; what must not go on is left out or replaced, and recorded.

    Attributes:
        findings: Nulls that mean nothing, versions that must be quoted, numbers that cannot be sent.
        broken: The paths that were left out or replaced, so that nothing is said twice about them.
    """

    def __init__(self, found: Iterable[Reference]) -> None:
        self.findings: list[Finding] = []
        self.broken: set[Path] = set()
        self._versions: dict[Path, str | int] = {}
        for reference in found:
            self._take_version(reference)

    def value(self, node: Node, path: Path) -> Plain:
        """Return the value of a node; keys whose null means nothing are left out."""
        if isinstance(node, Scalar):
            return self._versions.get(path, self._scalar(node, path))
        if isinstance(node, Mapping):
            return self._free(node, path) if path in FREE else self._mapping(node, path)
        return [self.value(item, (*path, position)) for position, item in enumerate(node.items)]

    def _mapping(self, node: Mapping, path: Path) -> dict[str, Plain]:
        values = {}
        for key, (_, below) in node.entries.items():
            where = (*path, key)
            value = self.value(below, where)
            if value is not None or where not in self.broken:
                values[key] = value
        return values

    def _scalar(self, node: Scalar, path: Path) -> Plain:
        value = value_of(node)
        if value is not None:
            return value
        if path not in _MEANINGS and _is_known(path):
            self._record(_empty(path))
        return _MEANINGS.get(path)

    def _free(self, node: Node, path: Path) -> Plain:
        if isinstance(node, Mapping):
            return {key: self._free(entry.value, (*path, key)) for key, entry in node.entries.items()}
        if isinstance(node, Sequence):
            return [self._free(item, (*path, position)) for position, item in enumerate(node.items)]
        value = value_of(node)
        if not _is_sendable(value):
            self._record(_unsendable(node, path))
            return None
        return value

    def _take_version(self, reference: Reference) -> None:
        version, path = reference.version, (*reference.path, "version")
        if version is None or is_null(version):
            return
        found = check_version(reference, version)
        if found is not None:
            self._record(found)
        number = reference.of == "model" and is_plain_number(version)
        self._versions[path] = int(version.text) if number else version.text

    def _record(self, finding: Finding) -> None:
        self.findings.append(finding)
        self.broken.add(finding.path)


def _is_sendable(value: Value) -> bool:
    return math.isfinite(value) if isinstance(value, float) else not isinstance(value, int) or abs(value) <= _LARGEST


def _unsendable(node: Scalar, path: Path) -> Finding:
    message = (
        f"{show(path)} is {clip(node.text)}, which JSON cannot carry: only finite numbers within 2^53 arrive unchanged"
    )
    return Finding("unsendable-number", path, message, "use a finite, smaller number, or quote it to send text")


def _is_known(path: Path) -> bool:
    siblings = fields(path[:-1])
    return not siblings or path[-1] in siblings


def _empty(path: Path) -> Finding:
    wanted = expected(path)
    if is_required(path):
        return Finding("no-value", path, f"{show(path)} has no value", f"write {wanted}", at_key=True)
    instead = {"a list": "write [] for none", "a mapping": "write {} to declare it"}.get(wanted, f"write {wanted}")
    hint = f"{instead}, or delete the line: what is absent is left alone"
    return Finding("no-value", path, f"{show(path)} has no value", hint, at_key=True)
