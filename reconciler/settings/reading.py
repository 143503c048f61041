"""`reconciler.yaml` from bytes to a Configuration: all problems at once, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from reconciler.adapters.files.decoding import decode
from reconciler.adapters.files.trees import fastest_events, parse
from reconciler.core.manifest.checks.expectations import closest
from reconciler.core.manifest.checks.findings import Finding, located
from reconciler.core.manifest.diagnostics import Diagnostic, Severity, in_order
from reconciler.core.manifest.nodes import Document, Mapping, Scalar, descend, show
from reconciler.core.manifest.scalars import value_of
from reconciler.core.origin import Origin
from reconciler.settings.configuration import Configuration, Environment, Policy

if TYPE_CHECKING:
    from pydantic import JsonValue
    from pydantic_core import ErrorDetails

    from reconciler.core.manifest.nodes import Node, Path

MAX_BYTES: Final = 1_000_000
"""Nobody needs a larger configuration; a larger file is a mistake or an attack."""

_WANTED: Final = {
    "string_type": "text",
    "string_too_short": "at least one character",
    "string_pattern_mismatch": "1 to 63 lower-case letters, digits, hyphens and dots, none of the last two at an end",
    "model_type": "a mapping",
    "dict_type": "a mapping",
    "float_type": "a number from 0 to 1",
    "less_than_equal": "a number from 0 to 1",
    "int_type": "a whole number, at least 1",
}


@dataclass(frozen=True, slots=True)
class Read:
    """A configuration as far as it could be read; with problems, it is not to be used."""

    configuration: Configuration
    diagnostics: tuple[Diagnostic, ...] = ()


def read_configuration(name: str, content: bytes) -> Read:
    """Read one file; `name` is what diagnostics call it. Never raises for what the file holds."""
    if len(content) > MAX_BYTES:
        message = f"the file has more than {MAX_BYTES:,} bytes"
        return _refused(Diagnostic(Severity.ERROR, "file-too-large", message, Origin(name, 1, 1)))
    source = decode(name, content)
    if isinstance(source, Diagnostic):
        return _refused(source)
    parsed = parse(source, events=fastest_events())
    if parsed.problems:
        return _refused(*parsed.problems)
    if not parsed.documents:
        return Read(Configuration())
    return _document(parsed.documents)


def _refused(*problems: Diagnostic) -> Read:
    return Read(Configuration(), in_order(list(problems)))


def _document(documents: list[Document]) -> Read:
    document = documents[0]
    if len(documents) > 1:
        second = documents[1]
        return _refused(located(second, Finding("wrong-type", (), "a second document: only one is read", "delete it")))
    if not isinstance(document.root, Mapping):
        return _refused(located(document, Finding("wrong-type", (), "the configuration is a mapping of settings")))
    try:
        configuration = Configuration.model_validate(_plain(document.root))
    except ValidationError as error:
        return _refused(*(_translated(document, detail) for detail in error.errors(include_url=False)))
    findings = tuple(_contradictions(configuration))
    return Read(configuration, in_order([located(document, finding) for finding in findings]))


def _plain(node: Node) -> JsonValue:
    if isinstance(node, Scalar):
        return value_of(node)
    if isinstance(node, Mapping):
        return {key: _plain(entry.value) for key, entry in node.entries.items()}
    return [_plain(item) for item in node.items]


def _translated(document: Document, detail: ErrorDetails) -> Diagnostic:
    path = tuple(step for step in detail["loc"] if step != "[key]")
    if detail["type"] == "extra_forbidden":
        return located(document, _unknown(path))
    at_key = "[key]" in detail["loc"]
    found = descend(document.root, path)
    shown = f", not `{found.text[:40]}`" if isinstance(found, Scalar) and not at_key else ""
    least = detail.get("ctx", {}).get("ge")
    wanted = _WANTED.get(detail["type"], "another value" if least is None else f"a number, at least {least:g}")
    return located(document, Finding("wrong-type", path, f"{show(path)} takes {wanted}{shown}", at_key=at_key))


def _unknown(path: Path) -> Finding:
    parent, word = show(path[:-1]), str(path[-1])
    part = Policy if path[-2:-1] == ("policy",) else Environment if parent else Configuration
    names = [str(each.alias) for each in part.model_fields.values()]
    guess = closest(word, names)
    message = f'"{word[:60]}" is not a field of {parent or "the configuration"}'
    hint = f'did you mean "{guess}"?' if guess else f"it has {', '.join(names)}"
    return Finding("unknown-field", path, message, hint, at_key=True)


def _contradictions(configuration: Configuration) -> list[Finding]:
    findings = []
    default, names = configuration.default_environment, configuration.environments
    if default is not None and default not in names:
        hint = f"declare it, or name one of {', '.join(names)}" if names else "declare it under `environments`"
        findings.append(Finding("unknown-value", ("defaultEnvironment",), f'there is no environment "{default}"', hint))
    for name, environment in names.items():
        path = ("environments", name, "embedded")
        if environment.host is not None and environment.embedded is not None:
            message = f"{show(path[:-1])} has both `host` and `embedded`"
            findings.append(Finding("contradiction", path, message, "keep one: it is one platform", at_key=True))
    return findings
