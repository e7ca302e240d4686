"""How programs write their logs: where and why something failed, never the values that were at hand."""

from __future__ import annotations

import structlog


def configure_logs() -> None:
    """Tracebacks without local variables: those are people's data, and in an outage they would fill the disk."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.StackInfoRenderer(),
            structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=True),
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
        ]
    )
