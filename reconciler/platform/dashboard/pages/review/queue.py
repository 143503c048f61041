"""The images to review, newest first: which ones a filter leaves, which comes next, and how many there are."""

from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from starlette.datastructures import ImmutableMultiDict

from reconciler.platform.dashboard.pages.heading import address
from reconciler.platform.dashboard.pages.predictions import filters
from reconciler.platform.dashboard.pages.review.sheets import Neighbours
from reconciler.platform.dashboard.visit import Visit
from reconciler.platform.store import gallery
from reconciler.platform.store.sifting import Filters
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.predictions import PredictedAsset
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ReviewState

TO_REVIEW: Final = frozenset({ReviewState.TO_REVIEW})
_WAITING: Final = ImmutableMultiDict([("state", ReviewState.TO_REVIEW.lower())])


@dataclass(frozen=True)
class Queue:
    """The images of one deployment that a filter leaves.

    Attributes:
        suffix: the filter as it follows a path: a query string with its question mark, or nothing.
        is_narrow: whether images may wait that the filter does not leave.
    """

    deployment: Deployment
    filters: Filters
    suffix: str
    is_narrow: bool

    def address(self, identifier: UUID | str) -> str:
        """Return the page that reviews an image of this queue."""
        return f"{address(self.deployment, 'review')}/{identifier}{self.suffix}"

    @property
    def end(self) -> str:
        """The page that follows the last image."""
        return f"{address(self.deployment, 'review')}/finish{self.suffix}"

    def first(self, unit: Unit, states: frozenset[ReviewState] = TO_REVIEW) -> UUID | None:
        """Return the newest image of these states, as a rule of those that wait; None where none was found."""
        wanted = replace(self.filters, states=states)
        tiles = gallery.list_page(unit, self.deployment, wanted, limit=1).tiles
        return tiles[0].id if tiles else None

    def neighbours(self, unit: Unit, identifier: UUID) -> Neighbours:
        """Return what is before and after an image, whether or not the filter leaves that image."""
        found = gallery.neighbours(unit, self.deployment, self.filters, identifier)
        return Neighbours(found.newer, found.older)

    def position(self, unit: Unit, asset: PredictedAsset) -> Json:
        """Return the place of an image in the queue, from 1 (None where it is unsure), and how many there are."""
        whole = gallery.count(unit, self.deployment, self.filters)
        newer = gallery.count(unit, self.deployment, replace(self.filters, from_timestamp=asset.timestamp.timestamp()))
        is_in = not self.filters.states or asset.state in self.filters.states
        at = newer.number if newer.is_exact and newer.number and is_in else None
        return {"at": at, "number": whole.number, "exact": whole.is_exact}


def queue_of(visit: Visit, unit: Unit, *, waiting: bool = False) -> Queue:
    """Return the queue that a request asks for; with `waiting`, a request that asks for nothing means what waits.

    Raises:
        NotFound: when there is no such deployment.
    """
    told = visit.request.query_params
    asked = filters.read(told if told or not waiting else _WAITING)
    is_narrow = any(name in filters.FIELDS and name != "state" for name, _ in asked.pairs)
    return Queue(visit.deployment(unit), asked.filters, asked.query, is_narrow)
