"""Text to documents, from parser events: libyaml's where it is installed, the pure-Python parser's elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from reconciler.adapters.files.builder import Builder, Event, GiveUp
from reconciler.adapters.files.syntax import OUTSIDE_DOCUMENTS, explain
from reconciler.core.manifest.diagnostics import START, Diagnostic, Place, SourceFile
from reconciler.core.manifest.nodes import Document, Scalar

MAX_DOCUMENTS: Final = 10_000
MAX_VALUES_IN_FILE: Final = 500_000

EventSource: TypeAlias = Callable[[str], Iterator[Event]]


@dataclass(slots=True)
class Parsed:
    """The documents of one file and the problems of its form; both may be there at once."""

    documents: list[Document] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    values: int = 0


def pure_events(text: str) -> Iterator[Event]:
    """Parse with the Python parser: forty times slower, and always there."""
    from ruamel.yaml import YAML

    yield from YAML(typ="safe", pure=True).parse(text)


def c_events(text: str) -> Iterator[Event]:
    """Parse with libyaml."""
    # ruamel lists it in no __all__, though its own loaders and its documentation build on it.
    from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]

    parser = CParser(text)
    while (event := parser.get_event()) is not None:
        yield event


def fastest_events() -> EventSource:
    """Return libyaml's parser where the machine has it, the Python one elsewhere."""
    try:
        import ruamel.yaml.cyaml  # noqa: F401
    except ImportError:
        return pure_events
    return c_events


def parse(source: SourceFile, *, events: EventSource) -> Parsed:
    """Read every document of a file; after a syntax error the ones before it are kept."""
    parsed = Parsed()
    try:
        _read(source, events(source.text), parsed)
    except MarkedYAMLError as error:
        parsed.problems.append(explain(source, error))
    except YAMLError as error:  # without a mark: the readers' own refusals
        parsed.problems.append(source.error("yaml-syntax", f"this is not YAML: {error}", START))
    except GiveUp:
        pass
    return parsed


def _read(source: SourceFile, events: Iterator[Event], parsed: Parsed) -> None:
    builder = Builder(source, parsed.problems)
    for event in events:
        kind = type(event)
        if kind is ScalarEvent:
            builder.scalar(event)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            builder.open(event)
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            builder.close(event)
        elif kind is AliasEvent:
            builder.alias(event)
        elif kind is DocumentStartEvent:
            if builder.values and not event.explicit:
                # After `...` the Python parser begins a document that libyaml takes for a mistake.
                start = event.start_mark
                builder.give_up(OUTSIDE_DOCUMENTS, Place(start.line + 1, start.column + 1, 1))
            builder = Builder(source, parsed.problems)
        elif kind is DocumentEndEvent:
            _keep(builder, parsed)


def _keep(builder: Builder, parsed: Parsed) -> None:
    root = builder.root
    if root is None or (isinstance(root, Scalar) and root.plain and not root.text):
        return
    parsed.values += builder.values
    if len(parsed.documents) == MAX_DOCUMENTS or parsed.values > MAX_VALUES_IN_FILE:
        message = f"the file holds more than {MAX_DOCUMENTS:,} documents or {MAX_VALUES_IN_FILE:,} values"
        parsed.problems.append(builder.source.error("file-too-large", message, root.place, "split the file"))
        raise GiveUp
    parsed.documents.append(Document(builder.source, root))
