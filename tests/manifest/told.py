"""Diagnostics as plain text, the form in which `bad/*/expected.txt` keeps them.

python -m tests.manifest.told          write every expected.txt anew; review the difference before committing it
"""

from __future__ import annotations

import os
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.adapters.files import LoadOptions, load_catalog
from reconciler.adapters.files.trees import fastest_events
from reconciler.errors import ManifestError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.adapters.files.trees import EventSource
    from reconciler.core.manifest.diagnostics import Diagnostic

BAD = Path(__file__).with_name("bad")


def cases() -> list[Path]:
    """Return the folders of bad manifests."""
    return sorted(path for path in BAD.iterdir() if path.is_dir())


def tell(folder: Path, events: EventSource | None = None) -> str:
    """Load a folder of bad manifests and return everything that is said about it."""
    with chdir(folder):
        return as_text(diagnose(["."], events or fastest_events()))


def diagnose(paths: list[str | Path], events: EventSource) -> tuple[Diagnostic, ...]:
    """Load and return all diagnostics, of a failure or of a success."""
    try:
        return load_catalog(paths, name="test", options=LoadOptions(events=events)).warnings
    except ManifestError as error:
        found: tuple[Diagnostic, ...] = error.diagnostics
        return found


def as_text(diagnostics: Iterable[Diagnostic]) -> str:
    """Write diagnostics one below the other."""
    return "\n".join(_text(each) for each in diagnostics)


def _text(each: Diagnostic) -> str:
    lines = [f"{each.origin} {each.severity} {each.code}", f"  {each.message}"]
    if each.snippet is not None:
        blank = "".join(
            "\t" if character == "\t" else " " for character in each.snippet.text[: each.snippet.column - 1]
        )
        lines += [f"  | {each.snippet.text}", f"  | {blank}{'^' * each.snippet.length}"]
    lines += [f"  = {each.hint}"] if each.hint else []
    lines += [f"  & {other.origin} {other.message}" for other in each.related]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def main() -> None:
    """Write every expectation anew."""
    for folder in cases():
        (folder / "expected.txt").write_text(tell(folder), encoding="utf-8")


if __name__ == "__main__":
    os.umask(0o022)
    main()
