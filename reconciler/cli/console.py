"""The two streams: results to stdout or a file, talk to stderr; a reader who leaves early is no error."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from reconciler.cli.colour import wants_colour
from reconciler.errors import SettingsError
from reconciler.render.ansi import ansi
from reconciler.render.spans import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from typing import TextIO

    from reconciler.cli.options import Form, Talk
    from reconciler.core.live import Json
    from reconciler.render.spans import Line, Span


class Console:
    """Where a command prints.

    Args:
        talk: How much, and in which colours.
        form: Whether results go to a file.
        variables: The process environment.
    """

    def __init__(self, talk: Talk, form: Form | None = None, variables: Mapping[str, str] = os.environ) -> None:
        self.talk_options = talk
        self.in_ci = (variables.get("CI") or "").lower() not in ("", "0", "false", "no")
        self._file = form.output_file if form is not None else None
        self._started = False
        self._colour = {stream: wants_colour(stream, variables, talk.color) for stream in (sys.stdout, sys.stderr)}

    @property
    def is_interactive(self) -> bool:
        """Tell whether a person sits there: both to read the question and to type the answer."""
        return sys.stdin.isatty() and sys.stderr.isatty() and not self.in_ci

    @property
    def is_coloured(self) -> bool:
        """Tell whether results are coloured."""
        return self._file is None and self._colour[sys.stdout]

    @property
    def is_terminal(self) -> bool:
        """Tell whether talk goes to a terminal."""
        return sys.stderr.isatty()

    def show(self, text: Iterable[Line]) -> None:
        """Write result lines."""
        self.write(ansi(text) if self.is_coloured else plain(text))

    def document(self, value: Mapping[str, Json], *, indent: int | None = 2) -> None:
        """Write one JSON document, with a line break after it."""
        self.write(json.dumps(value, indent=indent, ensure_ascii=False) + "\n")

    def write(self, text: str) -> None:
        """Write a result as it is. Raises SettingsError when the output file cannot be written."""
        if self._file is None:
            _put(sys.stdout, text)
            return
        try:
            with self._file.open("a" if self._started else "w", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise _unwritable(self._file, error) from None
        self._started = True

    def say(self, text: Iterable[Line]) -> None:
        """Write talk, unless it is not wanted."""
        if not self.talk_options.quiet:
            self.complain(text)

    def prompt(self, question: Span) -> None:
        """Write a question, and leave the cursor behind it."""
        text = [(question,)]
        _put(sys.stderr, (ansi(text) if self._colour[sys.stderr] else question.text + "\n").removesuffix("\n"))

    def complain(self, text: Iterable[Line]) -> None:
        """Write what has to be read: questions and errors."""
        _put(sys.stderr, ansi(text) if self._colour[sys.stderr] else plain(text))


def _unwritable(file: Path, error: OSError) -> SettingsError:
    return SettingsError(
        f"the output file cannot be written: {error.strerror or error}",
        where=str(file),
        hint="Name another file with --output-file.",
    )


def _put(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        # `reconciler plan | head`: the rest goes nowhere, quietly, and the exit code stays that of the work.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def be_tolerant() -> None:
    """Let stdout and stderr show what they can of any text, whatever their encoding."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
