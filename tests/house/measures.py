"""The house in numbers: how long files and functions are, how many parameters functions take, how much is tested."""

from __future__ import annotations

import ast
import statistics
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.house.tree import modules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.house.tree import Module

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Measured:
    """One function.

    Attributes:
        name: `path::qualified.name`.
        lines: Lines of its body without docstring.
        parameters: How many it takes, without `self` and `cls`.
    """

    name: str
    lines: int
    parameters: int


def functions(module: Module) -> Iterator[Measured]:
    """Measure every function and method of a module, nested ones too."""
    yield from _within(module.tree, f"{module.path}::")


def _within(node: ast.AST, prefix: str) -> Iterator[Measured]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function):
            yield Measured(f"{prefix}{child.name}", _body_lines(child), _parameters(child.args))
        yield from _within(child, f"{prefix}{child.name}." if isinstance(child, Function | ast.ClassDef) else prefix)


def _parameters(arguments: ast.arguments) -> int:
    positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    return len(positional) + len(arguments.kwonlyargs) - (positional[:1] in (["self"], ["cls"]))


def _body_lines(function: Function) -> int:
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def documented(module: Module) -> bool:
    """Tell whether a module opens with a sentence."""
    opening = (ast.get_docstring(module.tree) or "").split("\n\n")[0]
    return opening.endswith((".", ":", ";", ")", "?"))


@dataclass(frozen=True)
class Numbers:
    """What is watched; `long` is the length that nine in ten do not exceed."""

    files: int
    lines: int
    median_file: float
    longest_file: int
    functions: int
    median_function: float
    long_function: int
    longest_function: int
    most_parameters: int


def numbers(found: Iterable[Module]) -> Numbers:
    """Measure modules."""
    chosen = list(found)
    measured = [each for module in chosen for each in functions(module)]
    lengths, bodies = [module.lines for module in chosen], sorted(each.lines for each in measured)
    return Numbers(
        files=len(chosen),
        lines=sum(lengths),
        median_file=statistics.median(lengths),
        longest_file=max(lengths),
        functions=len(measured),
        median_function=statistics.median(bodies),
        long_function=bodies[int(len(bodies) * 0.9)],
        longest_function=bodies[-1],
        most_parameters=max(each.parameters for each in measured),
    )


def show(ours: Numbers, tests: Numbers) -> str:
    """Return the numbers with their targets, for people."""
    return (
        f"files      {ours.files:>5}, median {ours.median_file:g} lines (target 150), longest {ours.longest_file}\n"
        f"functions  {ours.functions:>5}, median {ours.median_function:g} lines (target 8), "
        f"nine in ten within {ours.long_function} (target 25), longest {ours.longest_function}\n"
        f"parameters {ours.most_parameters:>5} at most (target 4; handlers and commands take what they are given)\n"
        f"tests      {tests.lines / ours.lines:>5.2f} lines for a line of ours (target 1.4)\n"
    )


if __name__ == "__main__":
    sys.stdout.write(show(numbers(modules("reconciler", "benchmarks")), numbers(modules("tests"))))
