"""A dataset version with assets and labels to annotate, made over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.platform.api import Api, Reply, fresh

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 100, 80

# One sane shape of each kind, on an image of WIDTH by HEIGHT; the mask marks its whole first column.
SHAPES: dict[str, Reply] = {
    "classifications": {},
    "rectangles": {"x": 10, "y": 20, "w": 30, "h": 40},
    "polygons": {"polygon": [[0, 0], [10, 0], [10, 10]]},
    "lines": {"line": [[0, 0], [50, 50]]},
    "points": {"point": [5, 6]},
    "keypoints": {"keypoints": [[1, 2, 2], [3, 4, 1], [0, 0, 0]]},
    "masks": {"mask": "0`2`g7"},
}
TYPES = {
    "classifications": "CLASSIFICATION",
    "rectangles": "OBJECT_DETECTION",
    "polygons": "SEGMENTATION",
    "lines": "LINE",
    "points": "POINT",
    "keypoints": "KEYPOINT",
    "masks": "MASK",
}
SINGULAR = {kind: kind.removesuffix("s") for kind in SHAPES}


@dataclass(frozen=True)
class Scene:
    """A dataset version, its assets, and its labels by name."""

    api: Api
    version: Reply
    assets: Sequence[Reply]
    labels: dict[str, str]

    @property
    def path(self) -> str:
        """The path of the version."""
        return f"/dataset/version/{self.version['id']}"

    def shape(self, kind: str, label: str = "cat", **more: object) -> Reply:
        """Return a shape as it is sent."""
        return {**SHAPES[kind], "label_id": self.labels[label], **more}

    async def annotation(self, number: int = 0, **shapes: object) -> Reply:
        """Annotate one of the assets, with these lists of shapes."""
        made = await self.api.ask("POST", f"/asset/{self.assets[number]['id']}/annotations", {"duration": 1.5})
        if shapes:
            await self.api.ask("POST", f"/annotation/{made['id']}/save", {"duration": 1.5, **shapes})
        return made

    async def imported(self, mode: str, *sheets: Reply, **more: object) -> Reply:
        """Import annotations that name assets by number."""
        annotations = [{**sheet, "asset_id": self.assets[sheet["asset_id"]]["id"]} for sheet in sheets]
        body = {"import_type": mode, "annotations": annotations, **more}
        return await self.api.ask("POST", f"{self.path}/bulk-annotations", body)

    async def loaded(self, ids: Sequence[str]) -> list[Reply]:
        """Load annotations with their shapes."""
        response = await self.api.send("XGET", f"{self.path}/annotations", list(ids))
        assert response.status_code == 200, response.text
        return list(response.json())

    async def ids(self, **query: object) -> list[str]:
        """List the ids of annotations."""
        response = await self.api.send("GET", f"{self.path}/annotations/ids", **query)
        assert response.status_code == 200, response.text
        return list(response.json())


async def scene(
    api: Api, kind: str = "OBJECT_DETECTION", *, assets: int = 1, labels: Sequence[str] = ("cat", "dog")
) -> Scene:
    """Make a dataset version of that type."""
    version = await api.dataset_version(kind)
    data = [await sized(api) for _ in range(assets)]
    path = f"/dataset/version/{version['id']}"
    await api.ask("POST", f"{path}/assets", {"data_ids": [item["id"] for item in data]})
    made = (await api.ask("GET", f"{path}/assets"))["items"]
    named = {name: (await api.ask("POST", f"{path}/labels", {"name": name}))["id"] for name in labels}
    return Scene(api, version, made, named)


async def sized(api: Api) -> Reply:
    """Register an image of WIDTH by HEIGHT pixels."""
    lake = await api.ask("GET", api.home("datalake"))
    body = {
        "type": "IMAGE",
        "filename": f"{fresh('image')}.png",
        "object_name": fresh("o"),
        "content_type": "image/png",
    }
    return await api.ask("POST", f"/datalake/{lake['id']}/datas", {**body, "meta": {"width": WIDTH, "height": HEIGHT}})
