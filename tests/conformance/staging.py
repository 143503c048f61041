"""What is made before the platform is served: models that run, annotated images, places to put things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import anyio
from PIL import Image

from reconciler.platform.store import datalakes, datasets, projects
from reconciler.platform.store.words import InferenceType
from tests.conformance.player.cases import BOTH as VERSIONS
from tests.platform.api import Api, own
from tests.platform.harness import embedded
from tests.platform.onnx_models import boxes, brightness
from tests.platform.pipeline.workshop import LABELS, annotate
from tests.platform.services import give_file

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.platform.app import Platform

# How many annotated images each dataset version holds; the last two are enriched while a release plays the guide.
TRAINING_IMAGES: Final = 16
IMAGES: Final = {
    "train": TRAINING_IMAGES,
    "one": 0,
    "two": 0,
    **{f"production {version}": TRAINING_IMAGES for version in VERSIONS},
}

SIZE: Final = (16, 8)

# In the model's input, 8 x 8 pixels: top, left, bottom, right, class, score.
FOUND: Final = [((0.0, 0.0, 4.0, 4.0), 0, 0.75), ((2.0, 4.0, 8.0, 8.0), 1, 0.5)]

# The files of the versions of each type; deployments of the others only monitor.
FILES: Final[dict[str, list[bytes]]] = {
    "CLASSIFICATION": [brightness(LABELS), brightness(LABELS, gain=0.0)],
    "OBJECT_DETECTION": [boxes(FOUND, LABELS)],
    **{kind: [b""] for kind in ("SEGMENTATION", "LINE", "POINT", "KEYPOINT", "MASK")},
}


def stage(folder: Path) -> dict[str, Any]:
    """Furnish a data folder below `folder` and return what a player has to know of it."""
    return anyio.run(_stage, folder)


async def _stage(folder: Path) -> dict[str, Any]:
    async with embedded(data_dir=folder / "platform") as (client, platform):
        api = own(client, platform)
        return {
            "models": {kind: await _model(api, kind, files) for kind, files in FILES.items()},
            "pictures": _pictures(folder),
            "training_images": TRAINING_IMAGES,
            **_places(platform),
        }


async def _model(api: Api, kind: str, files: list[bytes]) -> str:
    model = await api.model()
    labels = {str(place): name for place, name in enumerate(LABELS)}
    for place, content in enumerate(files, start=1):
        body = {"name": f"v{place}", "type": kind, "framework": "ONNX", "labels": labels}
        version = await api.ask("POST", f"/model/{model['id']}/versions", body)
        if content:
            give_file(api, version["id"], content)
    return str(model["name"])


def _places(platform: Platform) -> dict[str, str]:
    """Make a second datalake, a project, and a dataset with images to train on and versions to fill."""
    with platform.store.write(platform.owner) as unit:
        home = UUID(platform.organization_id)
        lake = datalakes.default(unit, home)
        archive = datalakes.create(unit.session, home, "archive", connector_id=lake.connector_id)
        project = projects.create(unit, home, "pictures")
        dataset = datasets.create(unit, home, "pictures")
        for name, images in IMAGES.items():
            version = datasets.create_version(unit, dataset, name, type=InferenceType.CLASSIFICATION)
            datasets.ensure_labels(unit, version, LABELS)
            for place in range(images):
                annotate(unit, version, 200 if place % 2 else 60, place)
        datasets.create_version(unit, dataset, "boxes", type=InferenceType.OBJECT_DETECTION)
        return {"lake": archive.name, "project": project.name, "dataset": dataset.name}


def _pictures(folder: Path) -> dict[str, str]:
    pictures = {"white": ("white.png", 255), "black": ("black.png", 0), "photo": ("photo.jpg", 255)}
    for name, level in pictures.values():
        Image.new("RGB", SIZE, (level, level, level)).save(folder / name)
    return {noun: str(folder / name) for noun, (name, _) in pictures.items()}
