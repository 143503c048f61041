"""Whether to use colours: what the user says, then what the environment says, then what the stream is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO


def wants_colour(stream: TextIO, variables: Mapping[str, str], flag: bool | None) -> bool:  # noqa: FBT001  # a flag's value
    """Tell whether text for `stream` should be coloured.

    `NO_COLOR` (non-empty) beats the flag, which beats `CLICOLOR_FORCE` and `FORCE_COLOR`, then `TERM=dumb`, then
    whether the stream is a terminal (https://no-color.org, https://bixense.com/clicolors).
    """
    if variables.get("NO_COLOR"):
        return False
    if flag is not None:
        return flag
    if any(variables.get(name) not in (None, "", "0") for name in ("CLICOLOR_FORCE", "FORCE_COLOR")):
        return True
    return variables.get("TERM") != "dumb" and stream.isatty()
