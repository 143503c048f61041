"""The stage: a client, what was made before the platform was served, and what is made while playing."""

from __future__ import annotations

import json
import logging
import time
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import picsellia
from picsellia.types.schemas_prediction import (
    ClassificationPredictionFormat,
    DetectionPredictionFormat,
    PredictionFormat,
)

from tests.conformance.player.cases import NEWER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from picsellia.sdk.dataset_version import DatasetVersion
    from picsellia.sdk.deployment import Deployment
    from picsellia.sdk.model_version import ModelVersion

# Seconds that durable work may take, on a machine that is busy with other things.
PATIENCE: Final = 240.0

# Of every image here, in pixels, and what is said of how long a model took.
SIZE: Final = {"latency": 0.25, "height": 8, "width": 16}

# Parameters with which the built-in trainer takes a moment.
QUICK: Final = {"epochs": 2, "batch_size": 4, "hidden": 4, "seed": 7}


class Stage:
    """One SDK in front of one platform."""

    def __init__(self, version: str, told: dict[str, Any]) -> None:
        self.version = version
        self.told = told
        self.client = picsellia.Client(api_token=told["token"], host=told["url"])
        self.project = self.client.get_project(told["project"])
        self._made: dict[str, Any] = {}

    @property
    def prefix(self) -> str:
        """Where this release looks for the platform's routes."""
        return "/api" if self.version == NEWER else "/sdk"

    def picture(self, name: str) -> Path:
        """Return an image of the stage: `white`, `black` or `photo`, a JPEG."""
        return Path(self.told["pictures"][name])

    def model_version(self, kind: str, name: str = "v1") -> ModelVersion:
        """Return a model version of a type."""
        return self.client.get_model(self.told["models"][kind]).get_version(name)

    def dataset_version(self, name: str) -> DatasetVersion:
        """Return a dataset version: `train` holds annotated images, `one` and `two` nothing, `boxes` is of boxes."""
        return self.client.get_dataset(self.told["dataset"]).get_version(name)

    def deploy(self, kind: str = "CLASSIFICATION", **more: Any) -> Deployment:
        """Deploy a model version of a type."""
        return self.model_version(kind).deploy(name=fresh(kind.lower()), **more)

    def get(self, path: str, **query: Any) -> Any:
        """Read from the platform what this release has no method for."""
        return connection_of(self.client).get(f"{self.prefix}{path}", params=query).json()

    def post(self, path: str, body: str) -> Any:
        """Ask of the platform what this release has no method for."""
        return connection_of(self.client).post(f"{self.prefix}{path}", data=body).json()

    def settings(self, deployment: Deployment) -> dict[str, Any]:
        """Return all settings of a deployment, as a platform that reports them answers."""
        return dict(deployment.sync()["settings"])

    def seen(self, deployment: Deployment, answer: dict[str, Any]) -> dict[str, Any]:
        """Return what the platform keeps of a prediction: its data, predictions and reviews."""
        path = f"/deployment/{deployment.id}/predictedassets/find"
        found = self.get(path, oracle_prediction_id=answer["id"])
        return dict(self.get(f"/predicted/asset/{found['id']}"))

    def data_of(self, deployment: Deployment, answer: dict[str, Any]) -> dict[str, Any]:
        """Return the data that a prediction made, in detail."""
        return dict(self.get(f"/data/{self.seen(deployment, answer)['data']['id']}"))

    def once(self, name: str, make: Callable[[Stage], Any]) -> Any:
        """Return what several cases look at; it is made when the first of them asks."""
        if name not in self._made:
            self._made[name] = make(self)
        return self._made[name]

    def review(self, deployment: Deployment, answer: dict[str, Any], label: str, **shape: Any) -> None:
        """Say what is on an image: a class, or a box of that class."""
        labels = {each["name"]: each["id"] for each in self.get(f"/deployment/{deployment.id}/labels")["items"]}
        kind = "rectangles" if shape else "classifications"
        body = json.dumps({kind: [{"label_id": labels[label], **shape}]})
        self.post(f"/predicted/asset/{answer['predicted_asset_id']}/reviews", body)

    def is_trained(self, deployment: Deployment) -> bool:
        """Set the training data and tell whether their summary was computed in time."""
        deployment.set_training_data(self.dataset_version("train"))
        return awaited(lambda: deployment.check_training_data_metrics_status() == "SUCCESS")


def connection_of(holder: Any) -> Any:
    """Return the connection to the platform, which was renamed between the releases."""
    return holder.connection if hasattr(holder, "connection") else holder.connexion


def fresh(noun: str) -> str:
    """Return a name that nothing has."""
    return f"{noun}-{uuid.uuid4()}"


def awaited(is_done: Callable[[], bool]) -> bool:
    """Wait until something is done; tell whether it was in time."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if is_done():
            return True
        time.sleep(0.1)
    return False


@contextmanager
def refused(*kinds: type[BaseException]) -> Iterator[None]:
    """Expect one of these exceptions."""
    try:
        yield
    except kinds:
        return
    names = " or ".join(kind.__name__ for kind in kinds)
    raise AssertionError(f"{names} was expected, and nothing was raised")


@contextmanager
def overheard() -> Iterator[list[str]]:
    """Collect what the SDK logs: some methods answer in no other way."""
    heard: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("picsellia")
    level, handlers, propagates = logger.level, logger.handlers, logger.propagate
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.INFO)
    try:
        yield heard
    finally:
        logger.setLevel(level)
        logger.handlers, logger.propagate = handlers, propagates


def says(number: int, score: float = 0.75) -> PredictionFormat:
    """Return the prediction of one class."""
    return ClassificationPredictionFormat(detection_classes=[number], detection_scores=[score])


def boxed(*boxes: list[int]) -> PredictionFormat:
    """Return a prediction of boxes (top, left, bottom, right) of the first class."""
    places = range(len(boxes))
    return DetectionPredictionFormat(
        detection_classes=[0 for _ in places], detection_scores=[0.75 for _ in places], detection_boxes=list(boxes)
    )
