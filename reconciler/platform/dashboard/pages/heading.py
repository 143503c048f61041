"""What stands above every page about one deployment: its name, what is on, and the way to its other pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from reconciler.platform.store.tables.deployments import Deployment

Place = Literal["dashboard", "predictions", "review", "settings"]


@dataclass(frozen=True)
class Tab:
    """The way to one page of a deployment; `count` says how many things wait there, None says nothing."""

    name: str
    address: str
    is_here: bool
    count: int | None = None


@dataclass(frozen=True)
class Head:
    """The head of a page about one deployment; a switch is named with whether it is on."""

    name: str
    type: str
    switches: Sequence[tuple[str, bool]]
    tabs: Sequence[Tab]


def head_of(deployment: Deployment, here: Place, *, waiting: int | None = None) -> Head:
    """Return the head of one of a deployment's pages; `waiting` images are to be reviewed, None: nobody counted."""
    return Head(
        name=deployment.name,
        type=deployment.type.lower().replace("_", " "),
        switches=_switches(deployment),
        tabs=[
            Tab(place.capitalize(), address(deployment, place), place == here, waiting if place == "review" else None)
            for place in get_args(Place)
        ],
    )


def address(deployment: Deployment, place: Place) -> str:
    """Return the path of one of a deployment's pages."""
    return f"/deployments/{deployment.id}" + ("" if place == "dashboard" else f"/{place}")


def _switches(deployment: Deployment) -> list[tuple[str, bool]]:
    loop, training, policy = (
        deployment.feedback_loop,
        deployment.continuous_training,
        deployment.continuous_deployment,
    )
    return [
        ("feedback loop", loop is not None and loop.active),
        ("continuous training", training is not None and training.active),
        ("continuous deployment", policy is not None and policy.active),
    ]
