"""A Plan as a Markdown comment: verdict, risks and refusals in sight, changed fields below, short enough to post."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final

from reconciler.core.diff import Decision, DriftClass
from reconciler.core.plan import Intent
from reconciler.render.actions import action_text
from reconciler.render.chain_text import reason_of, symbol_of
from reconciler.render.closing import clean_line, is_clean, plan_line, source_text
from reconciler.render.printable import SENTENCE_LIMIT, printable
from reconciler.render.values import KNOWN_AFTER_APPLY, NOT_REPORTED, name_text, sides

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.core.diff import FieldChange
    from reconciler.core.plan import Chain, Plan
    from reconciler.core.refusal import Refusal

LIMIT: Final = 65_000
"""Characters of a comment: GitHub takes 65,536, and a wrapper may add a line of its own."""

_ACTIVE: Final = re.compile(r"[\\`*_{}\[\]!|~@$]")
"""Characters that Markdown or its hosts give a meaning to."""


def plan_markdown(plan: Plan) -> str:
    """Return a plan as one comment of at most `LIMIT` characters, found again by the marker in its first line."""
    parts = [f"<!-- reconciler plan {printable(plan.catalog)} -->", f"### {verdict(plan)}", _place(plan)]
    parts += _section("Risks", [_entry(risk.address, risk.path, risk.message) for risk in plan.risks])
    parts += _section("Refused", [_refusal(refusal) for refusal in plan.all_refusals])
    orphans = [f"- {_code(orphan.address)} {_text(orphan.why)}" for orphan in plan.orphans]
    parts += _section("Orphaned, left alone", orphans)
    shared = [step for step in plan.steps if not step.address]
    parts += _section("Shared", [f"{step.number}. {_text(action_text(step.action))}" for step in shared])
    shown = (chain for chain in plan.chains if chain.changes or chain.steps or chain.intent is Intent.FORGET)
    return "\n\n".join(_fitting(parts, [_chain(plan, chain) for chain in shown])) + "\n"


def verdict(plan: Plan) -> str:
    """Return the last line of the text form, which is the first thing to know."""
    return clean_line(plan) if is_clean(plan) else plan_line(plan)


def _place(plan: Plan) -> str:
    target = plan.target
    parts = (target.environment, target.endpoint, target.organization, source_text(plan.source))
    return " · ".join(_text(part) for part in parts if part)


def _section(title: str, lines: list[str]) -> list[str]:
    return [f"**{title}**\n\n" + "\n".join(lines)] if lines else []


def _entry(address: str, path: str, message: str) -> str:
    thing = " ".join(part for part in (address, path) if part)
    return f"- {_code(thing)} {_text(message)}" if thing else f"- {_text(message)}"


def _refusal(refusal: Refusal) -> str:
    place = f" ({_code(str(refusal.origin))})" if refusal.origin is not None else ""
    return f"{_entry(refusal.address, refusal.path, refusal.message)}{place} Next: {_text(refusal.hint)}"


def _fitting(parts: list[str], chains: list[str]) -> list[str]:
    """Return the parts and as many deployments as fit, then how many do not."""
    room = LIMIT - sum(len(part) + 2 for part in parts) - 200
    shown: list[str] = []
    for chain in chains:
        room -= len(chain) + 2
        if room < 0:
            left = len(chains) - len(shown)
            return [*_cut(parts), *shown, f"… and {left:,} more deployments: see the text or JSON form of this plan."]
        shown.append(chain)
    return [*parts, *shown]


def _cut(parts: list[str]) -> list[str]:
    # Verdict and place always fit; thousands of risks or refusals need not.
    head, rest = parts[:3], parts[3:]
    room = LIMIT // 2 // max(1, len(rest))
    return head + [part if len(part) <= room else part[:room].rpartition("\n")[0] + "\n- …" for part in rest]


def _chain(plan: Plan, chain: Chain) -> str:
    symbol = symbol_of(chain).text.strip()
    name = "" if chain.name == chain.address else f" {_text(name_text(chain.name))}"
    title = f"<b>{symbol} {chain.address}</b>{name} {_text(reason_of(chain))} {_code(chain.place)}".rstrip()
    rows = [_row("id", "", KNOWN_AFTER_APPLY, "")] if chain.intent is Intent.CREATE else []
    if chain.intent is Intent.DELETE and chain.live is not None:
        rows.append(_row("id", chain.live.id or "", "", ""))
    rows += [_change(change) for change in chain.changes]
    table = "\n".join(["| field | live | desired | |", "|---|---|---|---|", *rows]) if rows else ""
    steps = [step for step in plan.steps if step.address == chain.address]
    actions = "\n".join(f"{step.number}. {_text(action_text(step.action))}" for step in steps)
    note = f"Note: {_text(chain.note)}" if chain.note else ""
    body = "\n\n".join(part for part in (table, actions, note) if part)
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"


def _change(change: FieldChange) -> str:
    left, right = sides(change.before, change.after)
    if change.drift is DriftClass.CREATED:
        left = ""
    return _row(change.path, left if change.known else NOT_REPORTED, right, ", ".join(_notes(change)))


def _notes(change: FieldChange) -> Iterator[str]:
    match change.decision:
        case Decision.HOLD:
            yield "held"
            return
        case Decision.REPORT:
            yield "reported, not written"
        case Decision.WRITE:
            pass
    if change.drift not in (DriftClass.CREATED, DriftClass.IN_SYNC):
        yield change.drift.value
    if change.moved_by:
        yield f"moved by {change.moved_by}"


def _row(path: str, left: str, right: str, notes: str) -> str:
    return f"| {_code(path)} | {_code(left)} | {_code(right)} | {_text(notes)} |"


def _code(text: str) -> str:
    # An HTML tag instead of backticks: those cannot hold a backtick, nor a bar inside a table.
    return f"<code>{_text(text)}</code>" if text else ""


def _text(text: str) -> str:
    """Return foreign text as text: no markup, no mention, no link comes out of a name."""
    return _ACTIVE.sub(lambda found: f"&#{ord(found[0])};", html.escape(printable(text, SENTENCE_LIMIT)))
