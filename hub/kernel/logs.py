"""One JSON object a log line, each with the id of the request that it belongs to.

Secrets do not reach the log because they do not show themselves (`hub.kernel.secret`) and because request bodies,
cookies and headers are never logged.
"""

from __future__ import annotations

import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

from pythonjsonlogger.json import JsonFormatter

# The id of the request, command or attempt under way; empty outside of one.
request_id: ContextVar[str] = ContextVar("request_id", default="")


class _Formatter(JsonFormatter):
    """Adds the moment in UTC (RFC 3339), the level, the logger and the request id to every line."""

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        super().add_fields(log_data, record, message_dict)
        log_data["at"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        log_data["level"] = record.levelname
        log_data["logger"] = record.name
        if current := request_id.get():
            log_data["request_id"] = current


def configure(level: str, stream: TextIO | None = None) -> None:
    """Sends the hub's own log lines (loggers below ``hub``) as JSON to ``stream``, by default the standard error.

    Calling it again replaces the former configuration, so that two applications in one process do not log twice.
    """
    stream_handler = logging.StreamHandler(stream)
    stream_handler.setFormatter(_Formatter("%(message)s"))
    logger = logging.getLogger("hub")
    logger.handlers[:] = [stream_handler]
    logger.setLevel(level)
    logger.propagate = False
    # Its warnings about odd answers print whole addresses, and a webhook's address may be a secret.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
