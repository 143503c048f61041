"""Progress on a terminal: one bar that follows the phases and is gone at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from rich.progress import TaskID

    from reconciler.cli.runs.progress import State


class Bars:
    """A bar per phase, with the number of requests beside it."""

    def __init__(self) -> None:
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[requests]} requests", markup=False),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._state: State | None = None
        self._task: TaskID | None = None

    def start(self, state: State) -> None:
        """Show a first, empty bar."""
        self._state = state
        if self._task is not None:
            self._bars.remove_task(self._task)
        self._task = self._bars.add_task("Connecting", total=None, requests=0)
        self._bars.start()

    def refresh(self) -> None:
        """Let the bar follow the state."""
        if self._state is None or self._task is None:
            return
        state = self._state
        # What is read cannot be counted before it is read: only writing has an end in sight.
        total = state.total if state.done or state.phase == "Writing" or state.awaited else None
        self._bars.update(
            self._task, description=state.phase, total=total, completed=state.done, requests=state.requests
        )

    def stop(self) -> None:
        """Take the bar away."""
        self._bars.stop()
