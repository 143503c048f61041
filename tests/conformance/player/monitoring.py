"""Predictions that others made and tell of."""

from __future__ import annotations

import calendar
import time
import urllib.request
from typing import TYPE_CHECKING

from picsellia.exceptions import BadRequestError, ContentTypeUnknown
from picsellia.types.enums import SupportedContentType

from tests.conformance.player.cases import plays
from tests.conformance.player.stage import SIZE, boxed, fresh, refused, says

if TYPE_CHECKING:
    from tests.conformance.player.stage import Stage

WHEN = 1_700_000_000.5


@plays("monitor")
def source_tags_and_timestamp_are_kept(stage: Stage) -> None:
    deployment, camera = stage.deploy(), fresh("camera")
    answer = deployment.monitor(
        stage.picture("white"), prediction=says(1), source=camera, tags=["belt", "night"], timestamp=WHEN, **SIZE
    )
    data = stage.data_of(deployment, answer)
    assert data["data_source"]["name"] == camera
    assert {tag["name"] for tag in data["tags"]} == {"belt", "night"}
    assert stage.seen(deployment, answer)["timestamp"] == "2023-11-14T22:13:20.500000Z"


@plays("monitor")
def the_moment_of_reception_is_the_timestamp_where_none_is_given(stage: Stage) -> None:
    deployment = stage.deploy()
    begin = time.time()
    deployment.monitor(stage.picture("white"), prediction=says(1), **SIZE)
    listed = stage.get(f"/deployment/{deployment.id}/predictedassets")["items"]
    (moment,) = [calendar.timegm(time.strptime(item["timestamp"][:19], "%Y-%m-%dT%H:%M:%S")) for item in listed]
    # Both clocks are of this machine; the moment is read in whole seconds.
    assert begin - 1 <= moment <= time.time()


@plays("monitor")
def a_shadows_answer_is_kept_beside_the_champions(stage: Stage) -> None:
    deployment, shadow = stage.deploy(), stage.model_version("CLASSIFICATION", "v2")
    deployment.set_shadow_model(shadow)
    answer = deployment.monitor(
        stage.picture("white"), prediction=says(1), shadow_prediction=says(0), shadow_latency=0.5, **SIZE
    )
    told = {
        entry["is_shadow"]: (entry["raw_predictions"]["detection_classes"], entry["latency"])
        for entry in stage.seen(deployment, answer)["predictions"]
    }
    assert told == {False: ([1], 0.25), True: ([0], 0.5)}


@plays("monitor")
def what_is_told_is_not_filtered_by_the_threshold(stage: Stage) -> None:
    deployment = stage.deploy(min_threshold=0.9)
    answer = deployment.monitor(stage.picture("white"), prediction=says(1, 0.1), **SIZE)
    (entry,) = stage.seen(deployment, answer)["predictions"]
    assert entry["raw_predictions"]["detection_scores"] == [0.1]


@plays("monitor")
def another_format_and_an_unknown_content_type_are_refused(stage: Stage) -> None:
    deployment = stage.deploy()
    with refused(BadRequestError):
        deployment.monitor(stage.picture("white"), prediction=boxed([0, 0, 4, 4]), **SIZE)
    with refused(ContentTypeUnknown):
        deployment.monitor(stage.picture("white"), prediction=says(1), content_type="image/gif", **SIZE)
    assert stage.get(f"/deployment/{deployment.id}/predictedassets")["count"] == 0


@plays("monitor_bytes")
def the_image_is_stored_byte_for_byte(stage: Stage) -> None:
    deployment, content = stage.deploy(), stage.picture("photo").read_bytes()
    answer = deployment.monitor_bytes(content, "image/jpeg", "frame.jpg", prediction=says(1), **SIZE)
    data = stage.data_of(deployment, answer)
    assert (data["filename"], data["meta"]) == ("frame.jpg", {"width": 16, "height": 8})
    signed = stage.get(f"/data/{data['id']}/presigned-url")["presigned_url"]
    with urllib.request.urlopen(signed) as stored:  # noqa: S310  (the platform of this test)
        assert stored.read() == content


@plays("monitor_bytes")
def every_spelling_of_a_content_type_is_taken(stage: Stage) -> None:
    deployment, content = stage.deploy(), stage.picture("white").read_bytes()
    for spelling in (SupportedContentType.PNG, "image/png", "IMAGE/PNG", "png"):
        answer = deployment.monitor_bytes(content, spelling, "frame.png", prediction=says(1), **SIZE)
        assert stage.data_of(deployment, answer)["content_type"].lower() == "image/png"
    with refused(ContentTypeUnknown):
        deployment.monitor_bytes(content, "image/webp", "frame.webp", prediction=says(1), **SIZE)


@plays("monitor_bytes")
def a_shadow_needs_its_latency(stage: Stage) -> None:
    deployment, content = stage.deploy(), stage.picture("white").read_bytes()
    with refused(BadRequestError):
        deployment.monitor_bytes(
            content, "image/png", "frame.png", prediction=says(1), shadow_prediction=says(0), **SIZE
        )


@plays("monitor_bytes")
def it_is_counted_with_its_latency_source_and_tags(stage: Stage) -> None:
    deployment, content = stage.deploy(), stage.picture("white").read_bytes()
    answer = deployment.monitor_bytes(
        content, "image/png", "frame.png", prediction=says(1), source="arm", tags=["one"], timestamp=WHEN, **SIZE
    )
    kept, data = stage.seen(deployment, answer), stage.data_of(deployment, answer)
    assert [entry["latency"] for entry in kept["predictions"]] == [0.25]
    assert (data["data_source"]["name"], [tag["name"] for tag in data["tags"]]) == ("arm", ["one"])
    assert kept["timestamp"] == "2023-11-14T22:13:20.500000Z"
