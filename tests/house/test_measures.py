"""The numbers of the house style, bounded; `make numbers` prints them."""

from __future__ import annotations

from functools import cache

from tests.house.measures import Measured, documented, functions, numbers
from tests.house.tree import Module, modules

MOST_FILE_LINES = 400
MOST_TEST_LINES = 500
MOST_FUNCTION_LINES = 50
MOST_PARAMETERS = 6

HANDLERS = {
    "reconciler/platform/routes/": "parameters of a handler are the parts of its request",
    "reconciler/cli/": "parameters of a command are its options",
}


def ours() -> tuple[Module, ...]:
    """Return what is not a test. Reading it takes long, so it is left to the worker that runs these tests."""
    return modules("reconciler", "benchmarks")


@cache
def measured() -> tuple[Measured, ...]:
    """Return every function of ours."""
    return tuple(found for module in ours() for found in functions(module))


def test_the_medians_of_the_house_are_within_their_targets() -> None:
    found = numbers(ours())
    assert found.median_file <= 150
    assert found.median_function <= 8
    assert found.long_function <= 25


def test_files_are_short() -> None:
    assert [module.path for module in ours() if module.lines > MOST_FILE_LINES] == []
    assert [module.path for module in modules("tests") if module.lines > MOST_TEST_LINES] == []


def test_functions_are_short() -> None:
    assert [found.name for found in measured() if found.lines > MOST_FUNCTION_LINES] == []


def test_functions_take_few_parameters_but_for_handlers() -> None:
    greedy = [found.name for found in measured() if found.parameters > MOST_PARAMETERS]
    assert [name for name in greedy if not name.startswith(tuple(HANDLERS))] == []


def test_every_module_opens_with_a_sentence() -> None:
    # An empty package of tests is told by its folder's name.
    told = [*ours(), *(module for module in modules("tests") if module.text)]
    assert [module.path for module in told if not documented(module)] == []


def read(source: str) -> Module:
    """Return a snippet as a module."""
    return Module("a.py", source)


def test_a_docstring_does_not_count_as_length() -> None:
    plain = read("def f(a):\n    b = a\n    return b\n")
    told = read('def f(a):\n    """Say\n\n    more."""\n    b = a\n    return b\n')
    assert list(functions(plain)) == list(functions(told)) == [Measured("a.py::f", 2, 1)]


def test_methods_do_not_count_themselves_as_parameter() -> None:
    source = read("class A:\n    def f(self, a, *, b):\n        def g(c):\n            return c\n        return g\n")
    assert list(functions(source)) == [Measured("a.py::A.f", 3, 2), Measured("a.py::A.f.g", 1, 1)]


def test_a_title_or_nothing_is_no_sentence() -> None:
    assert documented(read('"""What lives here."""\n'))
    assert not documented(read('"""Stuff"""\n'))
    assert not documented(read("x = 1\n"))
