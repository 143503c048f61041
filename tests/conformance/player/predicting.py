"""Predictions that the platform makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from picsellia.exceptions import PredictionError

from tests.conformance.player.cases import plays
from tests.conformance.player.stage import fresh, refused

if TYPE_CHECKING:
    from tests.conformance.player.stage import Stage


@plays("predict")
def the_champions_model_answers_for_a_path_and_its_text(stage: Stage) -> None:
    deployment = stage.deploy()
    for place in (stage.picture("white"), str(stage.picture("white"))):
        answer = deployment.predict(place)
        assert (answer["detection_classes"], answer["detection_scores"]) == ([1], [1.0])
    assert deployment.predict(stage.picture("black"))["detection_classes"] == [0]


@plays("predict")
def shapes_scored_strictly_below_the_threshold_are_dropped(stage: Stage) -> None:
    # The detector's scores are 0.75 and 0.5.
    deployment = stage.deploy("OBJECT_DETECTION", min_threshold=0.5)
    kept = []
    for threshold in (0.5, 0.51, 0.75, 0.8):
        deployment.update(min_threshold=threshold)
        kept.append(deployment.predict(stage.picture("white"))["detection_scores"])
    assert kept == [[0.75, 0.5], [0.75], [0.75], []]


@plays("predict")
def boxes_are_top_left_bottom_right_in_pixels_of_the_image(stage: Stage) -> None:
    # The model sees 8 x 8 pixels of an image of 16 x 8, and says (0, 0, 4, 4) and (2, 4, 8, 8).
    answer = stage.deploy("OBJECT_DETECTION").predict(stage.picture("white"))
    assert answer["detection_boxes"] == [[0, 0, 4, 8], [2, 8, 8, 16]]


@plays("predict")
def tags_and_source_reach_the_data_by_name_and_as_objects(stage: Stage) -> None:
    deployment = stage.deploy()
    tag = stage.client.get_datalake().get_or_create_data_tag(fresh("tag"))
    source = stage.client.get_or_create_datasource(fresh("camera"))
    given = [("one", source.name, {"one"}), (tag, source, {tag.name}), (["two", tag], source.name, {"two", tag.name})]
    for tags, said, expected in given:
        data = stage.data_of(deployment, deployment.predict(stage.picture("white"), tags=tags, source=said))
        assert {put_on["name"] for put_on in data["tags"]} == expected
        assert data["data_source"]["id"] == str(source.id)


@plays("predict")
def what_is_no_image_is_refused(stage: Stage) -> None:
    with refused(PredictionError):
        stage.deploy().predict(__file__)


@plays("predict_bytes")
def bytes_are_predicted_as_the_file_that_holds_them(stage: Stage) -> None:
    deployment, path = stage.deploy(), stage.picture("photo")
    answer = deployment.predict_bytes("frame.jpg", path.read_bytes(), tags=["tag1", "tag2"], source="camera-1")
    for name in ("detection_classes", "detection_scores"):
        assert answer[name] == deployment.predict(path)[name]
    data = stage.data_of(deployment, answer)
    assert data["filename"] == "frame.jpg"
    assert {tag["name"] for tag in data["tags"]} == {"tag1", "tag2"}
    assert data["data_source"]["name"] == "camera-1"


@plays("predict_bytes")
def every_prediction_makes_an_image_that_is_counted(stage: Stage) -> None:
    deployment, content = stage.deploy(), stage.picture("white").read_bytes()
    answers = [deployment.predict_bytes("frame.png", content) for _ in range(3)]
    assert len({stage.data_of(deployment, answer)["id"] for answer in answers}) == 3
    assert stage.get(f"/deployment/{deployment.id}/predictedassets")["count"] == 3
