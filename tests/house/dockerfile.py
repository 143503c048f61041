"""A Dockerfile read as stages of instructions, and its build stages replayed in a folder: no engine runs here."""

from __future__ import annotations

import fnmatch
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.house.tree import ROOT, files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Stage:
    """One `FROM` and what follows it, as (instruction, arguments)."""

    name: str
    base: str
    steps: tuple[tuple[str, str], ...]

    def all(self, instruction: str) -> list[str]:
        """Return the arguments of every such instruction, in order."""
        return [arguments for word, arguments in self.steps if word == instruction]


def stages(text: str) -> list[Stage]:
    """Read a Dockerfile; comments are dropped and continued lines joined."""
    joined = re.sub(r"\\\n", " ", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE))
    pairs = [(line.split()[0], line.split(maxsplit=1)[1]) for line in joined.splitlines() if line.strip()]
    starts = [index for index, (word, _) in enumerate(pairs) if word == "FROM"]
    found = []
    for start, end in zip(starts, [*starts[1:], len(pairs)], strict=True):
        base, _, name = pairs[start][1].partition(" AS ")
        found.append(Stage(name.strip(), base.strip(), tuple(pairs[start + 1 : end])))
    return found


def context() -> list[str]:
    """Return the files that a build would be sent, by the rules of `.dockerignore` as it is written here."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    names = [path.relative_to(ROOT).as_posix() for path in files()]
    return [name for name in names if not _ignored(name, rules)]


def _ignored(name: str, rules: list[str]) -> bool:
    parts = name.split("/")
    prefixes = ["/".join(parts[: length + 1]) for length in range(len(parts))]
    ignored = False
    for rule in rules:
        pattern = rule.removeprefix("!")
        # Only `**/` reaches into folders; everything else is relative to the root.
        candidates = parts if pattern.startswith("**/") else prefixes
        if any(fnmatch.fnmatch(each, pattern.removeprefix("**/")) for each in candidates):
            ignored = not rule.startswith("!")
    return ignored


def replay(stage: Stage, folder: Path, replacements: Mapping[str, str], variables: Mapping[str, str]) -> None:
    """Carry out a stage's COPY and RUN in `folder`, with some texts (absolute paths) replaced by others."""
    available = context()
    for word, arguments in stage.steps:
        if word == "COPY":
            *sources, destination = arguments.split()
            for source in sources:
                _copy(source, destination, folder, available)
        elif word == "RUN":
            for before, after in replacements.items():
                arguments = arguments.replace(before, after)
            subprocess.run(["/bin/sh", "-c", arguments], cwd=folder, env=dict(variables), check=True)


def _copy(source: str, destination: str, folder: Path, available: list[str]) -> None:
    names = [name for name in available if name == source or name.startswith(f"{source}/")]
    if not names:
        raise FileNotFoundError(f"{source} is not in the build context")
    for name in names:
        inside = name.removeprefix(source).lstrip("/")
        target = (
            folder / destination / (inside or source.rsplit("/", maxsplit=1)[-1] if destination == "./" else inside)
        )
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
