"""Plans as text say what differs, why, what will be sent and what will not, and end in one fixed line."""

import re

import pytest

from reconciler.render.plan_text import plan_text
from reconciler.render.spans import plain
from tests.render import samples
from tests.render.goldens import matches_golden

SAMPLES = {
    "clean": samples.clean,
    "creation": samples.creation,
    "changes": samples.changes,
    "told": samples.told,
    "held": samples.held,
    "refused": samples.refused,
    "renamed": samples.renamed,
    "insisted": samples.insisted,
    "armed": samples.armed,
}

LAST_LINE = re.compile(
    r"Plan: \d+ to create, \d+ to change, \d+ to delete, \d+ to forget; "
    r"\d+ actions? on \d+ of \d+ deployments?\.|No changes\. \d+ deployments? match(es)? .+\."
)


def rendered(name: str) -> str:
    return plain(plan_text(SAMPLES[name]()))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_plan_reads_as_its_golden_file_says(name: str) -> None:
    assert matches_golden(f"plan-{name}.txt", rendered(name))


@pytest.mark.parametrize("name", SAMPLES)
def test_the_last_line_is_fixed_and_greppable(name: str) -> None:
    assert LAST_LINE.fullmatch(rendered(name).splitlines()[-1])


def test_a_clean_plan_is_one_line() -> None:
    assert rendered("clean") == "No changes. 120 deployments match manifests/ at 1a2b3c4.\n"


def test_outside_git_the_clean_line_names_only_the_manifests() -> None:
    text = plain(plan_text(samples.plan(*samples.quiet(1), source=samples.unversioned())))
    assert text == "No changes. 1 deployment matches manifests/.\n"


def test_uncommitted_changes_are_said_beside_the_commit() -> None:
    text = plain(plan_text(samples.plan(*samples.quiet(1), source=samples.dirty())))
    assert text == "No changes. 1 deployment matches manifests/ at 1a2b3c4-dirty.\n"


def test_every_step_appears_exactly_once() -> None:
    plan = samples.changes()
    shown = re.findall(r"^\s+(\d+)\. ", plain(plan_text(plan)), re.MULTILINE)
    assert sorted(map(int, shown)) == [step.number for step in plan.steps]


def test_each_action_stands_under_the_field_that_caused_it() -> None:
    lines = rendered("changes").splitlines()
    field = next(index for index, line in enumerate(lines) if "models.shadow" in line)
    assert lines[field + 1].strip() == "3. clear the shadow"


def test_requests_are_shown_below_their_action_on_demand() -> None:
    text = plain(plan_text(samples.changes(), {3: ("DELETE /api/deployment/{d}/shadow",)}))
    assert "3. clear the shadow\n         DELETE /api/deployment/{d}/shadow\n" in text


def test_hostile_names_show_no_control_character_and_stay_short() -> None:
    text = plain(plan_text(samples.hostile()))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e]", text)
    assert max(map(len, text.splitlines())) < 3000
    assert "\\x1b[31mred\\x1b[0m\\r\\n\\u202egnp.exe" in text


def test_namesakes_are_told_apart_by_their_ids() -> None:
    text = plain(plan_text(samples.namesakes()))
    assert "surface-defects@v7 (0d7e) → surface-defects@v7 (ffff)" in text


def test_long_sets_show_only_what_comes_and_goes() -> None:
    text = plain(plan_text(samples.long_set()))
    assert "+tag-new -tag-0 (29 kept)" in text
