"""Colours: what the user says, then what the environment says, then what the stream is."""

import io
from pathlib import Path

import pytest

from reconciler.cli.colour import wants_colour
from reconciler.cli.console import Console
from reconciler.cli.options import Form, Talk
from reconciler.errors import SettingsError
from reconciler.render.spans import Span, Style, line


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("variables", "flag", "terminal", "expected"),
    [
        ({}, None, True, True),
        ({}, None, False, False),
        ({"TERM": "dumb"}, None, True, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, None, True, True),
        ({"CLICOLOR_FORCE": "1"}, None, False, True),
        ({"FORCE_COLOR": "0"}, None, False, False),
        ({"FORCE_COLOR": ""}, None, False, False),
        ({"FORCE_COLOR": "1"}, False, True, False),
        ({}, True, False, True),
        ({"TERM": "dumb"}, True, False, True),
        ({"NO_COLOR": "1"}, True, True, False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, None, True, False),
        ({"NO_COLOR": ""}, None, True, True),
    ],
)
def test_the_stronger_word_decides(
    variables: dict[str, str], flag: bool | None, terminal: bool, expected: bool
) -> None:
    assert wants_colour(Terminal() if terminal else io.StringIO(), variables, flag) is expected


def test_results_in_a_file_are_never_coloured_and_appear_whole(tmp_path: Path) -> None:
    file = tmp_path / "out.txt"
    file.write_text("of yesterday")
    console = Console(Talk(color=True), Form(output_file=file), {})
    console.show([line(Span("one", Style.CREATE))])
    console.write("two\n")
    assert file.read_text() == "one\ntwo\n"


def test_an_output_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    console = Console(Talk(), Form(output_file=tmp_path / "none" / "out"), {})
    with pytest.raises(SettingsError, match="No such file") as raised:
        console.write("x")
    assert raised.value.where == str(tmp_path / "none" / "out")


def test_quiet_keeps_talk_back_and_lets_errors_through(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(Talk(quiet=True), None, {})
    console.say([line("talk")])
    console.complain([line("error")])
    assert capsys.readouterr().err == "error\n"


@pytest.mark.parametrize(("value", "in_ci"), [("true", True), ("", False), ("false", False), ("1", True)])
def test_nobody_is_asked_in_ci(value: str, in_ci: bool) -> None:
    assert Console(Talk(), None, {"CI": value}).in_ci is in_ci
