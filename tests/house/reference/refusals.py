"""The page on refusals and risks: every code that a plan may carry, found where it is raised."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.house.reference.markdown import code, document, table
from tests.house.tree import modules

if TYPE_CHECKING:
    from collections.abc import Iterator

REFUSING: Final = frozenset({"Refusal", "refuse", "_refuse"})
RISKING: Final = frozenset({"Risk", "_risk"})
SLUG: Final = re.compile(r"[a-z]+(-[a-z]+)*")


@dataclass(frozen=True, order=True)
class Raised:
    """One place that refuses or warns: its code, its scope, and its sentence with … for values."""

    code: str
    scope: str
    message: str


def page() -> str:
    """Return the page."""
    return document(
        "Refusals and risks",
        "A refusal says what may not run, and everything outside its scope goes on; the exit code is 5 (10 for\n"
        "`unreadable`). A risk stops nothing: it is what a reviewer should look at before saying yes.\n"
        "Both are on the plan, each with the values where `…` stands here.",
        "## Refusals",
        table(("code", "scope", "says"), ((code(each.code), each.scope, each.message) for each in raised(REFUSING))),
        "## Risks",
        table(("code", "says"), ((code(each.code), each.message) for each in raised(RISKING))),
    )


def raised(names: frozenset[str]) -> list[Raised]:
    """Return what the core raises by calling one of these names with a code, by code."""
    functions = (
        node
        for module in modules("reconciler/core")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef)
    )
    return sorted({each for function in functions for each in _in(function, names)})


def _in(function: ast.FunctionDef, names: frozenset[str]) -> Iterator[Raised]:
    for call in ast.walk(function):
        if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] in names:
            slug = next((text for text in map(_text, call.args[:2]) if SLUG.fullmatch(text)), "")
            if slug:
                yield Raised(slug, _scope(call), _message(call, function))


def _scope(call: ast.Call) -> str:
    given = (*call.args, *(word.value for word in call.keywords))
    scopes = [text.split(".")[1].lower() for text in map(ast.unparse, given) if text.startswith("Scope.")]
    return scopes[0] if scopes else "deployment"


def _message(call: ast.Call, function: ast.FunctionDef) -> str:
    """Return the first sentence among the arguments: the first text with a space, also where it has a name."""
    for argument in call.args:
        text = _named(argument.id, function) if isinstance(argument, ast.Name) else _text(argument)
        if " " in text:
            return text
    return ""


def _named(name: str, function: ast.FunctionDef) -> str:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and any(ast.unparse(target) == name for target in node.targets):
            return _text(node.value)
    return ""


def _text(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) if isinstance(part, ast.Constant) else "…" for part in parts)
        case _:
            return ""
