"""The unmodified official SDK predicts, monitors, reviews and deletes, over HTTP on three ports."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.platform.api import fresh, own
from tests.platform.harness import embedded, running_server
from tests.platform.onnx_models import brightness
from tests.platform.services import classifying, detecting, png, runnable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from picsellia import Client
    from picsellia.sdk.data import Data
    from picsellia.sdk.deployment import Deployment
    from picsellia.types.schemas_prediction import PredictionFormat

# The SDK is a witness as it is: its own use of deprecated things is not ours to judge.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


SIZE = {"latency": 0.25, "height": 8, "width": 16}


@dataclass(frozen=True)
class Names:
    """What was made before the platform was served."""

    classifier: str
    detector: str
    shadow: str


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, Names]]:
    from picsellia import Client

    logging.getLogger("picsellia").setLevel(logging.ERROR)
    folder = tmp_path_factory.mktemp("sdk") / "platform"
    names = anyio.run(staged, folder)
    with running_server(folder) as ready:
        yield Client(api_token=ready["token"], host=ready["url"]), names


async def staged(folder: Path) -> Names:
    async with embedded(data_dir=folder) as (client, platform):
        api = own(client, platform)
        classifier, detector = await classifying(api), await detecting(api, min_threshold=0.6)
        shadow = await runnable(api, brightness(gain=0.0))
        return Names(classifier["name"], detector["name"], shadow["id"])


@pytest.fixture
def client(stage: tuple[Client, Names]) -> Client:
    return stage[0]


@pytest.fixture
def classifier(stage: tuple[Client, Names]) -> Deployment:
    return stage[0].get_deployment(stage[1].classifier)


@pytest.fixture
def detector(stage: tuple[Client, Names]) -> Deployment:
    return stage[0].get_deployment(stage[1].detector)


def picture(folder: Path, content: bytes) -> Path:
    path = folder / f"{fresh('picture')}.png"
    path.write_bytes(content)
    return path


def uploaded(client: Client, folder: Path) -> Data:
    """Upload a white image to the default datalake."""
    found = client.get_datalake().upload_data(picture(folder, png(255)))
    return found[0] if isinstance(found, list) else found


def dog() -> PredictionFormat:
    from picsellia.types.schemas_prediction import ClassificationPredictionFormat

    return ClassificationPredictionFormat(detection_classes=[1], detection_scores=[0.9])


def test_a_file_and_its_bytes_are_predicted_alike(classifier: Deployment, tmp_path: Path) -> None:
    path = picture(tmp_path, png(255))
    by_path = classifier.predict(path, tags=["belt"], source="camera", metadata={"lens": 50}, custom_metadata={"n": 1})
    by_bytes = classifier.predict_bytes(path.name, path.read_bytes(), monitor=False)
    assert by_path["detection_classes"] == by_bytes["detection_classes"] == [1]
    seen = classifier.find_predicted_asset(oracle_prediction_id=by_path["id"])
    assert [tag.name for tag in seen.get_data().get_tags()] == ["belt"]
    assert seen.get_champion_prediction()["raw_predictions"]["detection_classes"] == [1]
    assert by_bytes["id"] is None


def test_the_detectors_threshold_drops_what_is_strictly_below(detector: Deployment, tmp_path: Path) -> None:
    answer = detector.predict(picture(tmp_path, png(size=(80, 40))))
    assert (answer["detection_scores"], answer["detection_boxes"]) == ([0.75], [[0, 0, 20, 40]])


def test_data_of_the_datalake_are_predicted_again_and_again(
    client: Client, classifier: Deployment, tmp_path: Path
) -> None:
    data = uploaded(client, tmp_path)
    first, second = classifier.predict_data(data), classifier.predict_cloud_image(data.object_name)
    assert first["detection_classes"] == second["detection_classes"] == [1]
    seen = classifier.find_predicted_asset(data_id=data.id)
    assert str(seen.oracle_prediction_id) == second["id"] != first["id"]


def test_the_shadow_predicts_later_on_what_the_champion_saw(
    stage: tuple[Client, Names], classifier: Deployment, tmp_path: Path
) -> None:
    answer = classifier.predict(picture(tmp_path, png(255)))
    seen = classifier.find_predicted_asset(oracle_prediction_id=answer["id"])
    classifier.set_shadow_model(stage[0].get_model_version_by_id(stage[1].shadow))
    assert classifier.predict_shadow(seen)["detection_classes"] == [0]
    again = classifier.find_predicted_asset(oracle_prediction_id=answer["id"])
    shadow = again.get_shadow_prediction()
    assert shadow is not None
    assert shadow["raw_predictions"]["detection_classes"] == [0]


def test_what_was_predicted_elsewhere_is_monitored_in_every_way(
    client: Client, classifier: Deployment, tmp_path: Path
) -> None:
    path = picture(tmp_path, png())
    by_path = classifier.monitor(path, prediction=dog(), tags=["told"], timestamp=1_700_000_000.5, **SIZE)
    by_bytes = classifier.monitor_bytes(path.read_bytes(), "image/png", path.name, prediction=dog(), **SIZE)
    data, other = uploaded(client, tmp_path), uploaded(client, tmp_path)
    by_data = classifier.monitor_data(data, prediction=dog(), **SIZE)
    by_place = classifier.monitor_cloud_image(other.object_name, prediction=dog(), content_type="PNG", **SIZE)
    ids = {answer["id"] for answer in (by_path, by_bytes, by_data, by_place)}
    found = {str(seen.oracle_prediction_id) for seen in classifier.list_predicted_assets()}
    assert len(ids) == 4
    assert ids <= found


def test_a_data_is_monitored_once(client: Client, classifier: Deployment, tmp_path: Path) -> None:
    from picsellia.exceptions import MonitorError

    data = uploaded(client, tmp_path)
    classifier.monitor_data(data, prediction=dog(), **SIZE)
    with pytest.raises(MonitorError, match="already"):
        classifier.monitor_data(data, prediction=dog(), **SIZE)


def test_a_review_is_the_last_word(classifier: Deployment, tmp_path: Path) -> None:
    answer = classifier.predict(picture(tmp_path, png(255)))
    seen = classifier.find_predicted_asset(oracle_prediction_id=answer["id"])
    cat, _ = classifier.list_labels()
    seen.add_review(classifications=[cat])
    review = classifier.find_predicted_asset(id=seen.id).get_review()
    assert review is not None
    assert [shape["label"] for shape in review["shapes"]["classifications"]] == ["cat"]
    seen.delete()


def test_a_failure_to_predict_is_told_with_its_reason(classifier: Deployment, tmp_path: Path) -> None:
    from picsellia.exceptions import PredictionError

    with pytest.raises(PredictionError, match="not an image"):
        classifier.predict(picture(tmp_path, b"no image"))
