"""What an action tells the page that follows it: one sentence, shown once."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

Tone = Literal["good", "bad"]

_COOKIE = "notice"
_TONES: tuple[Tone, ...] = ("good", "bad")
# Browsers keep cookies of up to 4 KiB.
_LONGEST = 600
_SECONDS = 60


@dataclass(frozen=True)
class Notice:
    """One sentence about what an action did, or why it did not."""

    text: str
    tone: Tone = "good"

    def put(self, response: Response) -> Response:
        """Let the next page show it."""
        value = quote(f"{self.tone}:{self.text[:_LONGEST]}", safe="")
        response.set_cookie(_COOKIE, value, max_age=_SECONDS, httponly=True, samesite="lax")
        return response

    @staticmethod
    def clear(response: Response) -> None:
        """Let no further page show it."""
        response.delete_cookie(_COOKIE, httponly=True, samesite="lax")


def taken(request: Request) -> Notice | None:
    """Return what the last action left to be told."""
    tone, _, text = unquote(request.cookies.get(_COOKIE, "")).partition(":")
    known = next((each for each in _TONES if each == tone), None)
    return Notice(text, known) if known is not None and text else None
