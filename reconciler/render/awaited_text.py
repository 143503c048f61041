"""What became of the training data that an apply waited for: one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from reconciler.core.computation import Computation, Stage
from reconciler.render.printable import SENTENCE_LIMIT, printable
from reconciler.render.spans import Span, Style, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.core.outcome import Report
    from reconciler.render.spans import Line


def awaited_lines(report: Report) -> Iterator[Line]:
    """Yield a line for every computation, and what to do about one that failed."""
    for each in report.awaited:
        mark = Span(" ") if each.stage is Stage.ENDED else Span("!", Style.REFUSED)
        yield line(mark, " ", Span(f"{each.address} trainingData", Style.STRONG), f" {_said(each)}")
        if each.stage is Stage.FAILED:
            again = f"`reconciler apply --wait --reassert trainingData --target {each.address}`"
            yield line(f"Next: mend the dataset version, then let it be computed again: {again}", indent=2)


def _said(each: Computation) -> str:
    word, waited = printable(each.word, SENTENCE_LIMIT), f"waited {each.seconds:.1f} s"
    match each.stage:
        case Stage.ENDED:
            return f"is computed: {word}, {waited}"
        case Stage.RUNNING:
            return f"is not computed yet: {word}, {waited}"
        case Stage.FAILED:
            return f"could not be computed: {word}, {waited}"
        case Stage.UNCLEAR:
            return f"may or may not be computed: the platform says {word!r}, a word unknown to this version; {waited}"
        case Stage.UNKNOWN:
            return f"may or may not be computed: {word}"
        case _:
            assert_never(each.stage)
