"""A question on the terminal that a signal can interrupt."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from reconciler.render.spans import Span, Style

if TYPE_CHECKING:
    from reconciler.cli.console import Console


async def ask(console: Console, question: str) -> bool:
    """Ask, and tell whether the answer is yes; an end of input is a no."""
    console.prompt(Span(question, Style.STRONG))
    loop, answered = asyncio.get_running_loop(), asyncio.Event()
    # A thread that waits in readline could not be stopped, and would keep the process from ending.
    loop.add_reader(sys.stdin.fileno(), answered.set)
    try:
        await answered.wait()
    finally:
        loop.remove_reader(sys.stdin.fileno())
    return sys.stdin.readline().strip().lower() == "yes"
