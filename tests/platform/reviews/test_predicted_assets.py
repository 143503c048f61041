"""Predicted assets: found by whatever names them, listed in pages, tagged, deleted; and what deleting leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.platform.api import fresh
from tests.platform.reviews.test_reviews import detail, seen

if TYPE_CHECKING:
    from tests.platform.api import Api

pytestmark = pytest.mark.anyio


async def test_each_is_found_by_whatever_names_it(api: Api) -> None:
    made, assets = await seen(api, count=2)
    path = f"/deployment/{made['id']}/predictedassets/find"
    for asset in assets:
        for query in (
            {"id": asset["id"]},
            {"oracle_prediction_id": asset["oracle_prediction_id"]},
            {"object_name": asset["data"]["object_name"]},
            {"data_id": asset["data"]["id"]},
        ):
            assert (await api.ask("GET", path, **query))["id"] == asset["id"]
    assert (await api.ask("GET", path, filename="a.png"))["id"] == assets[0]["id"]
    assert await api.status("GET", path) == 400
    assert await api.status("GET", path, filename="none.png") == 404


async def test_a_list_is_walked_by_cursor_without_loss_or_repetition(api: Api) -> None:
    made, assets = await seen(api, count=5)
    path, walked, cursor = f"/deployment/{made['id']}/predictedassets", [], None
    while True:
        more: dict[str, object] = {"cursor": cursor} if cursor else {}
        page = await api.ask("GET", path, limit=2, upload_statuses=["DONE", "ERROR"], types=["IMAGE", "VIDEO"], **more)
        walked += [item["id"] for item in page["items"]]
        assert page["count"] == 5
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert walked == [asset["id"] for asset in assets]
    response = await api.send("GET", f"{path}/ids")
    assert response.json() == walked


async def test_lists_may_be_queried_by_state_tags_and_data(api: Api) -> None:
    made, assets = await seen(api, count=2)
    path = f"/deployment/{made['id']}/predictedassets"
    tag = await api.tag("PREDICTED_ASSET")
    await api.ask("POST", f"/tag/{tag['id']}/attach", [assets[1]["id"]])
    await api.ask("POST", f"/predicted/asset/{assets[0]['id']}/reviews", {})
    for query, place in [
        (f'tags.name = "{tag["name"]}"', 1),
        ('state = "REVIEWED"', 0),
        (f'data.object_name = "{assets[1]["data"]["object_name"]}"', 1),
    ]:
        found = (await api.ask("GET", path, q=query))["items"]
        assert [item["id"] for item in found] == [assets[place]["id"]]
    assert [held["name"] for held in (await detail(api, assets[1]))["tags"]] == [tag["name"]]


async def test_deleting_one_leaves_its_data(api: Api) -> None:
    _, (asset, other) = await seen(api, count=2)
    await api.ask("DELETE", f"/predicted/asset/{asset['id']}")
    assert await api.status("GET", f"/predicted/asset/{asset['id']}") == 404
    assert await api.status("GET", f"/data/{asset['data']['id']}") == 200
    assert (await detail(api, other))["predictions"]


async def test_many_are_deleted_at_once_and_unknown_ones_left_alone(api: Api) -> None:
    made, assets = await seen(api, count=3)
    path = f"/deployment/{made['id']}/predictedassets"
    await api.ask("DELETE", path, {"ids": [assets[0]["id"], made["id"]]})
    assert (await api.ask("GET", path))["count"] == 2
    await api.ask("DELETE", path, ["__all__"])
    assert (await api.ask("GET", path))["count"] == 0


async def test_an_image_removed_from_its_datalake_is_not_listed_any_more(api: Api) -> None:
    made, (asset,) = await seen(api)
    await api.ask("DELETE", f"/data/{asset['data']['id']}")
    assert (await api.ask("GET", f"/deployment/{made['id']}/predictedassets"))["count"] == 0
    assert await api.status("GET", f"/predicted/asset/{asset['id']}") == 404


async def test_a_deployment_with_predictions_is_deleted_by_force_alone(api: Api) -> None:
    made, (asset,) = await seen(api)
    path = f"/deployment/{made['id']}"
    assert await api.status("DELETE", path, force_delete="False") == 409
    await api.ask("DELETE", path, force_delete="True")
    assert await api.status("GET", f"/predicted/asset/{asset['id']}") == 404
    assert await api.status("GET", f"/data/{asset['data']['id']}") == 200


async def test_a_tag_for_predicted_assets_goes_on_nothing_else(api: Api) -> None:
    made, _ = await seen(api)
    tag = await api.ask("POST", api.home("tags"), {"name": fresh("tag"), "target_type": "PREDICTED_ASSET"})
    assert await api.status("POST", f"/tag/{tag['id']}/attach", [made["id"]]) == 404
