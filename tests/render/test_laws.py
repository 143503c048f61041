"""What holds for every plan that the planner can make, in every rendering."""

import re

from hypothesis import given, settings

from reconciler.core.plan import Plan
from reconciler.render.closing import is_clean
from reconciler.render.drift_text import drift_text
from reconciler.render.plan_markdown import LIMIT, plan_markdown
from reconciler.render.plan_text import plan_text
from reconciler.render.spans import plain
from tests.render.test_plan_text import LAST_LINE
from tests.strategies.worlds import World, worlds

SHOWN_STEP = re.compile(r"^[ +]+ (\d+)\. ", re.MULTILINE)


def text_of(plan: Plan) -> str:
    return plain(plan_text(plan))


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_every_step_is_shown_exactly_once_and_the_last_line_is_fixed(world: World) -> None:
    plan = world.plan()
    text = text_of(plan)
    assert sorted(map(int, SHOWN_STEP.findall(text))) == [step.number for step in plan.steps]
    assert LAST_LINE.fullmatch(text.splitlines()[-1])


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_only_a_plan_without_news_says_no_changes(world: World) -> None:
    plan = world.plan()
    quiet = not plan.steps and not plan.all_refusals and not any(chain.changes for chain in plan.chains)
    assert is_clean(plan) == quiet == ("No changes." in text_of(plan))
    assert plain(drift_text(plan)).splitlines()[-1].startswith("No drift." if quiet else "Drift: ")


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_every_changed_field_is_named_in_text_drift_and_comment(world: World) -> None:
    plan = world.plan()
    text, comment = text_of(plan), plan_markdown(plan)
    for chain in plan.chains:
        for change in chain.changes:
            assert change.path in text
            assert change.path.replace("_", "&#95;") in comment
    assert len(comment) <= LIMIT
