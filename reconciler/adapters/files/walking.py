"""Paths as a user gives them to the files behind them: folders walked in order, each file once, nothing hung on."""

from __future__ import annotations

import difflib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from reconciler.core.manifest.diagnostics import START, Diagnostic, Severity
from reconciler.core.origin import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_BYTES: Final = 4 * 1024 * 1024
"""Of one file. A manifest has about two kilobytes."""

STDIN: Final = "-"
STDIN_NAME: Final = "<stdin>"

_SUFFIXES: Final = (".yaml", ".yml")
_SETTINGS: Final = frozenset(("reconciler.yaml", "reconciler.yml"))


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of one file and the name that messages give it."""

    name: str
    data: bytes


def contents(paths: Sequence[Path | str], stdin: BinaryIO) -> Iterator[Content | Diagnostic]:
    """Read the files of all paths in order: folders recursively, `-` from standard input.

    In folders only `*.yaml` and `*.yml` count; hidden files and folders, and the settings file, are skipped.
    """
    seen: set[tuple[int, int]] = set()
    for given in paths:
        path = Path(given)
        if str(given) == STDIN:
            yield _bounded(STDIN_NAME, stdin, MAX_BYTES)
        elif path.is_dir():
            for found in _walk(path):
                yield from [found] if isinstance(found, Diagnostic) else _read(found, seen, named=False)
        elif not os.path.lexists(path):
            yield _missing(path)
        elif path.name not in _SETTINGS:
            yield from _read(path, seen, named=True)


def _walk(top: Path) -> Iterator[Path | Diagnostic]:
    failures: list[OSError] = []
    visited: set[str] = set()
    for folder, folders, names in os.walk(top, followlinks=True, onerror=failures.append):
        # A symbolic link may lead back to where we came from.
        visited.add(os.path.realpath(folder))
        inside = [name for name in sorted(folders) if not name.startswith(".")]
        folders[:] = [name for name in inside if os.path.realpath(Path(folder, name)) not in visited]
        yield from (Path(folder, name) for name in sorted(names) if _is_manifest(name))
    yield from (_unreadable(Path(failure.filename), failure) for failure in failures)


def _is_manifest(name: str) -> bool:
    return name.endswith(_SUFFIXES) and not name.startswith(".") and name not in _SETTINGS


def _read(path: Path, seen: set[tuple[int, int]], *, named: bool) -> Iterator[Content | Diagnostic]:
    try:
        status = path.stat()
        identity = (status.st_dev, status.st_ino)
        regular = stat.S_ISREG(status.st_mode)
        if not regular and not named:
            # Opening a pipe or a device may wait for ever; only one that the user names, as in `<(…)`, is meant.
            yield _no_file(path)
        elif regular and status.st_size > MAX_BYTES:
            yield _too_large(shown(path), status.st_size)
        elif identity not in seen:
            seen.add(identity)
            with path.open("rb") as file:
                yield _bounded(shown(path), file, status.st_size if regular else MAX_BYTES)
    except OSError as error:
        yield _unreadable(path, error)


def _bounded(name: str, file: BinaryIO, likely: int) -> Content | Diagnostic:
    # Asking for what is likely there spares a buffer of four megabytes for each file; a file may grow meanwhile.
    data = file.read(likely + 1)
    if len(data) > likely:
        data += file.read(MAX_BYTES + 1 - len(data))
    return Content(name, data) if len(data) <= MAX_BYTES else _too_large(name, None)


def shown(path: Path) -> str:
    """Return a path as messages write it: with `/`, and printable even where the name is no valid text."""
    return os.fsencode(path.as_posix()).decode("utf-8", errors="backslashreplace")


def about(name: str, code: str, message: str, hint: str) -> Diagnostic:
    """Make an error about a file or folder as a whole."""
    return Diagnostic(Severity.ERROR, code, message, Origin(name, START.line, START.column), hint=hint)


def _too_large(name: str, size: int | None) -> Diagnostic:
    told = f"has {size / 1024**2:,.0f} MiB" if size else "is too large"
    message = f"{name} {told}; a manifest file may have {MAX_BYTES // 1024**2} MiB at most"
    return about(name, "file-too-large", message, "split it, or keep other data out of the manifests folder")


def _unreadable(path: Path, error: OSError) -> Diagnostic:
    reason = (error.strerror or "unknown reason").lower()
    return about(
        shown(path), "unreadable", f"{shown(path)} cannot be read: {reason}", "check its permissions and links"
    )


def _no_file(path: Path) -> Diagnostic:
    hint = "keep pipes, sockets and devices out of the manifests folder"
    return about(shown(path), "unreadable", f"{shown(path)} is no ordinary file", hint)


def _missing(path: Path) -> Diagnostic:
    near = difflib.get_close_matches(path.name, _neighbours(path), n=1)
    hint = f"did you mean {shown(path.with_name(near[0]))}?" if near else "check the path, relative to where you are"
    return about(shown(path), "path-not-found", f"{shown(path)} does not exist", hint)


def _neighbours(path: Path) -> list[str]:
    try:
        return sorted(os.listdir(path.parent))  # noqa: PTH208 - names are wanted, and iterdir would make paths of them
    except OSError:
        return []
