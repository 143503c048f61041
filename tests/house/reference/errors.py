"""The page on errors: the tree of classes, each with its exit code and its meaning."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from textwrap import dedent
from typing import TYPE_CHECKING

from reconciler import errors
from reconciler.errors import ReconcilerError, Stopped
from tests.house.reference.markdown import code, document, table

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Shown:
    """One class of the tree."""

    name: str
    parent: str
    codes: tuple[int, ...]
    meaning: str


def _shown(error: type[ReconcilerError]) -> Shown:
    codes = (130, 143) if error is Stopped else (error.exit_code,)
    meaning = (inspect.getdoc(error) or "").split("\n\n")[0]
    parent = "" if error is ReconcilerError else error.__mro__[1].__name__
    return Shown(error.__name__, parent, codes, meaning)


def _family(error: type[ReconcilerError]) -> Iterator[type[ReconcilerError]]:
    yield error
    for child in error.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from _family(child)


TREE = tuple(_shown(error) for error in _family(ReconcilerError))


def page() -> str:
    """Return the page."""
    rows = [(code(each.name), code(each.parent), " / ".join(map(str, each.codes)), each.meaning) for each in TREE]
    return document(
        "Errors",
        "Everything that can go wrong, drawn by what its reader has to do next. The class decides the exit code;\n"
        "the message names the object, the place and the next step.",
        f"```text\n{_drawing()}\n```",
        table(("class", "is a", "exit", "meaning"), rows),
    )


def _drawing() -> str:
    """Return the tree as the module itself draws it: the indented block of its docstring."""
    lines = (errors.__doc__ or "").splitlines()
    return dedent("\n".join(line for line in lines if line.startswith("    "))).rstrip()
