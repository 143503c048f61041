"""Plan documents on disk: written whole or not at all, for their owner's eyes only, and told apart from manifests."""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING

from reconciler.core.saved_plan import SavedPlan, is_plan_document, read_saved_plan
from reconciler.errors import SettingsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from reconciler.core.live import Json


def check_plan_file(file: Path) -> None:
    """Refuse a name that no plan can be written to, before anything is asked of the platform. Raises UsageError."""
    if str(file) == "-":
        raise UsageError("--out takes a file, not -", hint="A plan goes to stdout with `--format json`.")
    if file.is_dir():
        raise UsageError("--out takes a file, and this is a folder", where=str(file))


def save_plan(file: Path, document: Mapping[str, Json]) -> None:
    """Write a plan document. Raises SettingsError."""
    data = json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"
    with _writable(file):
        temporary = file.with_name(f".{file.name}-{os.getpid()}.tmp")
        with contextlib.ExitStack() as stack:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            stack.callback(temporary.unlink, missing_ok=True)
            with os.fdopen(descriptor, "wb") as opened:
                opened.write(data)
                opened.flush()
                os.fsync(opened.fileno())
            temporary.replace(file)


@contextlib.contextmanager
def _writable(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SettingsError(
            f"the plan cannot be written: {error.strerror or error}",
            where=str(file),
            hint="Name another file with --out.",
        ) from None


def find_plan(paths: Sequence[Path]) -> tuple[SavedPlan, Sequence[Path]] | None:
    """Return the plan that the first path holds, and the other paths; `None` where it holds no plan.

    Raises:
        InputError: It holds one that is damaged.
        UsageError: It holds one that this version does not read.
    """
    first = next(iter(paths), None)
    if first is None or not first.is_file():
        return None
    try:
        text = first.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        # Whatever it is, it is no plan of ours; who reads manifests has the better words for it.
        return None
    return (read_saved_plan(text, str(first)), paths[1:]) if is_plan_document(text) else None
