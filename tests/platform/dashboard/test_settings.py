"""Settings: each is changed as the API would, all or nothing, and says where its value comes from."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.platform.dashboard.origins import Traces
from reconciler.platform.dashboard.ownership import owner_of
from reconciler.platform.store.words import ModelCause, ModelRole
from tests.platform.api import fresh, restricted, stranger
from tests.platform.dashboard.browsing import signed_in

if TYPE_CHECKING:
    from tests.platform.api import Api, Reply
    from tests.platform.dashboard.browsing import Browser

SECTIONS = ["", "/training-data", "/feedback-loop", "/continuous-training", "/continuous-deployment", "/alerts"]
HOSTILE = "<script>alert(1)</script>\"'"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def path(deployment: Reply, section: str = "") -> str:
    return f"/deployments/{deployment['id']}/settings{section}"


def general(**changed: str) -> dict[str, str]:
    return {"name": fresh("renamed"), "min_threshold": "0.5", "sample_rate": "0.25", **changed}


async def manage(api: Api, deployment: Reply, *fields: str) -> None:
    body = {"catalog": "factory", "revision": "4f2c9d1a7be0", "file": "m/a.yaml", "line": 3, "fields": list(fields)}
    await api.ask("PUT", f"/deployment/{deployment['id']}/management", body)


@pytest.mark.parametrize("section", SECTIONS)
async def test_each_section_is_shown_before_anything_is_set(api: Api, browser: Browser, section: str) -> None:
    made = await api.deployment()
    page = await browser.see(path(made, section))
    assert page.count('aria-current="page"') == 2


@pytest.mark.parametrize("section", SECTIONS)
async def test_nobody_sees_or_changes_the_settings_of_others(api: Api, browser: Browser, section: str) -> None:
    foreign = await stranger(api.platform).deployment()
    await browser.see(path(foreign, section), status=404)
    answer = await browser.send(path(foreign, section), {"deed": "on", **general()})
    assert answer.status_code == 404


@pytest.mark.parametrize("section", SECTIONS)
async def test_who_may_only_read_is_offered_no_button_and_changes_nothing(api: Api, section: str) -> None:
    made = await api.deployment()
    before = await api.detail(made)
    token = restricted(api.platform).client.headers["authorization"].removeprefix("Bearer ")
    reader = await signed_in(api.platform, token)
    page = await reader.see(path(made, section))
    assert re.findall(r"<button[^>]*>(?!◐|Sign out)", page) == []
    assert (await reader.send(path(made, section), {"deed": "on", **general()})).status_code == 403
    assert await api.detail(made) == before


async def test_general_settings_are_those_that_the_api_reads(api: Api, browser: Browser) -> None:
    made = await api.deployment()
    told = general()
    assert (await browser.send(path(made), told)).status_code == 303
    live = await api.detail(made)
    assert (live["name"], live["settings"]["min_threshold"], live["settings"]["sample_rate"]) == (
        told["name"],
        0.5,
        0.25,
    )
    page = await browser.see(path(made))
    assert "Saved." in page
    assert "changed here by owner" in page


@pytest.mark.parametrize(
    "wrong",
    [{"min_threshold": "1.5"}, {"min_threshold": "much"}, {"sample_rate": "nan"}, {"sample_rate": ""}, {"name": ""}],
)
async def test_a_wrong_field_changes_none_of_them_and_keeps_what_was_typed(
    api: Api, browser: Browser, wrong: dict[str, str]
) -> None:
    made = await api.deployment()
    before = await api.detail(made)
    answer = await browser.send(path(made), general(name="typed-name") | wrong)
    assert 400 <= answer.status_code < 500
    assert 'role="alert"' in answer.text
    assert ("typed-name" in answer.text) == ("name" not in wrong)
    assert await api.detail(made) == before


async def test_a_taken_name_is_refused_beside_the_form(api: Api, browser: Browser) -> None:
    taken, made = await api.deployment(), await api.deployment()
    answer = await browser.send(path(made), general(name=str(taken["name"])))
    assert answer.status_code == 409
    assert str(taken["name"]) in answer.text


async def test_a_field_that_a_manifest_declares_needs_consent_and_is_drift_then(api: Api, browser: Browser) -> None:
    made = await api.deployment()
    await manage(api, made, "threshold")
    name, rate = str(made["name"]), str((await api.settings(made))["sample_rate"])
    told = general(name=name, sample_rate=rate)
    page = await browser.see(path(made))
    assert "declared in <code>m/a.yaml:3 at 4f2c9d1a7be0</code>" in page
    refused = await browser.send(path(made), told)
    assert refused.status_code == 400
    assert "m/a.yaml:3" in refused.text
    assert (await api.settings(made))["min_threshold"] != 0.5
    assert (await browser.send(path(made), {**told, "drift": "yes"})).status_code == 303
    assert (await api.settings(made))["min_threshold"] == 0.5
    assert '<span class="badge warn">drift</span>' in await browser.see(path(made))
    # What the reconciler writes next says so, and the field is the manifest's again.
    await manage(api, made, "threshold")
    assert '<span class="badge warn">drift</span>' not in await browser.see(path(made))


async def test_what_no_manifest_declares_needs_no_consent(api: Api, browser: Browser) -> None:
    made = await api.deployment()
    await manage(api, made, "models.champion")
    assert (await browser.send(path(made), general())).status_code == 303


async def test_training_data_is_set_shown_and_dropped(api: Api, browser: Browser) -> None:
    made, version = await api.deployment(), await api.dataset_version()
    where = path(made, "/training-data")
    assert (await browser.send(where, {"deed": "set", "version": version["id"]})).status_code == 303
    assert (await api.settings(made))["training_data"]["dataset_version_id"] == version["id"]
    api.platform.settle()
    assert 'class="badge' in await browser.see(where)
    assert (await browser.send(where, {"deed": "drop"})).status_code == 303
    assert (await api.settings(made))["training_data"] is None


async def test_the_feedback_loop_is_set_up_switched_filled_and_emptied(api: Api, browser: Browser) -> None:
    made, version = await api.deployment(), await api.dataset_version()
    where = path(made, "/feedback-loop")
    for deed, more, expected in (
        ("on", {}, (True, [])),
        ("attach", {"version": version["id"]}, (True, [version["id"]])),
        ("off", {}, (False, [version["id"]])),
        ("detach", {"version": version["id"]}, (False, [])),
    ):
        assert (await browser.send(where, {"deed": deed, **more})).status_code == 303
        loop = (await api.settings(made))["feedback_loop"]
        assert (loop["active"], loop["dataset_version_ids"]) == expected


async def test_continuous_training_is_configured_as_the_api_would(api: Api, browser: Browser) -> None:
    made, project, version = await api.deployment(), await api.project(), await api.dataset_version()
    where = path(made, "/continuous-training")
    form = {"deed": "configure", "project": project["id"], "trigger": "FEEDBACK_LOOP", "threshold": "7"}
    answer = await browser.send(where, {**form, "kind": "EXPERIMENT", "parameters": '{"epochs": 3}'})
    assert answer.status_code == 303, answer.text
    training = (await api.settings(made))["continuous_training"]
    assert (training["active"], training["threshold"], training["experiment_parameters"]) == (True, 7, {"epochs": 3})
    await browser.send(where, {"deed": "attach", "alias": "train", "version": version["id"]})
    await browser.send(where, {"deed": "off"})
    training = (await api.settings(made))["continuous_training"]
    assert training["active"] is False
    assert training["datasets"] == [{"name": "train", "dataset_version_id": version["id"]}]
    page = await browser.see(where)
    assert unescape(page).count('"epochs": 3') == 1


@pytest.mark.parametrize("parameters", ["", "[", "[]", "{}", "3", "[" * 5000, '{"a": NaN}'])
async def test_parameters_that_are_none_are_refused_with_what_was_typed(
    api: Api, browser: Browser, parameters: str
) -> None:
    made, project = await api.deployment(), await api.project()
    form = {"deed": "configure", "project": project["id"], "trigger": "NONE", "kind": "EXPERIMENT"}
    answer = await browser.send(path(made, "/continuous-training"), {**form, "parameters": parameters})
    assert 400 <= answer.status_code < 500
    assert (await api.settings(made))["continuous_training"] is None


async def test_the_policy_is_set_and_switched(api: Api, browser: Browser) -> None:
    made = await api.deployment()
    where = path(made, "/continuous-deployment")
    for form in ({"policy": "DEPLOY_CHAMPION"}, {"deed": "on"}):
        assert (await browser.send(where, form)).status_code == 303
    assert (await api.settings(made))["continuous_deployment"] == {"active": True, "policy": "DEPLOY_CHAMPION"}
    assert (await browser.send(where, {"policy": "DEPLOY_NOWHERE"})).status_code == 400


async def test_alerts_are_added_switched_and_removed(api: Api, browser: Browser) -> None:
    made = await api.deployment()
    where = path(made, "/alerts")
    assert (
        await browser.send(where, {"deed": "add", "metric": "latency", "operator": ">", "value": "250"})
    ).status_code == 303
    (alert,) = (await api.ask("GET", f"/deployment/{made['id']}/alerts"))["items"]
    assert (alert["metric"], alert["operator"], alert["value"], alert["active"]) == ("latency", ">", 250.0, True)
    await browser.send(where, {"deed": "off", "alert": alert["id"]})
    assert (await api.ask("GET", f"/deployment/{made['id']}/alerts"))["items"][0]["active"] is False
    await browser.send(where, {"deed": "remove", "alert": alert["id"]})
    assert (await api.ask("GET", f"/deployment/{made['id']}/alerts"))["items"] == []
    other = await api.deployment()
    foreign = await api.ask(
        "POST", f"/deployment/{other['id']}/alerts", {"metric": "latency", "operator": ">", "value": 1}
    )
    assert (await browser.send(where, {"deed": "remove", "alert": foreign["id"]})).status_code == 404


async def test_hostile_names_are_text_in_every_section(api: Api, browser: Browser) -> None:
    made = await api.deployment(name=HOSTILE + fresh("x"))
    body = {"catalog": HOSTILE, "revision": HOSTILE, "file": HOSTILE, "line": 1, "fields": ["name", "threshold"]}
    await api.ask("PUT", f"/deployment/{made['id']}/management", body)
    for section in SECTIONS:
        assert "<script>alert" not in await browser.see(path(made, section))
    refused = await browser.send(path(made), general(name=HOSTILE))
    assert "<script>alert" not in refused.text


def traces(fields: list[str], managed: int | None, edited: int | None, cause: ModelCause | None) -> Traces:
    moment = lambda hours: None if hours is None else NOW + timedelta(hours=hours)  # noqa: E731
    change: Any = SimpleNamespace(cause=cause, actor="ann", created_at=NOW)
    edit: Any = SimpleNamespace(actor="bob", at=moment(edited))
    return Traces(
        owner=owner_of({"catalog": "c", "file": "f", "line": 1, "fields": fields}) if managed is not None else None,
        managed_at=moment(managed),
        edits={"threshold": edit, "models.shadow": edit} if edited is not None else {},
        changes={ModelRole.SHADOW: change} if cause is not None else {},
    )


HOURS = st.none() | st.integers(-5, 5)


@given(st.booleans(), HOURS, HOURS)
def test_the_newest_word_about_a_field_counts(declared: bool, managed: int | None, edited: int | None) -> None:
    found = traces(["threshold"] if declared else [], managed, edited, None).origin("threshold")
    manages = declared and managed is not None
    is_newer = edited is not None and (managed is None or edited > managed or not manages)
    assert found.kind == ("person" if is_newer else "manifest" if manages else "unknown")
    assert found.is_drift == (is_newer and manages)


@given(st.booleans(), HOURS, HOURS)
def test_what_a_policy_moved_is_the_policys_and_no_drift(
    declared: bool, managed: int | None, edited: int | None
) -> None:
    fields = ["models.shadow"] if declared else []
    found = traces(fields, managed, edited, ModelCause.CONTINUOUS_DEPLOYMENT).origin("models.shadow")
    assert (found.kind, found.is_drift) == ("policy", False)
