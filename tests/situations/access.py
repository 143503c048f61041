"""Situations of access: who is asking, for whom, and where."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from tests.situations.stage import Situation, situation
from tests.situations.weather import Answer, weather

if TYPE_CHECKING:
    from tests.situations.stage import Ended, Stage
    from tests.situations.weather import Fate, Passing

TABLE: Final[list[Situation]] = []
bad = partial(situation, among=TABLE)


@bad(4, "PICSELLIA_TOKEN", "--token-file")
def no_token(stage: Stage) -> Ended:
    """There is no token."""
    stage.write()
    return stage.run("plan", PICSELLIA_TOKEN=None)


@bad(4, "token", "hint:")
def a_wrong_token(stage: Stage) -> Ended:
    """The platform does not know the token."""
    stage.write()
    return stage.run("plan", PICSELLIA_TOKEN="not-a-token-of-anybody")


@bad(4, "a-token-that-may-only-read", "POST", "Next:")
def a_token_that_may_only_read(stage: Stage) -> Ended:
    """The token may read and not write, and an apply is asked for."""
    stage.write()
    return stage.run("apply", "--yes", PICSELLIA_TOKEN=stage.served.reader)


@bad(3, "nowhere/token", "hint:")
def a_token_file_that_is_not_there(stage: Stage) -> Ended:
    """The token file is not there."""
    stage.write()
    return stage.run("plan", "--token-file", "nowhere/token", PICSELLIA_TOKEN=None)


@bad(4, "token.txt", "hint:")
def an_empty_token_file(stage: Stage) -> Ended:
    """The token file is empty."""
    stage.write()
    stage.text("token.txt", "\n")
    return stage.run("plan", "--token-file", "token.txt", PICSELLIA_TOKEN=None)


@bad(3, "acme-lyon", "hint:")
def an_unknown_organisation(stage: Stage) -> Ended:
    """The organisation does not exist, or the token does not reach it."""
    stage.write()
    return stage.run("plan", "--organization", "acme-lyon")


@bad(3, "--host", "--embedded")
def no_platform(stage: Stage) -> Ended:
    """Nothing says which platform is meant."""
    stage.write()
    return stage.run("plan", PICSELLIA_HOST=None)


@bad(3, "ftp://platform", "hint:")
def an_address_that_is_none(stage: Stage) -> Ended:
    """The platform's address is not one of HTTP."""
    stage.write()
    return stage.run("plan", PICSELLIA_HOST="ftp://platform")


@bad(4, "a-token-that-expires-while-writing", "POST", "Next:")
def a_token_that_expires_while_writing(stage: Stage) -> Ended:
    """The token expires in the middle of an apply."""

    def expired(passing: Passing) -> Fate:
        return Answer(401, b'{"message": "expired"}') if passing.writes and passing.number > 1 else None

    stage.write(more="  tags: [one, two]\n")
    with weather(stage.served.url, expired) as url:
        return stage.run("apply", "--yes", PICSELLIA_HOST=url)


@bad(3, "folder.d", "hint:")
def a_token_file_that_is_a_folder(stage: Stage) -> Ended:
    """The token file is a folder."""
    stage.write()
    (stage.folder / "folder.d").mkdir()
    return stage.run("plan", "--token-file", "folder.d", PICSELLIA_TOKEN=None)
