"""The page on commands: every verb with its options, as the command line itself tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.house.command_line import command
from tests.house.reference.markdown import code, document, table

if TYPE_CHECKING:
    from collections.abc import Iterator

OWN = ""
"""The panel of what a verb does not share with others."""


def page() -> str:
    """Return the page."""
    verbs = list(_verbs(command(), "reconciler"))
    return document(
        "Commands",
        "`PATH` is `manifests/` unless given; `-` is stdin or stdout.\n"
        "Results go to stdout, everything else to stderr. [Exit codes](exit-codes.md) tell how a command ended,\n"
        "[settings](settings.md) what it takes from elsewhere.",
        *(_verb(name, verb) for name, verb in verbs),
        "## Shared options",
        "They may stand before the verb or after it.",
        *(f"### {panel}\n\n{_records(panels)}" for panel, panels in _shared(verbs).items()),
    )


def _verbs(group: Any, name: str) -> Iterator[tuple[str, Any]]:  # typer's own types are private
    for word, verb in group.commands.items():
        if hasattr(verb, "commands"):
            yield from _verbs(verb, f"{name} {word}")
        else:
            yield f"{name} {word}", verb


def _panels(verb: Any) -> dict[str, dict[str, str]]:  # as above
    """Return the help records of a verb by panel, as the help screen groups them."""
    context = verb.make_context("verb", [], resilient_parsing=True)
    panels: dict[str, dict[str, str]] = {}
    for parameter in verb.params:
        record = parameter.get_help_record(context)
        if record is not None and "--help" not in record[0]:
            panels.setdefault(getattr(parameter, "rich_help_panel", None) or OWN, {})[record[0]] = record[1]
    return panels


def _verb(name: str, verb: Any) -> str:  # as above
    context = verb.make_context(name, [], resilient_parsing=True)
    usage = " ".join([name, *verb.collect_usage_pieces(context)])
    panels = _panels(verb)
    shared = ", ".join(_link(panel) for panel in panels if panel != OWN)
    parts = [f"## {name}", verb.help or "", f"```text\n{usage}\n```"]
    if OWN in panels:
        parts.append(_records(panels[OWN]))
    if shared:
        parts.append(f"Also takes: {shared}.")
    return "\n\n".join(parts)


def _link(panel: str) -> str:
    return f"[{panel[:1].lower()}{panel[1:]}](#{panel.lower().replace(' ', '-')})"


def _records(records: dict[str, str]) -> str:
    return table(("option", "meaning"), [(code(" ".join(name.split())), told) for name, told in records.items()])


def _shared(verbs: list[tuple[str, Any]]) -> dict[str, dict[str, str]]:
    """Return every shared panel with the options of all verbs that have it."""
    found: dict[str, dict[str, str]] = {}
    for _, verb in verbs:
        for panel, records in _panels(verb).items():
            if panel != OWN:
                found.setdefault(panel, {}).update(records)
    return found
