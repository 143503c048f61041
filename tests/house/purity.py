"""What pure code may not touch, found in its syntax: files, terminals, clocks, chance, the environment, coroutines.

Import contracts see whole modules; this sees builtins and single functions, such as `open` and `datetime.now`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

BUILTINS: Final = frozenset({"open", "print", "input", "breakpoint", "exec", "eval", "compile", "__import__"})
MODULES: Final = frozenset(
    {
        "asyncio",
        "getpass",
        "glob",
        "importlib",
        "io",
        "locale",
        "logging",
        "os",
        "platform",
        "random",
        "secrets",
        "shutil",
        "signal",
        "socket",
        "sqlite3",
        "subprocess",
        "sys",
        "tempfile",
        "threading",
        "time",
        "urllib.request",
    }
)
"""Modules whose whole purpose is outside."""

OBJECTS: Final = frozenset({"pathlib.Path", "pathlib.PosixPath", "uuid.uuid1", "uuid.uuid4"})
"""What reaches outside in modules that also hold pure values; those modules are imported by name only."""

MIXED: Final = frozenset(name.split(".")[0] for name in OBJECTS)

CLOCKS: Final = frozenset({"now", "today", "utcnow", "fromtimestamp"})
"""Methods of datetime and date that ask a clock or a time zone."""


def impurities(tree: ast.Module, *, coroutines: bool = False) -> list[str]:
    """Return `line: what` for everything impure; `coroutines` tells whether `async` is allowed."""
    return [
        f"{node.lineno}: {found}"
        for node in ast.walk(tree)
        if isinstance(node, ast.expr | ast.stmt)
        for found in (*_reach(node), *(() if coroutines else _waits(node)))
    ]


def _reach(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name) if name in BUILTINS and isinstance(node.ctx, ast.Load):
            yield name
        case ast.Attribute(attr=name) if name in CLOCKS and _is_date(node.value):
            yield f"{ast.unparse(node)}"
        case ast.Import(names=aliases):
            yield from (alias.name for alias in aliases if _outside(alias.name) or alias.name in MIXED)
        case ast.ImportFrom(module=str(module), names=aliases):
            names = (f"{module}.{alias.name}" for alias in aliases)
            yield from (name for name in names if _outside(name) or name in OBJECTS)
        case ast.Global():
            yield "global"
        case _:
            return


def _is_date(value: ast.expr) -> bool:
    return ast.unparse(value).split(".")[-1] in {"datetime", "date"}


def _outside(name: str) -> bool:
    return any(f"{name}.".startswith(f"{module}.") for module in MODULES)


def _waits(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
        yield "async"
