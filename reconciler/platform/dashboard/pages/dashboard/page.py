"""The page, its sections at addresses of their own, and the promotion of a shadow."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from starlette.responses import Response
from starlette.routing import Route

from reconciler.platform.dashboard.notices import Notice
from reconciler.platform.dashboard.ownership import owner_of
from reconciler.platform.dashboard.pages.dashboard import sections
from reconciler.platform.dashboard.pages.dashboard.cards import CardValues, alerts_of, card_values
from reconciler.platform.dashboard.pages.dashboard.filters import ALL, SPANS, Filters
from reconciler.platform.dashboard.pages.dashboard.view import View, ask, view_of
from reconciler.platform.dashboard.pages.glance import glance_of
from reconciler.platform.dashboard.pages.heading import address, head_of
from reconciler.platform.dashboard.rendering import render
from reconciler.platform.dashboard.visit import Visit, action, page, see
from reconciler.platform.shapes.statistics import Latency, PredictionsAggregate
from reconciler.platform.shapes.statistics_queries import AggregateService
from reconciler.platform.store import alerts, deployments, flow, gallery
from reconciler.platform.store.faults import Fault
from reconciler.platform.store.flow import Flow
from reconciler.platform.store.tables.deployments import Deployment

# From here on, what sums up everything is loaded after the page.
_MANY_PREDICTIONS: Final = 20_000
_MANY_REVIEWS: Final = 400


@dataclass(frozen=True)
class Choice:
    """One choice of a filter: its name, the address or value that chooses it, and whether it is chosen."""

    name: str
    value: str
    is_chosen: bool


@dataclass(frozen=True)
class Panel:
    """The filters as they are offered; `tags` are those that can be added, `chosen` what each chosen tag leads to."""

    filters: Filters
    spans: list[Choice]
    models: list[Choice]
    tags: list[str]
    chosen: list[Choice]
    clear: str


def show(visit: Visit) -> Response:
    """Show the dashboard."""
    with visit.read() as unit:
        view = view_of(visit, unit)
        cards = card_values(view)
        found = flow.flow(unit, view.deployment)
        is_much = _is_much(cards, found)
        waiting = max(found.predictions - found.reviewed, 0)
        values: dict[str, object] = {
            "head": head_of(view.deployment, "dashboard", waiting=waiting),
            "deployment": view.deployment,
            "here": view.address,
            "cards": cards,
            "panel": _panel(view),
            "glance": glance_of(unit, view.deployment),
            "sections": _sections(view, cards, is_much=is_much),
            "quantiles": None if is_much else _quantiles(view),
            "owner": _owner(view.deployment),
            "seen_ever": cards.last_prediction is not None,
            "lines": _lines(visit, view.deployment),
        }
    ask(visit, view)
    return render(visit, "dashboard.html", status=HTTPStatus.OK, **values)


def show_section(visit: Visit) -> Response:
    """Show one section: alone to a script that loads it into the page, within the frame to a person."""
    with visit.read() as unit:
        view = view_of(visit, unit)
        section = sections.build(view, str(visit.request.path_params["section"]))
        head = head_of(view.deployment, "dashboard")
    ask(visit, view)
    is_person = visit.request.headers.get("sec-fetch-dest") == "document"
    template = "dashboard-alone.html" if is_person else "dashboard-section.html"
    return render(visit, template, section=section, head=head, here=view.address, query=view.filters.query)


def show_alerts(visit: Visit) -> Response:
    """Look at what the alerts watch, and show what they come to."""
    # The numeric libraries behind it take longer to load than most pages to answer.
    from reconciler.platform.pipeline import alerting

    with visit.write() as unit:
        deployment = visit.deployment(unit)
        alerting.look(unit, deployment)
        found = alerts_of(alerts.of_deployment(unit, deployment))
        here = address(deployment, "dashboard")
    return render(visit, "dashboard-alerts.html", alerts=found, here=here, is_fresh=True)


def promote(visit: Visit) -> Response:
    """Make the shadow the champion, unless it is no longer the one that was looked at."""
    with visit.write() as unit:
        deployment = visit.deployment(unit)
        back = see(address(deployment, "dashboard"))
        seen, shadow = visit.told("version"), deployment.shadow_model_version_id
        if shadow is not None and seen != str(shadow):
            told = "The shadow has changed since you looked; nothing was promoted. Look again, then decide."
            return Notice(told, "bad").put(back)
        try:
            deployments.promote(unit, deployment)
        except Fault as fault:
            return Notice(fault.message, "bad").put(back)
        told = f"{deployment.champion.model.name} / {deployment.champion.name} is the champion now."
    return Notice(told).put(back)


routes = [
    Route("/deployments/{deployment_id}", page(show), methods=["GET"]),
    Route("/deployments/{deployment_id}/sections/{section}", page(show_section), methods=["GET"]),
    Route("/deployments/{deployment_id}/alerts", page(show_alerts), methods=["GET"]),
    Route("/deployments/{deployment_id}/promote", action(promote), methods=["POST"]),
]


def _sections(view: View, cards: CardValues, *, is_much: bool) -> list[sections.Section]:
    """Return all sections; nothing but what is quick where much is stored, and none before the first prediction."""
    if cards.last_prediction is None:
        return []
    return [
        sections.put_off(view, name) if kind.is_costly and is_much else sections.build(view, name)
        for name, kind in sections.KINDS.items()
    ]


def _is_much(cards: CardValues, found: Flow) -> bool:
    both = (cards.champion_figures, cards.shadow_figures)
    is_many = any(each is None or each.predictions > _MANY_PREDICTIONS for each in both)
    return is_many or found.reviewed > _MANY_REVIEWS


def _quantiles(view: View) -> Latency | None:
    """Return the champion's latency in all its figures; None where it did not predict."""
    data = view.together(AggregateService.METRICS, PredictionsAggregate).data
    return data.champion.latency if data is not None and data.champion is not None else None


def _panel(view: View) -> Panel:
    filters, here = view.filters, view.address
    spans = {**{name: told for name, (told, _) in SPANS.items()}, ALL: "All time"}
    known = [tag for tag in gallery.tags(view.unit, view.deployment) if tag not in filters.tags]
    return Panel(
        filters=filters,
        spans=[Choice(told, f"{here}{filters.over(name).query}", name == filters.span) for name, told in spans.items()],
        models=[Choice(str(each), str(each.id), each.id == filters.model) for each in view.versions.values()],
        tags=known,
        chosen=[Choice(tag, f"{here}{filters.without(tag).query}", is_chosen=True) for tag in filters.tags],
        clear=here,
    )


def _owner(deployment: Deployment) -> str:
    """Return where the champion is declared; empty where no manifest manages it."""
    owner = owner_of(deployment.management)
    return owner.place if owner is not None and owner.manages("models.champion") else ""


@dataclass(frozen=True)
class Lines:
    """What to type to send the first prediction: Python texts of the platform's address and the deployment's name."""

    host: str
    name: str


def _lines(visit: Visit, deployment: Deployment) -> Lines:
    url = visit.request.url
    host, name = (json.dumps(text, ensure_ascii=False) for text in (f"{url.scheme}://{url.netloc}", deployment.name))
    return Lines(host, name)
