"""What the list did not tell about a deployment: only what a manifest declares, only by requests that exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconciler.adapters.picsellia.aspects import (
    continuous_deployment,
    continuous_training,
    existence,
    feedback_loop,
    management,
    models,
    settings,
    tags,
    training_data,
)
from reconciler.adapters.picsellia.reading.concurrently import all_of
from reconciler.adapters.picsellia.reading.paging import Listing, read_whole
from reconciler.adapters.picsellia.reading.roster import DETAIL
from reconciler.adapters.picsellia.wire import Deployment, DeploymentDetail, FeedbackDataset, Page, TrainingDataset

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from reconciler.adapters.picsellia.labels import Labels
    from reconciler.adapters.picsellia.reading.roster import Found
    from reconciler.adapters.picsellia.transport import Transport
    from reconciler.adapters.picsellia.wire import Named, Settings
    from reconciler.core.live import LiveDeployment

IN_DETAIL: Final = frozenset({"models.champion", "models.shadow", "tags"})
"""Paths that `GET /api/deployment/{id}` tells."""
FEEDBACK_DATASETS: Final = "feedbackLoop.datasets"
TRAINING_DATASETS: Final = "continuousTraining.datasets"


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that was read about one deployment, as it was on the wire; `None` is what was not asked."""

    item: Found
    detail: DeploymentDetail | None = None
    feedback: tuple[FeedbackDataset, ...] | None = None
    training: tuple[TrainingDataset, ...] | None = None

    @property
    def settings(self) -> Settings | None:
        """The settings, where the platform reports them."""
        for source in (self.detail, self.item):
            if isinstance(source, Deployment) and source.settings is not None:
                return source.settings
        return None

    @property
    def tags(self) -> tuple[Named, ...]:
        """The deployment's tags with their ids, as far as they are known."""
        source = self.settings or self.detail
        return () if source is None else source.tags


async def gather(transport: Transport, item: Deployment, paths: frozenset[str], announced: frozenset[str]) -> Facts:
    """Read what `item` leaves open of `paths`. Raises PlatformError, AccessError."""
    if item.settings is not None:
        return Facts(item)
    known = item if isinstance(item, DeploymentDetail) else None
    reads: list[Coroutine[object, object, Facts]] = []
    if known is None and paths & IN_DETAIL:
        reads.append(_detail(transport, item, announced))
    if FEEDBACK_DATASETS in paths:
        reads.append(_feedback(transport, item))
    if TRAINING_DATASETS in paths and "ct-datasets" in announced:
        reads.append(_training(transport, item))
    return _together(Facts(item, known), await all_of(reads))


def _together(facts: Facts, parts: list[Facts]) -> Facts:
    for part in parts:
        facts = Facts(
            item=facts.item,
            detail=part.detail or facts.detail,
            feedback=facts.feedback if part.feedback is None else part.feedback,
            training=facts.training if part.training is None else part.training,
        )
    return facts


async def _detail(transport: Transport, item: Deployment, announced: frozenset[str]) -> Facts:
    reply = await transport.read(DETAIL.to({"id": item.id}))
    return Facts(item, detail=reply.parse(DeploymentDetail, announced))


async def _feedback(transport: Transport, item: Deployment) -> Facts:
    listing = Listing(feedback_loop.DATASETS, Page[FeedbackDataset], {"id": item.id})
    return Facts(item, feedback=(await read_whole(transport, listing)).items)


async def _training(transport: Transport, item: Deployment) -> Facts:
    listing = Listing(continuous_training.DATASETS, Page[TrainingDataset], {"id": item.id})
    return Facts(item, training=(await read_whole(transport, listing)).items)


def decode(facts: Facts, labels: Labels) -> LiveDeployment:
    """Return what the facts say in the core's words; what they do not say is unreported."""
    live = existence.identified(facts.item)
    if facts.settings is not None:
        return _from_settings(live, facts.settings, labels)
    if facts.detail is not None:
        live = tags.reported(models.reported(live, facts.detail, labels), facts.detail)
    if facts.feedback is not None:
        live = feedback_loop.listed(live, facts.feedback, labels)
    if facts.training is not None:
        live = continuous_training.listed(live, facts.training, labels)
    return live


def _from_settings(live: LiveDeployment, source: Settings, labels: Labels) -> LiveDeployment:
    live = existence.reported(live, source)
    live = settings.reported(live, source, labels)
    live = tags.reported(live, source)
    live = models.reported(live, source, labels)
    live = training_data.reported(live, source, labels)
    live = feedback_loop.reported(live, source, labels)
    live = continuous_training.reported(live, source, labels)
    live = continuous_deployment.reported(live, source)
    return management.reported(live, source)
