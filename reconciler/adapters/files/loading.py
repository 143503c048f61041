"""Files to a Catalog: every problem of every file at once, or none."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from reconciler.adapters.files.decoding import decode
from reconciler.adapters.files.trees import EventSource, Parsed, fastest_events, parse
from reconciler.adapters.files.walking import about, contents
from reconciler.core.manifest.canonical import digest_of
from reconciler.core.manifest.catalog import Catalog, Source
from reconciler.core.manifest.checks.document import read
from reconciler.core.manifest.checks.relations import relate
from reconciler.core.manifest.diagnostics import Diagnostic, Severity, SourceFile, in_order, without_echoes
from reconciler.errors import ManifestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from reconciler.core.manifest.catalog import Manifest, Revision
    from reconciler.core.manifest.checks.document import Reading


@dataclass(frozen=True, slots=True)
class Loaded:
    """A catalog without errors, and what deserves a second look in it, in order of place."""

    catalog: Catalog
    warnings: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How to load.

    Attributes:
        allow_empty: Whether a catalog without any manifest is what the user wants.
        whole: Whether the paths hold all manifests of the catalog; if not, dependencies may lead outside.
        stdin: What `-` reads; the process's standard input unless given.
        events: The YAML parser; the fastest one installed unless given.
    """

    allow_empty: bool = False
    whole: bool = True
    stdin: BinaryIO | None = None
    events: EventSource | None = None


_DEFAULTS = LoadOptions()


def load_catalog(
    paths: Sequence[Path | str],
    *,
    name: str,
    revision: Revision | None = None,
    options: LoadOptions = _DEFAULTS,
) -> Loaded:
    """Load every manifest of some files and folders; `-` is standard input.

    Args:
        paths: Files, folders (walked for `*.yaml` and `*.yml`) or `-`.
        name: The catalog's name.
        revision: The git commit that the files belong to, if any.
        options: How to load.

    Raises:
        ManifestError: With every problem found, warnings included, sorted by place.
    """
    diagnostics: list[Diagnostic] = []
    readings = list(_readings(paths, options, diagnostics))
    kin = [reading.kin for reading in readings if reading.kin is not None]
    diagnostics += relate(kin, whole=options.whole)
    if not readings and not diagnostics and not options.allow_empty:
        diagnostics.append(_empty(paths))
    _raise_on_errors(diagnostics)
    manifests = tuple(reading.manifest for reading in readings if reading.manifest is not None)
    return Loaded(Catalog(name, manifests, _source(paths, manifests, revision)), in_order(diagnostics))


def _readings(paths: Sequence[Path | str], options: LoadOptions, diagnostics: list[Diagnostic]) -> Iterator[Reading]:
    events = options.events or fastest_events()
    for content in contents(paths, options.stdin or sys.stdin.buffer):
        source = content if isinstance(content, Diagnostic) else decode(content.name, content.data)
        if isinstance(source, SourceFile):
            yield from _judged(parse(source, events=events), diagnostics)
        else:
            diagnostics.append(source)


def _judged(parsed: Parsed, diagnostics: list[Diagnostic]) -> Iterator[Reading]:
    diagnostics += parsed.problems
    for document in parsed.documents:
        reading = read(document)
        diagnostics += without_echoes(reading.diagnostics, parsed.problems)
        yield reading


def _empty(paths: Sequence[Path | str]) -> Diagnostic:
    names = ", ".join(str(path) for path in paths)
    hint = "add a Deployment manifest, or check the path; an empty catalog must be asked for"
    return about(
        str(paths[0]) if paths else ".", "empty-catalog", f"there is no manifest in {names or 'nothing'}", hint
    )


def _raise_on_errors(diagnostics: list[Diagnostic]) -> None:
    errors = [each for each in diagnostics if each.severity is Severity.ERROR]
    if errors:
        files = len({each.origin.file for each in errors})
        counted = f"{len(errors)} {'problem' if len(errors) == 1 else 'problems'}"
        message = f"the manifests are not valid: {counted} in {files} {'file' if files == 1 else 'files'}"
        raise ManifestError(message, diagnostics=in_order(diagnostics), hint="mend the places listed")


def _source(paths: Sequence[Path | str], manifests: Sequence[Manifest], revision: Revision | None) -> Source:
    source = Source(paths=tuple(str(path) for path in paths), manifest_digest=digest_of(manifests))
    return source if revision is None else source.at(revision)
