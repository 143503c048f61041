"""Every action reads as one clause."""

from hypothesis import given

from reconciler.render.actions import action_text
from tests.strategies.actions import actions


@given(actions())
def test_every_action_is_one_printable_clause(action: object) -> None:
    text = action_text(action)  # type: ignore[arg-type]  # a member of the union
    assert text.isprintable()
    assert not text.endswith(".")
    assert text[0].islower()
