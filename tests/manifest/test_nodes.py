"""Trees: finding the way by path, and the nearest place where a path leads nowhere."""

from __future__ import annotations

import pytest

from reconciler.core.manifest.diagnostics import Place
from reconciler.core.manifest.nodes import (
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
    descend,
    place_of_key,
    place_of_value,
    show,
)


def scalar(text: str, line: int, column: int) -> Scalar:
    return Scalar(text, plain=True, place=Place(line, column, len(text)))


def mapping(line: int, column: int, *entries: tuple[Scalar, Node]) -> Mapping:
    return Mapping({key.text: Entry(key, value) for key, value in entries}, Place(line, column))


TAGS = Sequence((scalar("one", 3, 7), scalar("two", 4, 7)), Place(3, 5))
ROOT = mapping(1, 1, (scalar("spec", 1, 1), mapping(2, 3, (scalar("tags", 2, 3), TAGS))))


def test_a_path_leads_through_keys_and_positions() -> None:
    assert descend(ROOT, ("spec", "tags", 1)) == scalar("two", 4, 7)
    assert descend(ROOT, ()) is ROOT


@pytest.mark.parametrize(
    "path", [("x",), ("spec", 0), ("spec", "tags", 2), ("spec", "tags", "x"), ("spec", "tags", 0, "x")]
)
def test_a_path_that_leads_nowhere_is_told_as_such(path: tuple[str | int, ...]) -> None:
    assert descend(ROOT, path) is None


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        ((), (1, 1), (1, 1)),
        (("spec",), (1, 1), (2, 3)),
        (("spec", "tags"), (2, 3), (3, 5)),
        (("spec", "tags", 1), (4, 7), (4, 7)),
        (("spec", "tags", 5), (2, 3), (3, 5)),
        (("spec", "models", "champion"), (1, 1), (2, 3)),
        (("x", "y"), (1, 1), (1, 1)),
    ],
)
def test_a_place_is_that_of_the_nearest_thing_on_the_way(
    path: tuple[str | int, ...], key: tuple[int, int], value: tuple[int, int]
) -> None:
    assert place_of_key(ROOT, path)[:2] == key
    assert place_of_value(ROOT, path)[:2] == value


def test_paths_are_written_as_people_do_and_stay_short() -> None:
    assert show(("spec", "feedbackLoop", "datasets", 0, "version")) == "spec.feedbackLoop.datasets[0].version"
    assert show(()) == ""
    assert len(show(("spec", "x" * 1_000))) < 60
