"""Whatever is told as a prediction, or sent to be predicted on, both services answer; they never fail."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.platform.monitoring.test_ingest import FORMATS, body, shadowed
from tests.platform.services import classifying, monitoring, png, serving

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.platform.api import Api
    from tests.platform.services import Service

pytestmark = pytest.mark.anyio

whole = st.one_of(st.integers(-(2**31), 2**31 - 1), st.integers(-2, 20))
wild = st.one_of(whole, st.integers(), st.floats(), st.none(), st.text(max_size=3), st.just("\ud800"), st.just("a\x00"))
points = st.lists(st.lists(wild, max_size=4), max_size=3)
lists = st.lists(st.one_of(wild, st.lists(wild, max_size=5), points), max_size=3)
NAMES = sorted({name for raw in FORMATS.values() for name in raw} | {"detection_texts"})
raws = st.one_of(st.dictionaries(st.sampled_from(NAMES), lists), lists, wild)

# Well-formed, but as strange as a well-formed one can be.
box = st.lists(whole, min_size=4, max_size=4)
path = st.lists(st.lists(whole, min_size=2, max_size=2), max_size=4)
STRANGE: dict[str, tuple[str, st.SearchStrategy[Any]] | None] = {
    "CLASSIFICATION": None,
    "OBJECT_DETECTION": ("detection_boxes", box),
    "SEGMENTATION": ("detection_masks", path),
    "LINE": ("lines", path),
    "POINT": ("points", st.lists(whole, min_size=2, max_size=2)),
    "KEYPOINT": ("keypoints", st.lists(st.lists(whole, min_size=3, max_size=3), max_size=4)),
    "MASK": ("detection_masks", st.text(max_size=5)),
}


@st.composite
def strange(draw: st.DrawFn) -> tuple[str, dict[str, object]]:
    """Draw a type with a well-formed prediction of it."""
    kind = draw(st.sampled_from(sorted(STRANGE)))
    geometry = STRANGE[kind]
    count = draw(st.integers(0, 3))
    finite = st.floats(allow_nan=False, allow_infinity=False)
    raw = {
        "detection_classes": draw(st.lists(whole, min_size=count, max_size=count)),
        "detection_scores": draw(st.lists(finite, min_size=count, max_size=count)),
    }
    if geometry is not None:
        raw[geometry[0]] = draw(st.lists(geometry[1], min_size=count, max_size=count))
    return kind, raw


@dataclass(frozen=True, repr=False)
class Watchers:
    """The monitoring service of one deployment of each type."""

    of: Mapping[str, Service]
    shadowed: Service
    served: Service


@pytest.fixture(scope="module")
async def watchers(api: Api) -> Watchers:
    of = {kind: await monitoring(api, (await api.deployment(kind))["id"]) for kind in FORMATS}
    return Watchers(of, await shadowed(api), await serving(api, (await classifying(api))["id"]))


async def told(service: Service, body: object) -> int:
    content = json.dumps(body, allow_nan=True).encode()
    response = await service.send("POST", f"/api/deployment/{service.deployment_id}/predictions", content=content)
    assert set(response.json()) in ({"message", "detail"}, {"id", "predicted_asset_id", "data_id"})
    return response.status_code


@given(drawn=strange())
async def test_strange_predictions_are_recorded_or_refused(
    watchers: Watchers, drawn: tuple[str, dict[str, object]]
) -> None:
    kind, raw = drawn
    assert await told(watchers.of[kind], body(raw)) in {201, 400, 422}


@given(kind=st.sampled_from(sorted(FORMATS)), raw=raws)
async def test_wild_predictions_are_recorded_or_refused(watchers: Watchers, kind: str, raw: object) -> None:
    assert await told(watchers.of[kind], {**body(), "raw_predictions": raw}) in {201, 400, 422}


FIELDS = sorted(body(tags=[], source="s", timestamp=1.0, upload_dir="d", sample=True, cloud_image={}, metadata={}))


@given(name=st.sampled_from([*FIELDS, "shadow_raw_predictions", "shadow_latency"]), value=st.one_of(wild, lists, raws))
async def test_a_wild_field_is_ignored_or_refused(watchers: Watchers, name: str, value: object) -> None:
    assert await told(watchers.shadowed, {**body(shadow_latency=1.0), name: value}) in {201, 400, 422}


@given(name=st.sampled_from(["tags", "source", "monitor", "postprocess", "metadata", "upload_dir"]), value=st.text())
async def test_a_wild_form_is_ignored_or_refused(watchers: Watchers, name: str, value: str) -> None:
    service = watchers.served
    path, media = f"/api/deployments/{service.deployment_id}/predict", {"media": ("a.png", png())}
    response = await service.send("POST", path, files=media, data={"monitor": "False", name: value})
    assert response.status_code in {200, 400, 422}


@given(content=st.binary(max_size=64), name=st.text(min_size=1, max_size=9))
async def test_a_wild_file_is_refused(watchers: Watchers, content: bytes, name: str) -> None:
    service = watchers.served
    path = f"/api/deployments/{service.deployment_id}/predict"
    response = await service.send("POST", path, files={"media": (name, png()[:8] + content)})
    assert response.status_code in {400, 422}
