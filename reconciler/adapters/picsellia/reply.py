"""The platform's answer as a value, and its own words made fit for an error message."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from pydantic import BaseModel, ValidationError

from reconciler.core.secret import MASK
from reconciler.errors import UnexpectedReply

if TYPE_CHECKING:
    from reconciler.adapters.picsellia.request import Request
    from reconciler.core.secret import Secret

LONGEST_SAYING: Final = 300
"""Characters of the platform's own words that a message quotes."""

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, whatever its status.

    Attributes:
        request: What was asked.
        status: HTTP status, 100..599.
        content: The body.
        retry_after: Seconds the platform asked us to wait, if it did.
    """

    request: Request
    status: int
    content: bytes = b""
    retry_after: float | None = None

    @property
    def is_success(self) -> bool:
        """Tell whether the platform did what was asked. 208 (already reported) is an error of this API."""
        return 200 <= self.status < 300 and self.status != 208

    def parse(self, model: type[M], announced: frozenset[str] = frozenset()) -> M:
        """Read the body as a wire model. Raises UnexpectedReply for malformed JSON or another shape.

        Args:
            model: What it should be.
            announced: Capabilities of the platform that decide how much of it is read.
        """
        try:
            return model.model_validate_json(self.content, context=announced)
        except ValidationError as error:
            raise UnexpectedReply(
                f"cannot {self.request.purpose}: the answer does not follow the protocol ({_first_problem(error)})",
                where=str(self.request),
                hint="Check that the host is a Picsellia-compatible platform, and its version.",
            ) from None


def _first_problem(error: ValidationError) -> str:
    # Without the input: it may be long, and it is not ours to quote.
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return clean(f"{place}: {first['msg']}" if place else first["msg"])


def said(content: bytes, hide: Secret) -> str:
    """Return what an error body says, in one line: `message` and `detail` where it follows the protocol.

    Args:
        content: The body; JSON or not.
        hide: A secret that must not come back in it.
    """
    text = content.decode(errors="replace")
    try:
        words = _words(json.loads(text))
    except RecursionError:
        words = ""
    except ValueError:
        words = "" if text.lstrip().startswith("<") else text
    return clean(words, hide)


def _words(parsed: object) -> str:
    match parsed:
        case {"message": message, **rest}:
            detail = rest.get("detail")
            return f"{message}: {_words(detail)}" if detail else str(message)
        case {"detail": detail}:
            return _words(detail)
        case list():
            return "; ".join(_words(item) for item in parsed)
        case None | {}:
            return ""
        case _:
            return str(parsed)


def clean(text: str, hide: Secret | None = None) -> str:
    """Return `text` in one line, without control characters or secrets, shortened."""
    if hide:
        text = text.replace(hide.reveal(), MASK)
    # Categories C*: control, format (bidirectional overrides too), surrogate, private use, unassigned.
    visible = "".join(" " if unicodedata.category(character)[0] == "C" else character for character in text)
    line = " ".join(visible.split())
    return line if len(line) <= LONGEST_SAYING else f"{line[: LONGEST_SAYING - 1]}…"
