"""The documentation as data: its links, the code it names, the examples it shows."""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tests.house.tree import ROOT, files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDERS = ("reconciler", "tests", "docs", "deploy", "requirements", "schemas", "manifests", "benchmarks")
ROOMS = tuple(sorted(path.stem for path in (ROOT / "reconciler").iterdir() if path.stem.isidentifier()))


@dataclass(frozen=True)
class Block:
    """One fenced block: its language and its text, without common indentation."""

    language: str
    text: str


@cache
def pages() -> tuple[Path, ...]:
    """Return every Markdown page of the project, but for the cases of tests."""
    return tuple(path for path in files() if path.suffix == ".md" and not path.is_relative_to(ROOT / "tests"))


def spans(text: str) -> list[str]:
    """Return what stands between single backticks, outside fenced blocks."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def blocks(text: str) -> Iterator[Block]:
    """Yield every fenced block."""
    for indent, language, body in re.findall(r"^( *)```(\w*)\n(.*?)^\1```", text, re.DOTALL | re.MULTILINE):
        yield Block(language, "".join(line.removeprefix(indent) for line in body.splitlines(keepends=True)))


def links(text: str) -> list[str]:
    """Return the targets of links that stay within the project, without anchors."""
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    return [target.split("#")[0] for target in targets if "://" not in target and not target.startswith("#")]


def paths(text: str) -> list[str]:
    """Return every path of this project that is named as code."""
    return [span for span in spans(text) if re.fullmatch(rf"(?:{'|'.join(FOLDERS)})/[\w./-]*", span)]


def names(text: str) -> list[str]:
    """Return every dotted name of our code, with or without the leading `reconciler.`."""
    dotted = rf"(?:reconciler\.)?(?:{'|'.join(ROOMS)})(?:\.\w+)+"
    return [span.removeprefix("reconciler.") for span in spans(text) if re.fullmatch(dotted, span)]


def exists(name: str) -> bool:
    """Tell whether a dotted name below `reconciler` is a module, or something in one."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(("reconciler", *parts[:length])))
        except ModuleNotFoundError:
            continue
        for attribute in parts[length:]:
            if not hasattr(found, attribute):
                return attribute in getattr(found, "__dataclass_fields__", {})
            found = getattr(found, attribute)
        return True
    return False
