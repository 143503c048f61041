"""Templates: values in, a page out; whatever a name or a tag says is shown as text."""

from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from reconciler.platform.dashboard import static_files, words
from reconciler.platform.dashboard.notices import Notice, taken
from reconciler.platform.dashboard.visit import Visit

THEMES: Final = ("light", "dark")
_FOLDER = Path(__file__).parent / "templates"


def render(visit: Visit, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """Return a page for somebody who is signed in; a template may use `visit` and the values."""
    notice = taken(visit.request)
    response = _answer(visit.request, template, {"visit": visit, "notice": notice, **values}, status)
    if notice is not None:
        Notice.clear(response)
    return response


def render_outside(request: Request, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """Return a page for somebody of whom nothing is known."""
    return _answer(request, template, {"visit": None, "notice": None, **values}, status)


def text_of(template: str, **values: object) -> str:
    """Return what a template says with these values; for parts of pages."""
    return templates().get_template(template).render(values)


@cache
def templates() -> Environment:
    """Return the templates; everything is escaped, and a value that is missing is an error."""
    found = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.filters.update(words.FILTERS)
    found.globals["asset"] = static_files.address
    return found


def _answer(request: Request, template: str, values: dict[str, object], status: int) -> HTMLResponse:
    theme = request.cookies.get("theme")
    chosen = theme if theme in THEMES else None
    return HTMLResponse(text_of(template, theme=chosen, **values), status)
