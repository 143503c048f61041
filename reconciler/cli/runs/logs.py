"""Logs to stderr: key=value or JSON lines, warnings by default, everything including requests with -vv."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any, Final

import structlog

from reconciler.cli.options import LogFormat

if TYPE_CHECKING:
    from reconciler.cli.options import Talk

_LEVELS: Final = (logging.WARNING, logging.INFO, logging.DEBUG)

_LOGGERS: Final = ("httpx", "reconciler.picsellia")
"""Whose log lines are worth showing; `info` they say of single requests, which is our `debug`."""


_DETAILS: Final = ("retry", "in_s", "why")
"""What they may say beside a message."""


def configure_logs(talk: Talk, run: str = "") -> None:
    """Let every logger of this process speak as the command line says, and name the run in each line.

    Args:
        talk: How.
        run: Id of the run; empty for a verb that is none.
    """
    structlog.contextvars.clear_contextvars()
    if run:
        structlog.contextvars.bind_contextvars(run=run)
    level = logging.ERROR if talk.quiet else _LEVELS[min(talk.verbose, 2)]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _renderer(talk.log_format),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers = [_Handover()]
        logger.propagate = False
        logger.disabled = False  # whoever calls `logging.config` silences all loggers that exist already
        logger.setLevel(logging.INFO if level == logging.DEBUG else logging.WARNING)


def _renderer(form: LogFormat) -> Any:  # noqa: ANN401  # structlog's own type for processors
    if form is LogFormat.JSON:
        return structlog.processors.JSONRenderer()
    return structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False)


class _Handover(logging.Handler):
    """Hands log lines over to structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        """Say it in our form."""
        logger = structlog.get_logger(source=record.name)
        say = logger.warning if record.levelno >= logging.WARNING else logger.debug
        details = {name: vars(record)[name] for name in _DETAILS if name in vars(record)}
        say(record.getMessage(), **details)
