"""What demo assets a platform holds, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.render.amounts import counted
from reconciler.render.spans import Span, Style, line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.render.spans import Line, Text


def seed_text(planted: Mapping[str, Any]) -> Text:
    """Return the assets as lines; `planted` has datasets, models, projects, tags, and how many objects were added."""
    return tuple(_lines(planted))


def _lines(planted: Mapping[str, Any]) -> Iterator[Line]:
    for dataset in planted["datasets"]:
        versions = ", ".join(f"{each['name']} ({counted(each['images'], 'image')})" for each in dataset["versions"])
        yield line(f"dataset {dataset['name']}: {versions}")
    for model in planted["models"]:
        yield line(f"model {model['name']}: {', '.join(map(_release, model['versions']))}")
    parts = {"dataset": planted["datasets"], "model": planted["models"], "project": planted["projects"]}
    amounts = [counted(len(items), noun) for noun, items in parts.items()] + [counted(len(planted["tags"]), "tag")]
    added = planted["added"]
    news = f"{counted(added, 'object')} added" if added else "nothing added, all of it was there"
    yield line(Span(f"Seeded: {', '.join(amounts)}; {news}.", Style.GOOD))


def _release(release: Mapping[str, Any]) -> str:
    metrics = ", ".join(f"{name} {value:.3f}" for name, value in release["metrics"].items())
    return f"{release['name']} ({metrics})" if metrics else str(release["name"])
