"""What we remember of one deployment: certain where it surely landed, doubtful where it may have, else held."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reconciler.core import actions as a
from reconciler.core.applied import AppliedDeployment, Record, Standing, believe, doubt, fold, remember, standing
from reconciler.core.live import BLANK, FIELD, FIELDS, Alias, LiveDeployment
from reconciler.core.references import Ref
from reconciler.core.unreported import UNREPORTED
from tests.strategies.actions import ACTIONS_BY_KIND, actions, live_deployments
from tests.strategies.journal import APPLIED, CREATED, PATHS

NOW = Record("2026-11-21T21:00:00Z", "this run", "1a2b3c4")
BEFORE = Record("2026-11-01T00:00:00Z", "earlier")
IN_DOUBT = replace(BEFORE, in_doubt=True)
GROWING = frozenset({"tags", "feedbackLoop.datasets", "continuousTraining.datasets"})
"""Fields that actions change item by item."""

ON_ONE_DEPLOYMENT = actions(a.CreateTag, a.CreateDeployment, a.DeleteDeployment)
CREATIONS = ACTIONS_BY_KIND[a.CreateDeployment]


def recorded(live: LiveDeployment, *, doubtful: frozenset[str] = frozenset()) -> AppliedDeployment:
    """A memory that holds every field of `live`, some of them in doubt."""
    return AppliedDeployment("alpha", live, {path: IN_DOUBT if path in doubtful else BEFORE for path in PATHS})


def folded(applied: AppliedDeployment, action: a.Action) -> AppliedDeployment:
    after = fold(applied, action, NOW)
    assert after is not None
    return after


@given(live_deployments(), st.none() | APPLIED)
def test_what_the_api_reports_is_believed_whatever_we_remember(
    live: LiveDeployment, applied: AppliedDeployment | None
) -> None:
    belief = believe(live, applied)
    for item in FIELDS:
        if item.of(live) is not UNREPORTED:
            assert belief.standings[item.path] is standing(item.path, live, applied) is Standing.REPORTED
            assert item.of(belief.state) == item.of(live)


@given(live_deployments(), APPLIED)
def test_what_the_api_does_not_report_is_assumed_only_where_our_record_is_certain(
    live: LiveDeployment, applied: AppliedDeployment
) -> None:
    belief = believe(live, applied)
    for item in FIELDS:
        found, record = item.of(belief.state), applied.records.get(item.path)
        match belief.standings[item.path]:
            case Standing.REPORTED:
                assert item.of(live) is not UNREPORTED
            case Standing.ASSUMED:
                assert record is not None
                assert not record.in_doubt
                assert found == item.of(applied.values)
                assert found is not UNREPORTED
            case Standing.DOUBTFUL:
                assert record is not None
                assert record.in_doubt or item.of(applied.values) is UNREPORTED
                assert found is UNREPORTED
            case Standing.HELD:
                assert record is None
                assert found is UNREPORTED


@given(live_deployments())
def test_without_any_memory_everything_unreported_is_held(live: LiveDeployment) -> None:
    belief = believe(live, None)
    assert belief.state == live
    assert {it is Standing.HELD for path, it in belief.standings.items() if FIELD[path].of(live) is UNREPORTED} <= {
        True
    }


@given(live_deployments(), ON_ONE_DEPLOYMENT)
def test_an_action_that_landed_changes_only_the_fields_it_touches(live: LiveDeployment, action: a.Action) -> None:
    before = recorded(live)
    after = folded(before, action)
    assert {item.path for item in FIELDS if item.of(after.values) != item.of(live)} <= action.touches
    assert {path for path in PATHS if after.records[path] != before.records[path]} == action.touches
    assert (after.values.id, after.values.inference_type) == (live.id, live.inference_type)


@given(live_deployments(full=True), ON_ONE_DEPLOYMENT)
def test_a_field_is_certain_after_an_action_exactly_where_its_effect_is_known(
    live: LiveDeployment, action: a.Action
) -> None:
    after = folded(recorded(live), action)
    effect = action.effect(live)
    assert effect is not None
    for path in action.touches:
        assert after.certain(path) == (FIELD[path].of(effect) is not UNREPORTED)
        assert not after.certain(path) or after.records[path] == NOW


@given(live_deployments(full=True), ON_ONE_DEPLOYMENT)
def test_a_certain_action_lifts_an_earlier_doubt_but_not_where_it_decides_only_one_item(
    live: LiveDeployment, action: a.Action
) -> None:
    after = folded(recorded(live, doubtful=frozenset(PATHS)), action)
    effect = action.effect(live)
    assert effect is not None
    for path in action.touches:
        known = FIELD[path].of(effect) is not UNREPORTED
        assert after.certain(path) == (known and path not in GROWING)


@given(live_deployments(), CREATIONS)
def test_nothing_of_a_former_life_survives_a_creation(live: LiveDeployment, action: a.Action) -> None:
    reborn = folded(recorded(live, doubtful=frozenset(PATHS)), action)
    assert reborn == folded(AppliedDeployment("alpha"), action)
    assert reborn.values.id is None


@given(CREATIONS)
def test_settings_a_creation_does_not_send_are_ours_but_of_unknown_value(action: a.Action) -> None:
    assert isinstance(action, a.CreateDeployment)
    created = folded(AppliedDeployment("alpha"), action)
    sent = {"threshold": action.threshold, "datalake": action.datalake, "sampleRate": None}
    for path in CREATED:
        left_to_the_platform = path in sent and sent[path] is None
        assert created.certain(path) is not left_to_the_platform
        assert standing(path, BLANK, created) is (Standing.DOUBTFUL if left_to_the_platform else Standing.ASSUMED)


@given(APPLIED, actions(a.CreateDeployment))
def test_doubt_takes_certainty_away_and_nothing_else(applied: AppliedDeployment, action: a.Action) -> None:
    after = doubt(applied, action, NOW)
    assert after.values == applied.values
    assert not any(after.certain(path) for path in action.touches)
    untouched = set(PATHS) - action.touches
    assert {p: after.records.get(p) for p in untouched} == {p: applied.records.get(p) for p in untouched}


@given(APPLIED, CREATIONS)
def test_a_creation_in_doubt_leaves_no_value_and_no_id_to_rely_on(applied: AppliedDeployment, action: a.Action) -> None:
    after = doubt(applied, action, NOW)
    assert after.values == BLANK
    assert {path: standing(path, BLANK, after) for path in after.records} == dict.fromkeys(CREATED, Standing.DOUBTFUL)


@given(APPLIED, live_deployments(), st.lists(st.sampled_from((*PATHS, "of.a.later.version"))))
def test_remembering_makes_exactly_the_seen_fields_certain(
    applied: AppliedDeployment, live: LiveDeployment, paths: list[str]
) -> None:
    after = remember(applied, live, paths, NOW)
    for item in FIELDS:
        if item.path in paths and item.of(live) is not UNREPORTED:
            assert after.certain(item.path)
            assert item.of(after.values) == item.of(live)
        else:
            assert item.of(after.values) == item.of(applied.values)
            assert after.records.get(item.path) == applied.records.get(item.path)
    assert after.values.id == live.id
    assert set(after.records) <= set(PATHS)


@given(APPLIED, live_deployments())
def test_remembering_never_forgets_id_and_type(applied: AppliedDeployment, live: LiveDeployment) -> None:
    silent = replace(live, id=None, inference_type=UNREPORTED)
    after = remember(applied, silent, (), NOW)
    assert (after.values.id, after.values.inference_type) == (applied.values.id, applied.values.inference_type)
    assert remember(applied, live, (), NOW).values.inference_type == live.inference_type


@given(APPLIED)
def test_a_tag_is_nobodys_memory_and_a_deletion_leaves_none(applied: AppliedDeployment) -> None:
    assert fold(applied, a.CreateTag("t"), NOW) == applied
    assert fold(applied, a.DeleteDeployment(), NOW) is None


def test_an_alias_that_was_attached_again_names_the_new_dataset_only() -> None:
    train, test = Alias("train", Ref("d1")), Alias("test", Ref("d2"))
    before = recorded(replace(BLANK, training_datasets=frozenset({train, test})))
    after = folded(before, a.AttachTrainingDataset("train", Ref("d3")))
    assert after.values.training_datasets == frozenset({Alias("train", Ref("d3")), test})


def test_one_item_attached_to_a_set_that_nobody_knows_leaves_the_set_unknown() -> None:
    after = folded(AppliedDeployment("alpha"), a.AttachTrainingDataset("train", Ref("d1")))
    assert standing("continuousTraining.datasets", BLANK, after) is Standing.DOUBTFUL
