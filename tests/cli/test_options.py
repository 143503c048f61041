"""Shared options are taken before the verb and after it; the later one wins, lists add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import pytest
import typer

from reconciler.cli.composition import Invocation, Verb, Verbs, composed, gather, taking
from reconciler.cli.options import GROUPS, LogFormat, Talk, Where, Which
from reconciler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Own:
    name: Annotated[str, typer.Argument()]
    often: Annotated[int, typer.Option("--often")] = 1


seen: list[object] = []


def verb(talk: Talk, where: Where, *, which: Which, own: Own) -> int:
    """Remember what was given."""
    seen[:] = [talk, where, which, own]
    return 7


def parsed(*arguments: str, function: object = verb) -> Sequence[object]:
    app = typer.Typer(cls=Verbs, rich_markup_mode=None)

    def before(ctx: typer.Context, **values: object) -> None:
        ctx.obj.before = {group: gather(group, values) for group in GROUPS}

    app.callback()(taking(GROUPS, before))
    app.command("verb", cls=Verb)(composed(function))  # type: ignore[arg-type]
    app.command("other", cls=Verb)(composed(offline))
    command = typer.main.get_command(app)
    assert command(list(arguments), standalone_mode=False, obj=Invocation()) == 7
    return seen


def offline(talk: Talk) -> int:
    """Need no platform."""
    return 7


@pytest.mark.parametrize(
    "arguments",
    [["--host", "h", "-v", "verb", "x"], ["verb", "x", "--host", "h", "-v"], ["-v", "verb", "--host", "h", "x"]],
)
def test_an_option_means_the_same_before_and_after_the_verb(arguments: list[str]) -> None:
    assert parsed(*arguments) == [Talk(verbose=1), Where(host="h"), Which(), Own("x")]


def test_the_option_after_the_verb_wins() -> None:
    _, where, _, _ = parsed("--host", "before", "--env", "e", "verb", "x", "--host", "after")
    assert where == Where(host="after", env="e")


def test_lists_given_on_both_sides_add_up() -> None:
    _, _, which, _ = parsed("--target", "a", "verb", "x", "--target", "b")
    assert which == Which(target=["a", "b"])


def test_a_verbs_own_options_come_as_one_value_too() -> None:
    assert parsed("verb", "x", "--often", "3", "--no-color", "--log-format", "json") == [
        Talk(color=False, log_format=LogFormat.JSON),
        Where(),
        Which(),
        Own("x", 3),
    ]


def test_an_option_that_a_verb_does_not_use_is_refused_rather_than_ignored() -> None:
    with pytest.raises(UsageError, match="other does not use --token-file"):
        parsed("--token-file", "t", "other")
    parsed("-q", "other")
