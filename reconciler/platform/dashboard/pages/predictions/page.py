"""The gallery: what a deployment saw, with what was said of it, found, selected and submitted."""

from dataclasses import dataclass, field
from uuid import UUID

from starlette.datastructures import QueryParams
from starlette.responses import Response
from starlette.routing import Route

from reconciler.platform.dashboard.drawing import Labels
from reconciler.platform.dashboard.pages import submitting
from reconciler.platform.dashboard.pages.heading import address, head_of
from reconciler.platform.dashboard.pages.predictions import details, filters
from reconciler.platform.dashboard.pages.predictions.filters import Asked
from reconciler.platform.dashboard.pages.predictions.tiles import Hand, is_square, shown
from reconciler.platform.dashboard.rendering import render
from reconciler.platform.dashboard.visit import Visit, action, page, see
from reconciler.platform.store import gallery
from reconciler.platform.store.faults import Fault, Invalid
from reconciler.platform.store.gallery import GalleryPage

SIZE = 60
_PATH = "/deployments/{deployment_id}/predictions"


@dataclass(frozen=True)
class _Selection:
    """What a form sent before it is shown again: the images and versions that were chosen, and what was wrong."""

    assets: frozenset[UUID] = field(default_factory=frozenset)
    versions: frozenset[UUID] = field(default_factory=frozenset)
    fault: str = ""
    status: int = 200


@dataclass(frozen=True)
class Links:
    """Where the gallery leads: query strings, and the address of the review tool; None where there is nothing."""

    newest: str
    newer: str | None
    older: str | None
    review: str | None
    all: str


def show(visit: Visit) -> Response:
    """Show one page of what a deployment saw."""
    return _gallery(visit, filters.read(visit.request.query_params), _Selection())


def submit(visit: Visit) -> Response:
    """Submit the selected images to the feedback loop; show the gallery again where something is to be corrected."""
    asked = filters.read(QueryParams(visit.told("query").removeprefix("?")))
    try:
        with visit.write() as unit:
            deployment = visit.deployment(unit)
            outcome = submitting.submit(visit, unit, deployment)
            back = address(deployment, "predictions")
    except Fault as fault:
        return _gallery(visit, asked, _sent(visit, fault))
    return submitting.told(outcome).put(see(f"{back}{_here(asked)}"))


routes = [
    Route(_PATH, page(show), methods=["GET"]),
    Route(f"{_PATH}/submit", action(submit), methods=["POST"]),
    *details.routes,
]


def _sent(visit: Visit, fault: Fault) -> _Selection:
    try:
        assets, versions = (frozenset(submitting.identifiers(visit, name)) for name in ("asset", "version"))
    except Invalid:
        assets, versions = frozenset(), frozenset()
    return _Selection(assets, versions, fault.message, fault.status)


def _gallery(visit: Visit, asked: Asked, selection: _Selection) -> Response:
    with visit.read() as unit:
        deployment = visit.deployment(unit)
        found = gallery.list_page(unit, deployment, asked.filters, before=asked.before, after=asked.after, limit=SIZE)
        selects_all = visit.asked("selected") == "page"
        hand = Hand(f"/deployments/{deployment.id}", asked, Labels.of(deployment), selection.assets, selects_all)
        tiles = [shown(tile, hand) for tile in found.tiles]
        values = {
            "head": head_of(deployment, "predictions"),
            "home": hand.home,
            "asked": asked,
            "active": filters.active(asked, hand.labels),
            "tiles": tiles,
            "is_square": is_square(tiles),
            "count": gallery.count(unit, deployment, asked.filters),
            "labels": hand.labels.listed,
            "tags": gallery.tags(unit, deployment),
            "sources": gallery.sources(unit, deployment),
            "states": filters.STATES,
            "has_shadow": deployment.shadow_model_version_id is not None,
            "feedback": submitting.loop_of(deployment, selection.versions),
            "links": _links(asked, found, hand),
            "searched_to": found.searched_to,
            "fault": selection.fault,
            "here": _here(asked),
        }
        return render(visit, "predictions.html", status=selection.status, **values)


def _links(asked: Asked, found: GalleryPage, hand: Hand) -> Links:
    first = found.tiles[0].id if found.tiles else None
    return Links(
        newest=asked.query,
        newer=asked.at("after", found.newer) if found.newer is not None else None,
        older=asked.at("before", found.older) if found.older is not None else None,
        review=None if first is None else f"{hand.home}/review/{first}{asked.query}",
        all=_here(asked, ("selected", "page")),
    )


def _here(asked: Asked, *more: tuple[str, str]) -> str:
    """Return the query string of this very page."""
    places = [("before", asked.before), ("after", asked.after)]
    place = [(name, str(cursor)) for name, cursor in places if cursor is not None]
    return filters.query_of([*asked.pairs, *place, *more])
