"""An explanation for people: what holds, every field that is not as it should be, the quiet rest, what to do next."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from reconciler.core.diff import Decision
from reconciler.core.explanation.advice import advice
from reconciler.core.explanation.story import QUIET, State
from reconciler.core.explanation.whole import Condition
from reconciler.core.hold import REASON, UNTIL
from reconciler.core.lease import shown
from reconciler.render.actions import action_text
from reconciler.render.amounts import age, counted
from reconciler.render.fields import field_line, path_width
from reconciler.render.printable import SENTENCE_LIMIT, printable
from reconciler.render.spans import BLANK, Span, Style, line
from reconciler.render.values import NOT_REPORTED, name_text, value_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.core.applied import Record
    from reconciler.core.explanation.story import FieldStory, Known
    from reconciler.core.explanation.whole import Explanation
    from reconciler.render.spans import Line, Text

_INDENT: Final = 4
_LABEL: Final = 12
"""Width of the column of labels."""
_COMMIT: Final = 7

_SYMBOLS: Final[Mapping[Condition, Span]] = {
    Condition.UNREADABLE: Span("!", Style.REFUSED),
    Condition.BLOCKED: Span("!", Style.REFUSED),
    Condition.PARTLY_BLOCKED: Span("!", Style.REFUSED),
    Condition.LEASED: Span("!", Style.REFUSED),
    Condition.GONE: Span("+", Style.CREATE),
    Condition.ORPHANED: Span(".", Style.DELETE),
    Condition.HELD: Span("?", Style.HELD),
    Condition.COMPUTATION_FAILED: Span("!", Style.REFUSED),
    Condition.TO_BE_CREATED: Span("+", Style.CREATE),
    Condition.IN_SYNC: Span("=", Style.GOOD),
}

_FIELD_SYMBOLS: Final[Mapping[State, Span]] = {
    State.HELD: Span("?", Style.HELD),
    State.REFUSED: Span("!", Style.REFUSED),
    State.NOT_COMPARED: Span(" "),
}


def explain_text(explained: Explanation) -> Text:
    """Return an explanation as lines; the last one is fixed."""
    return tuple(_lines(explained))


def _lines(explained: Explanation) -> Iterator[Line]:
    yield _header(explained)
    yield from _facts(explained)
    yield from _refusals(explained)
    yield from _loud(explained)
    yield from _quiet(explained)
    yield from _steps(explained)
    yield from _advice(explained)
    yield BLANK
    yield line(Span(_last(explained), Style.STRONG))


def _header(explained: Explanation) -> Line:
    conditions = explained.conditions
    place = (
        "" if explained.manifest is None else f"  {printable(explained.manifest.origin('').line_ref, SENTENCE_LIMIT)}"
    )
    return line(
        _SYMBOLS.get(conditions[0], Span("~", Style.CHANGE)),
        " ",
        Span(printable(explained.address), Style.STRONG),
        f"  {', '.join(conditions)}",
        Span(place, Style.MUTED),
    )


def _facts(explained: Explanation) -> Iterator[Line]:
    target = explained.plan.target
    there = f"{target.endpoint}, organisation {name_text(target.organization)}"
    yield _fact("platform", f"{_live(explained)}; {printable(there, SENTENCE_LIMIT)}")
    yield _fact("applied", _applied(explained))
    if explained.around.lease is not None:
        lease = explained.around.lease
        held = f"held by {printable(lease.holder)}, run {printable(lease.run)}, since {shown(lease.acquired_at)}"
        yield _fact("lease", f"{held}, until {shown(lease.expires_at)} unless it is renewed")
    yield from _hold(explained)
    yield from (_fact("depends on", each) for each in _dependencies(explained))
    if explained.around.computation is not None:
        word = printable(explained.around.computation.word, SENTENCE_LIMIT)
        yield _fact("training", f"data are {explained.around.computation.stage.value}: the platform says {word}")
    note = "" if explained.chain is None else explained.chain.note
    if note:
        yield _fact("note", printable(note, SENTENCE_LIMIT))
    if explained.orphan is not None:
        yield _fact("stays", printable(f"no manifest declares it; {explained.orphan.why}", SENTENCE_LIMIT))


def _fact(label: str, text: str) -> Line:
    return line(Span(f"{label:<{_LABEL}}", Style.MUTED), text, indent=_INDENT)


def _live(explained: Explanation) -> str:
    live, orphan = explained.live, explained.orphan
    if live is not None:
        kind = live.inference_type if isinstance(live.inference_type, str) else "type not reported"
        return f"{name_text(str(live.name))} ({printable(str(live.id))}), {printable(kind)}"
    if orphan is not None:
        return f"{name_text(orphan.name)} ({printable(orphan.id or 'id not known')})"
    if Condition.UNREADABLE in explained.conditions:
        return "not readable"
    return "nobody can tell which it is" if Condition.BLOCKED in explained.conditions else "not there"


def _applied(explained: Explanation) -> str:
    memory = explained.around.memory
    if memory is None or not memory.fields:
        return "never: the ledger has no record of it"
    last = max(memory.fields.values(), key=lambda record: record.at)
    return f"{counted(len(memory.fields), 'field')}, the last {_recorded(explained, last)}"


def _recorded(explained: Explanation, record: Record) -> str:
    """Return when, by what, by whom and from which commit a field was recorded."""
    passed = age(record.at, explained.plan.observed.at)
    header = explained.around.runs.get(record.run)
    parts = [f"{passed} ago" if passed else f"at {record.at}"]
    parts.append(f"by {header.command if header else 'run'} {printable(record.run)}")
    if header is not None and header.actor:
        parts.append(printable(header.actor))
    if record.revision:
        parts.append(f"commit {printable(record.revision[:_COMMIT])}")
    if record.in_doubt:
        parts.append("in doubt")
    return ", ".join(parts).replace(" ago, by", " ago by", 1)


def _hold(explained: Explanation) -> Iterator[Line]:
    notes = {} if explained.manifest is None else explained.manifest.metadata.annotations
    if UNTIL in notes:
        yield _fact("hold", printable(f"until {notes[UNTIL]}: {notes.get(REASON, 'no reason given')}", SENTENCE_LIMIT))


def _dependencies(explained: Explanation) -> Iterator[str]:
    for each in explained.dependencies:
        if each.refusal is not None:
            yield f"{each.address}, which is refused, {each.refusal.code}: {printable(each.refusal.message)}"
        elif each.steps:
            verb = "comes" if each.steps == 1 else "come"
            yield f"{each.address}, whose {counted(each.steps, 'action')} {verb} first"
        else:
            yield f"{each.address}, which is ready"


def _refusals(explained: Explanation) -> Iterator[Line]:
    """Say what stops it; what to do about that is among the next steps."""
    for refusal in explained.refusals:
        place = f"  {printable(str(refusal.origin), SENTENCE_LIMIT)}" if refusal.origin is not None else ""
        code = Span(f"{refusal.code:<{_LABEL}}" if len(refusal.code) < _LABEL else f"{refusal.code}: ", Style.REFUSED)
        yield line(
            Span("!", Style.REFUSED),
            " ",
            code,
            printable(refusal.message, SENTENCE_LIMIT),
            Span(place, Style.MUTED),
            indent=_INDENT - 2,
        )


def _loud(explained: Explanation) -> Iterator[Line]:
    for story in explained.fields:
        if not _is_brief(story):
            yield BLANK
            yield from _story(explained, story)


def _is_brief(story: FieldStory) -> bool:
    """Tell whether one line says all there is to say: of a deployment that is not there, no field has a story yet."""
    return story.is_quiet or story.state in (State.NOT_COMPARED, State.CREATED)


def _story(explained: Explanation, story: FieldStory) -> Iterator[Line]:
    symbol = _FIELD_SYMBOLS.get(story.state, Span(" " if story.decision is Decision.REPORT else "~", Style.CHANGE))
    mode = Span(f"  {story.mode.value}", Style.MUTED)
    yield line(symbol, " ", Span(story.path, Style.STRONG), f"  {story.state.value}", mode, indent=_INDENT)
    place = "" if story.origin is None else f"  {printable(str(story.origin), SENTENCE_LIMIT)}"
    for label, known, note in (
        ("desired", story.desired, place),
        ("live", story.live, _live_note(story)),
        ("applied", story.applied, _applied_note(explained, story)),
    ):
        value = value_text(known.value) if known.known else _absence(explained, story, label)
        yield _detail(label, value, note)
    yield from _parts(explained, story)
    yield _detail("why", printable(story.why, SENTENCE_LIMIT))
    steps = {step.number: step for step in explained.steps}
    for number in story.steps:
        yield _detail("plan", f"{number}. {action_text(steps[number].action)}")


def _detail(label: str, value: str, note: str = "") -> Line:
    return line(Span(f"{label:<{_LABEL - 4}}", Style.MUTED), value, Span(note, Style.MUTED), indent=_INDENT + 4)


def _absence(explained: Explanation, story: FieldStory, label: str) -> str:
    if label == "applied":
        return "not certain" if story.record is not None else "no record"
    return NOT_REPORTED if explained.live is not None else "not known" if explained.refusals else "not there"


def _live_note(story: FieldStory) -> str:
    return f"  moved by {printable(story.moved_by)}" if story.moved_by else ""


def _applied_note(explained: Explanation, story: FieldStory) -> str:
    return "" if story.record is None else f"  {_recorded(explained, story.record)}"


def _parts(explained: Explanation, story: FieldStory) -> Iterator[Line]:
    """Show the parts of a nested field that differ, as a plan does."""
    parts = [change for change in story.changes if change.path != story.path]
    width = path_width(change.path for change in parts)
    for change in parts:
        shown = field_line(change, width=width, now=explained.plan.observed.at)
        yield (Span(" " * 4), *shown)


def _quiet(explained: Explanation) -> Iterator[Line]:
    quiet = [story for story in explained.fields if _is_brief(story)]
    if not quiet:
        return
    yield BLANK
    width = path_width(story.path for story in quiet)
    values = {story.path: _quiet_value(story.desired) for story in quiet}
    column = min(_WIDEST, max(map(len, values.values())))
    for story in quiet:
        note = Span(f"  {_quiet_note(explained, story)}", Style.MUTED)
        yield line(f"  {story.path:<{width}}  {values[story.path]:<{column}}", note, indent=_INDENT)


_WIDEST: Final = 32
"""Characters a value may take before it pushes what is said of it to the right."""


def _quiet_value(known: Known) -> str:
    return value_text(known.value) if known.known else NOT_REPORTED


def _quiet_note(explained: Explanation, story: FieldStory) -> str:
    if story.state is State.ASSUMED and story.record is not None:
        return f"assumed: not reported, applied {_recorded(explained, story.record)}"
    if story.state is State.SETTLED:
        return "in sync, not recorded yet: the next apply records it"
    return story.state.value


def _steps(explained: Explanation) -> Iterator[Line]:
    """Show what an apply would do, as far as it does not stand beside a field."""
    told = {number for story in explained.fields if not _is_brief(story) for number in story.steps}
    others = [step for step in explained.steps if step.number not in told]
    if others:
        yield BLANK
        yield from (_fact("plan", f"{step.number}. {action_text(step.action)}") for step in others)


def _advice(explained: Explanation) -> Iterator[Line]:
    found = advice(explained)
    if found:
        yield BLANK
        yield line(Span("Next", Style.STRONG), indent=_INDENT)
    for each in found:
        yield line(printable(each.purpose, SENTENCE_LIMIT), indent=_INDENT + 2)
        if each.command:
            yield line(Span(f"$ {each.command}", Style.GOOD), indent=_INDENT + 4)


def _last(explained: Explanation) -> str:
    states = Counter(story.state for story in explained.fields)
    quiet = sum(story.is_quiet for story in explained.fields)
    loud = ", ".join(f"{number} {state.value}" for state, number in states.items() if state not in QUIET)
    fields = f"{quiet} of {counted(len(explained.fields), 'field')} settled{f', {loud}' if loud else ''}"
    actions, refusals = counted(len(explained.steps), "action"), counted(len(explained.refusals), "refusal")
    return f"Explain: {printable(explained.address)} is {explained.conditions[0]}; {fields}; {actions}, {refusals}."
