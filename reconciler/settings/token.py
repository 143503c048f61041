"""The API token: from the environment or a file, never from the command line, where every process could read it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from reconciler.core.secret import Secret
from reconciler.errors import NotAuthenticated, SettingsError

if TYPE_CHECKING:
    from reconciler.settings.configuration import Environment
    from reconciler.settings.sources import Sources

_HINT: Final = (
    "Set PICSELLIA_TOKEN, or name a file with --token-file. Tokens are made on the platform, in the profile settings; "
    "--embedded DIR needs none."
)


def token_of(sources: Sources, environment: Environment) -> Secret:
    """Return the token: a file named by a flag, then PICSELLIA_TOKEN, then files named elsewhere.

    Raises:
        NotAuthenticated: there is none, or it is empty.
        SettingsError: a named file cannot be read.
    """
    if sources.flags.token_file is not None:
        return _read_token(sources.flags.token_file)
    value = sources.variable("PICSELLIA_TOKEN")
    if value is not None:
        return _token(value, "PICSELLIA_TOKEN")
    file = sources.variable("RECONCILER_TOKEN_FILE")
    if file is not None:
        return _read_token(Path(file))
    if environment.token_file is not None:
        return _read_token(sources.folder / environment.token_file)
    raise NotAuthenticated("there is no API token", hint=_HINT)


def _read_token(file: Path) -> Secret:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is not text"
        raise SettingsError(f"the token file cannot be read: {reason}", where=str(file), hint=_HINT) from None
    return _token(text, str(file))


def _token(text: str, where: str) -> Secret:
    if not text.strip():
        raise NotAuthenticated("the API token is empty", where=where, hint=_HINT)
    return Secret(text.strip())
