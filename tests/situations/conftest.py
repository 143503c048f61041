"""Two platforms over HTTP, one that reports everything and one that reports little, for all situations."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from reconciler.platform.store import models, organizations
from reconciler.platform.store.words import Framework, InferenceType, TokenScope
from tests.adapters.picsellia.world import world
from tests.platform.harness import running_server
from tests.situations.stage import Served, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reconciler.platform.app import Platform
    from tests.nursery.client import Nursery

READER = "t0ken-that-may-only-read"


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("situations")
    for name in ("full", "quiet"):
        with world(folder / name) as here:
            _furnish(here.platform)
    with ExitStack() as both:
        ready = both.enter_context(running_server(folder / "full"))
        quiet = both.enter_context(running_server(folder / "quiet", "sdk-only"))
        yield Served(ready["url"], ready["token"], READER, ready["organization_id"], quiet["url"], quiet["token"])


def _furnish(platform: Platform) -> None:
    with platform.store.write(platform.owner) as unit:
        model = models.find_by_name(unit, platform.owner.organization_id, "surface")
        other = models.Release(
            name="other-labels", type=InferenceType.CLASSIFICATION, framework=Framework.ONNX, labels={"0": "rust"}
        )
        models.create_version(unit, model, other)
    with platform.store.founding() as session:
        user = organizations.first_user(session)
        assert user is not None
        organizations.issue_token(session, user, TokenScope.READ, READER)


@pytest.fixture
def stage(served: Served, nursery: Nursery, tmp_path: Path, request: pytest.FixtureRequest) -> Stage:
    return Stage(request.node.callspec.id, tmp_path, served, nursery)
