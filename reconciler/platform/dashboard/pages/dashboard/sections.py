"""The parts of the dashboard: each has an address of its own, and what would keep the page waiting comes after it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from reconciler.platform.dashboard.pages.dashboard.activity import activity
from reconciler.platform.dashboard.pages.dashboard.drift import drift
from reconciler.platform.dashboard.pages.dashboard.images import images
from reconciler.platform.dashboard.pages.dashboard.labels import labels
from reconciler.platform.dashboard.pages.dashboard.outliers import outliers
from reconciler.platform.dashboard.pages.dashboard.quality import quality
from reconciler.platform.dashboard.pages.dashboard.view import View
from reconciler.platform.store.faults import NotFound


@dataclass(frozen=True)
class Kind:
    """A section: its heading, what it is made of, and whether that takes long where much is stored."""

    title: str
    build: Callable[[View], object]
    is_costly: bool = False


KINDS: Final[Mapping[str, Kind]] = {
    "activity": Kind("Activity", activity),
    "quality": Kind("Quality over reviews", quality, is_costly=True),
    "labels": Kind("Classes", labels, is_costly=True),
    "drift": Kind("Drift", drift),
    "outliers": Kind("Outliers", outliers, is_costly=True),
    "images": Kind("Distributions", images, is_costly=True),
}


@dataclass(frozen=True)
class Section:
    """A section as it is shown.

    Attributes:
        address: where it is answered alone.
        part: what it is made of; None where it is loaded after the page.
        again: whether to look again, because something is being computed.
    """

    name: str
    title: str
    address: str
    part: object | None
    again: bool

    @property
    def template(self) -> str:
        """The template of its content."""
        return f"dashboard-{self.name}.html"


def build(view: View, name: str) -> Section:
    """Return a section.

    Raises:
        NotFound: when there is none of that name.
    """
    kind = KINDS.get(name)
    if kind is None:
        raise NotFound(f"The dashboard has no section '{name}'.")
    part = kind.build(view)
    again = bool(getattr(part, "is_pending", False))
    return Section(name, kind.title, _address(view, name), part, again)


def put_off(view: View, name: str) -> Section:
    """Return a section that is loaded after the page."""
    return Section(name, KINDS[name].title, _address(view, name), None, again=True)


def _address(view: View, name: str) -> str:
    return view.here(f"sections/{name}{view.filters.query}")
