"""The files of this project as they would be committed, and the Python modules among them."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Module:
    """One Python file.

    Attributes:
        path: Relative to the project, with forward slashes.
        text: Its source.
    """

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree, read when it is looked at."""
        return ast.parse(self.text, self.path)

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return len(self.text.splitlines())


@cache
def files() -> tuple[Path, ...]:
    """Return every file that git holds or would take, absolute and sorted."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True, text=True)
    # A file that is staged and was deleted since is listed too.
    return tuple(sorted(ROOT / name for name in set(done.stdout.split("\0")) if name and (ROOT / name).is_file()))


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Return the Python modules below these folders of the project."""
    found = [path for path in files() if path.suffix == ".py"]
    paths = [path.relative_to(ROOT).as_posix() for path in found]
    chosen = [path for path in paths if any(path == folder or path.startswith(f"{folder}/") for folder in folders)]
    return tuple(_read(path) for path in chosen)


@cache
def _read(path: str) -> Module:
    return Module(path, (ROOT / path).read_text(encoding="utf-8"))
