"""Somebody's hand on the platform, past the reconciler."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from reconciler.platform.store import models
from tests.platform.harness import embedded

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.platform.app import Platform


def edit(folder: Path, *, threshold: float | None = None, champion: str | None = None, name: str = "surface") -> None:
    """Change a deployment through the platform's own API."""
    asyncio.run(_edit(folder, threshold, champion, name))


async def _edit(folder: Path, threshold: float | None, champion: str | None, name: str) -> None:
    async with embedded(data_dir=folder) as (client, platform):
        found = await client.get(
            f"/api/organization/{platform.organization_id}/deployments/find", params={"name": name}
        )
        path = f"/api/deployment/{found.json()['id']}"
        if threshold is not None:
            (await client.patch(path, json={"min_threshold": threshold})).raise_for_status()
        if champion is not None:
            version = _version(platform, champion)
            (await client.post(f"{path}/model", json={"model_version_id": version})).raise_for_status()


def activate_feedback_loop(folder: Path, name: str) -> None:
    """Set a deployment's feedback loop up and switch it on, through the platform's own API."""
    asyncio.run(_activate_feedback_loop(folder, name))


async def _activate_feedback_loop(folder: Path, name: str) -> None:
    async with embedded(data_dir=folder) as (client, platform):
        found = await client.get(
            f"/api/organization/{platform.organization_id}/deployments/find", params={"name": name}
        )
        path = f"/api/deployment/{found.json()['id']}/pipeline/fl"
        (await client.post(f"{path}/setup")).raise_for_status()
        (await client.put(path, json={"active": True})).raise_for_status()


def _version(platform: Platform, name: str) -> str:
    with platform.store.write(platform.owner) as unit:
        model = models.find_by_name(unit, platform.owner.organization_id, "surface")
        return str(models.find_version(unit, model, name=name).id)
