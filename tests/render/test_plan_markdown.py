"""A plan as a comment: verdict first, foreign text inert, never longer than a host takes."""

import re
from dataclasses import replace

import pytest

from reconciler.core.diff import DriftClass
from reconciler.core.plan import Intent, Risk
from reconciler.render.plan_markdown import plan_markdown
from tests.render import samples
from tests.render.goldens import matches_golden

HOST_LIMIT = 65_536
"""Characters that GitHub takes in one comment."""


@pytest.mark.parametrize("name", ["clean", "creation", "changes", "told", "held", "refused", "insisted"])
def test_a_comment_reads_as_its_golden_file_says(name: str) -> None:
    assert matches_golden(f"plan-{name}.md", plan_markdown(getattr(samples, name)()))


def test_the_verdict_comes_before_everything_else() -> None:
    marker, verdict = plan_markdown(samples.changes()).split("\n\n")[:2]
    assert marker.startswith("<!-- reconciler plan ")
    assert verdict.startswith("### Plan: 0 to create, 1 to change")


def test_a_thousand_changes_still_fit_and_the_rest_is_counted() -> None:
    change = samples.change("threshold", 0.1, 0.2, DriftClass.PENDING)
    chains = [samples.chain(f"line-{number}", Intent.CHANGE, changes=(change,) * 5) for number in range(1000)]
    text = plan_markdown(samples.plan(*chains))
    assert len(text) < HOST_LIMIT
    shown, left = text.count("<details>"), re.search(r"… and ([\d,]+) more deployments", text)
    assert left is not None
    assert shown + int(left[1].replace(",", "")) == 1000


def test_thousands_of_risks_do_not_push_the_verdict_out() -> None:
    risks = tuple(Risk("odd", f"line-{number}", "threshold", "x" * 500) for number in range(1000))
    text = plan_markdown(replace(samples.changes(), risks=risks))
    assert len(text) < HOST_LIMIT
    assert "### Plan: " in text


def test_a_name_can_neither_mention_nor_link_nor_open_a_tag() -> None:
    evil = "@acme/all [x](http://evil) <script> `|` **b** ~~s~~ $a$"
    plan = samples.plan(samples.chain("a", Intent.CHANGE, name=evil, changes=samples.changes().chains[0].changes))
    text = plan_markdown(plan)
    assert not any(each in text for each in ("@acme", "[x]", "<script", "`", "**b", "~~", "$a"))
