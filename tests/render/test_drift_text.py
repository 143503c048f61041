"""Drift as text names the field, both values, whose move it was and who made it."""

import re

import pytest

from reconciler.render.drift_text import drift_text
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
}


@pytest.mark.parametrize("name", SAMPLES)
def test_drift_reads_as_its_golden_file_says(name: str) -> None:
    assert matches_golden(f"drift-{name}.txt", plain(drift_text(SAMPLES[name]())))


def test_the_platforms_own_move_is_named_as_such() -> None:
    assert "# drifted, moved by continuous deployment" in plain(drift_text(samples.told()))


def test_no_action_is_shown_because_none_will_run() -> None:
    assert not re.search(r"^\s+\d+\. ", plain(drift_text(samples.changes())), re.MULTILINE)


def test_hostile_names_show_no_control_character() -> None:
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e]", plain(drift_text(samples.hostile())))
