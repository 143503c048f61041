"""The pipeline at a glance."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from reconciler.platform.dashboard.words import NOTHING

if TYPE_CHECKING:
    from tests.platform.api import Api, Reply
    from tests.platform.dashboard.browsing import Browser


def stages(page: str) -> dict[str, tuple[str, str, str]]:
    """Return each stage's state, figure and line by its name."""
    found = re.findall(
        r'<li class="stage (\w+)">.*?</span>([\w ]+?) <span.*?stage-figure">(.*?)</span>.*?stage-told">(.*?)</span>',
        page,
        re.DOTALL,
    )
    return {name: (state, unescape(figure), unescape(told)) for state, name, figure, told in found}


async def seen(browser: Browser, deployment: Reply) -> str:
    return await browser.see(f"/deployments/{deployment['id']}/glance")


async def test_a_new_deployment_says_what_is_not_set_up(api: Api, browser: Browser) -> None:
    page = await seen(browser, await api.deployment())
    found = stages(page)
    assert list(found) == ["Predictions", "Reviewed", "Feedback loop", "Training", "Export", "Deployment"]
    assert [found[name][0] for name in ("Feedback loop", "Training", "Deployment")] == ["off"] * 3
    assert "Continuous training is not set up." in page
    assert "Train now" not in page


async def test_what_is_set_up_is_told_with_where_it_goes_and_how_much_is_missing(api: Api, browser: Browser) -> None:
    made, version, project = await api.deployment(), await api.dataset_version(), await api.project()
    path = f"/deployment/{made['id']}/pipeline"
    await api.ask("POST", f"{path}/fl/setup", {})
    await api.ask("POST", f"/deployment/{made['id']}/fl/datasets", {"dataset_version_id": version["id"]})
    await api.ask("PUT", f"{path}/fl", {"active": True})
    body = {
        "project_id": project["id"],
        "training_type": "EXPERIMENT",
        "trigger": "FEEDBACK_LOOP",
        "threshold": 12,
        "experiment_parameters": {"epochs": 1},
    }
    await api.ask("POST", f"{path}/ct", body)
    await api.ask("POST", f"{path}/cd", {"policy": "DEPLOY_SHADOW"})
    await api.ask("PUT", f"{path}/cd", {"active": True})
    page = await seen(browser, made)
    found = stages(page)
    assert found["Feedback loop"] == ("on", "0", "into v")
    assert found["Training"][:2] == ("on", "0 / 12")
    assert found["Deployment"] == ("on", NOTHING, "new versions become the shadow")
    assert "12 more reviews and their submission start the next training" in page


async def test_a_training_is_started_by_hand_and_its_failure_is_told(api: Api, browser: Browser) -> None:
    made, project = await api.deployment(), await api.project()
    body = {
        "project_id": project["id"],
        "training_type": "EXPERIMENT",
        "trigger": "NONE",
        "experiment_parameters": {"epochs": 1},
    }
    await api.ask("POST", f"/deployment/{made['id']}/pipeline/ct", body)
    assert "Train now" in await seen(browser, made)
    answer = await browser.send(f"/deployments/{made['id']}/train", {})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/deployments/{made['id']}")
    api.platform.settle()
    page = await seen(browser, made)
    # Nothing to train on was attached.
    assert stages(page)["Training"][0] == "failed"
    assert "The last training failed:" in page
    assert "data-refresh" not in page
